/**
 * Units due at `ratePerSecond`, asked for again and again; nothing is due before the first call.
 */
export function createPace(ratePerSecond: number): () => number {
  const startedAt = performance.now();
  let given = 0;
  return () => {
    const due = Math.floor(((performance.now() - startedAt) * ratePerSecond) / 1_000) - given;
    given += due;
    return due;
  };
}

/** Microseconds on a clock that all processes of the machine share. */
export function monotonicMicroseconds(): number {
  return Number(process.hrtime.bigint() / 1_000n);
}

/** `<number>-<microseconds>`: the trade id of the bench, which carries when the tick was made. */
export const stampedId = (sequence: number): string => `${sequence}-${monotonicMicroseconds()}`;
export const stampOf = (id: string): number => Number(id.slice(id.indexOf('-') + 1));
