/** Work that comes round again and is never under way twice. */
export type Turns = {
  /** Without waiting for the next turn; one that is under way is waited for instead. */
  now(): Promise<void>;
  /** No turn begins any more; resolves when the one under way has ended. */
  stop(): Promise<void>;
};

/** @param work must not throw: nobody waits for a turn */
export function takeTurns(work: () => Promise<void>, everyMs: number): Turns {
  let underWay: Promise<void> | undefined;
  function now(): Promise<void> {
    underWay ??= work().finally(() => {
      underWay = undefined;
    });
    return underWay;
  }
  const timer = setInterval(() => void now(), everyMs);
  return {
    now,
    async stop() {
      clearInterval(timer);
      await underWay;
    },
  };
}
