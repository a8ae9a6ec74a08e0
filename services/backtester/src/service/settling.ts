import { changeBacktest, type Database, type StoredBacktest } from '@ballast/db';
import type { Logger } from '@ballast/observability';
import type { Settled } from '../stored/compute-task.ts';

const RETRY_MS = 1_000;
/** Who cancelled it has changed its row before: this is for what nobody did. */
const NOT_STORED = { code: 'RESULT_NOT_STORED', message: 'its result came for another run of it' };

export type LaneCounts = { done: number; failed: number; cancelled: number };

/** What becomes of a row whose process has not said so itself: it has failed, with a reason. */
export function createSettling(
  { db, now, log }: { readonly db: Database; readonly now: () => number; readonly log: Logger },
  parts: {
    readonly counts: LaneCounts;
    readonly signal: AbortSignal;
    readonly pause: (ms: number) => Promise<void>;
  },
) {
  const { counts, signal, pause } = parts;

  /** A database that is away for a moment must not leave a row that runs for ever. */
  async function untilStored(store: () => Promise<boolean>): Promise<boolean> {
    while (!signal.aborted) {
      try {
        return await store();
      } catch (error) {
        log.warn({ err: error }, 'the end of a backtest was not stored yet');
        await pause(RETRY_MS);
      }
    }
    return false;
  }

  return async (row: StoredBacktest, outcome: Settled): Promise<void> => {
    const { id } = row;
    if (outcome.kind === 'ended' && outcome.stored) {
      counts.done += 1;
      log.info({ backtest: id }, 'backtest is done');
      return;
    }
    const at = now();
    const { code, message } = outcome.kind === 'failed' ? outcome : NOT_STORED;
    const end = { state: 'failed', error: { code, message }, updatedAt: at, endedAt: at } as const;
    const isFailed = await untilStored(() => changeBacktest(db, row, ['running'], end));
    counts[isFailed ? 'failed' : 'cancelled'] += 1;
    if (isFailed) log.warn({ backtest: id, code, reason: message }, 'backtest has failed');
  };
}
