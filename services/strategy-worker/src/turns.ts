/** Works one after the other, in the order in which they were asked for. */
export function createTurns(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const next = last.then(work);
    // Its own caller hears of a failure; the next one's turn comes all the same.
    last = next.catch(() => undefined);
    return next;
  };
}
