import { type InferInsertModel, sql } from 'drizzle-orm';
import type { Database } from '../database.ts';
import { qualityRecords } from '../tables/quality.ts';

type QualityRecord = Omit<InferInsertModel<typeof qualityRecords>, 'id'>;

/**
 * Stores records of quality; one that is stored already (the same rule, source, instrument and
 * moment of finding) gets its window and count replaced. Doing it again changes nothing.
 */
export async function saveQualityRecords(
  db: Database,
  records: readonly QualityRecord[],
): Promise<void> {
  if (records.length === 0) return;
  const { foundAt, rule, source, instrument } = qualityRecords;
  await db
    .insert(qualityRecords)
    .values([...records])
    .onConflictDoUpdate({
      target: [foundAt, rule, source, instrument],
      set: {
        fromTime: sql`excluded.from_time`,
        toTime: sql`excluded.to_time`,
        count: sql`excluded.count`,
      },
    });
}
