import { setTimeout as sleep } from 'node:timers/promises';
import type { BrakeRow } from '@ballast/db';
import { type BrakeView, brakeView } from './brake-view.ts';

/** Longer than this nobody waits for a reading. */
const WAIT_MS = 500;
/** While one is under way for no longer than this, what was read last is shown. */
const SLOW_MS = 5_000;

/**
 * The brake as the database has it, one reading at a time: a database that hangs must not hold back
 * what Redis tells of services and feed, or these would look dead.
 */
export function createBrakeReading(
  read: () => Promise<BrakeRow | null>,
  now: () => number,
): () => Promise<BrakeView> {
  let underWay: Promise<BrakeView> | null = null;
  let askedAt = 0;
  let last: BrakeView | null = null;

  async function ask(): Promise<BrakeView> {
    askedAt = now();
    try {
      last = brakeView(await read());
      return last;
    } catch (error) {
      last = null;
      throw error;
    }
  }

  return async () => {
    const asked = (underWay ??= ask().finally(() => (underWay = null)));
    const found = await Promise.race([asked, sleep(WAIT_MS, null, { ref: false })]);
    if (found !== null) return found;
    // It may fail when nobody waits for it any more: the next one is told.
    asked.catch(() => undefined);
    if (last === null || now() - askedAt > SLOW_MS) {
      throw new Error(`the database has not answered for ${now() - askedAt} ms`);
    }
    return last;
  };
}
