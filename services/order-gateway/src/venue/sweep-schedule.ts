import type { Clock } from '../clock.ts';

/** After a sweep that failed the next one comes this soon. */
const RETRY_MS = 1_000;

export type SweepSchedule = {
  /** Now, or right after the one under way. */
  soon(): void;
  /** No further sweep; resolves when the one under way has ended. */
  stop(): Promise<void>;
};

/** Runs `sweep` again and again, never two at once; one that is wanted meanwhile follows. */
export function scheduleSweeps(
  sweep: () => Promise<void>,
  everyMs: number,
  clock: Pick<Clock, 'after'>,
  onFail: (error: unknown) => void,
): SweepSchedule {
  let stopTimer: (() => void) | null = null;
  let running: Promise<void> | null = null;
  let wanted = false;
  let stopped = false;

  async function once(): Promise<void> {
    let pauseMs = everyMs;
    try {
      await sweep();
    } catch (error) {
      onFail(error);
      pauseMs = Math.min(RETRY_MS, everyMs);
    }
    running = null;
    if (stopped) return;
    if (wanted) soon();
    else stopTimer = clock.after(pauseMs, soon);
  }

  function soon(): void {
    if (stopped) return;
    stopTimer?.();
    stopTimer = null;
    wanted = running !== null;
    if (running === null) running = once();
  }

  return {
    soon,
    async stop() {
      stopped = true;
      stopTimer?.();
      await running;
    },
  };
}
