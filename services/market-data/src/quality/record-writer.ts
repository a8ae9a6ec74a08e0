import type { Logger } from '@ballast/observability';
import { isDataRefusal } from '../bar-writer.ts';
import type { QualityRecord, RecordBook } from './record-book.ts';

const BATCH_MAX = 500;

/**
 * Stores what has changed in the book, a batch at a time. While the database is away the book
 * keeps its records, up to its bound, and the next call tries again.
 */
export function createRecordWriter(
  book: Pick<RecordBook, 'changed' | 'settle'>,
  save: (records: readonly QualityRecord[]) => Promise<void>,
  log: Logger,
) {
  const counts = { qualityRecordsStored: 0, qualityRecordsRefused: 0, qualitySaveFailures: 0 };

  async function write(): Promise<void> {
    try {
      for (;;) {
        const batch = book.changed(BATCH_MAX);
        if (batch.length === 0) return;
        await store(batch);
        if (batch.length < BATCH_MAX) return;
      }
    } catch (error) {
      counts.qualitySaveFailures += 1;
      log.warn({ err: error }, 'quality records were not stored');
    }
  }

  async function store(batch: readonly QualityRecord[]): Promise<void> {
    try {
      await save(batch);
      counts.qualityRecordsStored += batch.length;
      book.settle(batch);
    } catch (error) {
      if (!isDataRefusal(error)) throw error;
      const [only] = batch;
      if (batch.length > 1) {
        // The one that cannot be stored must not keep out those beside it.
        for (const record of batch) await store([record]);
      } else if (only !== undefined) {
        counts.qualityRecordsRefused += 1;
        log.error({ code: 'QUALITY_RECORD_REFUSED', record: only, err: error }, 'cannot be stored');
        book.settle(batch);
      }
    }
  }

  return { write, counts };
}
