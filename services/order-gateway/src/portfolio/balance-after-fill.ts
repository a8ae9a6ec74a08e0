import type { Fill } from '@ballast/domain';
import type { Clock } from '../clock.ts';
import type { FillChannel } from '../journal/work.ts';
import type { Inbox } from '../venue/inbox.ts';

/** One look for a burst of fills, and time for the venue to book them. */
const GATHER_MS = 200;

/**
 * The inbox, and a fresh balance after each of the stream's fills. The sweep's balance may be from
 * before a close: for seconds the realised gain or loss would be in no number at all.
 */
export function withBalanceAfterFill(
  inbox: Inbox,
  refresh: () => Promise<void>,
  onFail: (error: unknown) => void,
  clock: Pick<Clock, 'after'>,
): { inbox: Inbox; stop(): Promise<void> } {
  let stopTimer: (() => void) | null = null;
  let running: Promise<void> = Promise.resolve();
  let stopped = false;

  function look(): void {
    stopTimer = null;
    running = running.then(refresh).catch(onFail);
  }

  return {
    inbox: {
      report: (report) => inbox.report(report),
      async fill(fill: Fill, channel: FillChannel) {
        await inbox.fill(fill, channel);
        if (channel === 'stream' && !stopped) stopTimer ??= clock.after(GATHER_MS, look);
      },
    },
    async stop() {
      stopped = true;
      stopTimer?.();
      await running;
    },
  };
}
