import { addDataJob, changeDataJob, type Database } from '@ballast/db';
import { instrumentId } from '@ballast/domain';
import { sampleId } from './rows.ts';

const HOUR_MS = 3_600_000;
const FIRST_COUNTER = 900;

/** A job of each kind and state. */
export async function seedJobs(db: Database, now: number): Promise<void> {
  const hour = now - (now % HOUR_MS);
  const list = [
    ['ETHUSDT', 'backfill', 'manual', 'running', null],
    ['SOLUSDT', 'backfill', 'reconnect', 'queued', null],
    ['BTCUSDT', 'import', 'manual', 'paused', null],
    ['DOGEUSDT', 'backfill', 'schedule', 'failed', 'HISTORY_UNREACHABLE: no answer in time'],
    ['XRPUSDT', 'import', 'manual', 'failed', 'IMPORT_ROWS: row 17: HIGH_BELOW_LOW (1,2,3)'],
    ['LINKUSDT', 'backfill', 'manual', 'done', null],
  ] as const;
  for (const [index, [symbol, kind, origin, status, error]] of list.entries()) {
    const id = sampleId(now, FIRST_COUNTER + index);
    const at = now - (index + 1) * 60_000;
    const what = { id, kind, origin, timeframe: '1m', reason: 'sample of a job' } as const;
    const stretch = { fromTime: hour - 100 * HOUR_MS, toTime: hour, barsExpected: 6_000 };
    const input = kind === 'import' ? { file: `${symbol.toLowerCase()}_2025.parquet` } : {};
    const actor = origin === 'manual' ? 'operator' : 'market-data';
    const instrument = instrumentId('bybit', 'linear', symbol);
    await addDataJob(db, { ...what, ...stretch, input, actor, instrument }, at);
    if (status === 'queued') continue;
    const half = status === 'running' || status === 'paused' || kind === 'backfill';
    const done = status === 'done' ? 100 : half ? 37 : 0;
    await changeDataJob(db, id, ['queued'], {
      ...{ status, error, updatedAt: now, startedAt: now - 20_000 },
      ...{ doneUntil: stretch.fromTime + done * HOUR_MS, barsStored: done * 60 },
      attempts: error === null ? 0 : kind === 'import' ? 1 : 10,
    });
  }
}
