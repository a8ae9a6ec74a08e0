import { setTimeout as sleep } from 'node:timers/promises';
import type { TradeEventRow } from '@ballast/db';
import type { TradeWatch } from './trade-watch.ts';

/** Longer than this a reader does not wait for its first message. */
const BEGIN_WAIT_MS = 500;
const RETRY_MS = 1_000;
/** The id of what is told while nobody can say how many events there are. */
export const PLACE_UNKNOWN = 'unknown';

/**
 * One reader's place in the trade events. These come from the database, which may fail or hang:
 * nothing else that the reader is told waits for it, and no event is lost by it.
 * @param lastSeq the last event that the reader has seen, null of a new one
 * @param tell called when there is something to take
 */
export function createTradeCursor(trades: TradeWatch, lastSeq: number | null, tell: () => void) {
  let cursor: number | null = null;
  let events: readonly TradeEventRow[] = [];
  let isBehind = true;
  let isReading = false;
  let isStopped = false;
  let retry: NodeJS.Timeout | undefined;

  async function read(): Promise<void> {
    if (cursor === null) {
      const newest = await trades.lastSeq();
      // A page that outlived the database it read from would wait for numbers that never come.
      cursor = Math.min(lastSeq ?? newest, newest);
    }
    isBehind = false;
    events = await trades.after(cursor);
  }

  async function look(): Promise<void> {
    if (isReading || isStopped || !isBehind || events.length > 0) return;
    isReading = true;
    clearTimeout(retry);
    let failed = false;
    try {
      await read();
    } catch {
      // The watch tells of it: it asks the same database.
      failed = true;
      isBehind = true;
    }
    isReading = false;
    if (isStopped) return;
    if (events.length > 0) tell();
    else if (failed) retry = setTimeout(() => void look(), RETRY_MS);
    else void look();
  }

  const first = look();
  return {
    /** Its place is known, or could not be told in time. */
    begun: (): Promise<unknown> =>
      Promise.race([first, sleep(BEGIN_WAIT_MS, null, { ref: false })]),
    /** There may be new ones. */
    behind(): void {
      isBehind = true;
      void look();
    },
    /** The next events, at most a batch, which count as seen from now on; often none. */
    take(): readonly TradeEventRow[] {
      const taken = events;
      const last = taken.at(-1);
      if (last === undefined) return taken;
      cursor = last.seq;
      events = [];
      isBehind = true;
      void look();
      return taken;
    },
    /** What the reader is to come back with. */
    id: (): string => String(cursor ?? lastSeq ?? PLACE_UNKNOWN),
    stop(): void {
      isStopped = true;
      clearTimeout(retry);
    },
  };
}
