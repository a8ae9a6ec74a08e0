import { type InferInsertModel, sql } from 'drizzle-orm';
import type { Database } from '../database.ts';
import { qualityRecords } from '../tables/quality.ts';

type QualityRecord = Omit<InferInsertModel<typeof qualityRecords>, 'id'>;

/** Records let go in one statement: what takes a moment, however many there are. */
const TRIMMED_AT_ONCE = 10_000;

/**
 * Lets go of records that were found before `before` (epoch ms).
 * @param isOver asked after each part: what is left is let go the next time
 * @returns how many are gone
 */
export async function trimQualityRecords(
  db: Database,
  before: number,
  isOver: () => boolean = () => false,
): Promise<number> {
  let gone = 0;
  for (;;) {
    const { rows } = await db.pool.query<{ records: string }>(
      'SELECT trim_quality_records($1, $2) AS records',
      [before, TRIMMED_AT_ONCE],
    );
    const part = Number(rows[0]?.records ?? 0);
    gone += part;
    if (part < TRIMMED_AT_ONCE || isOver()) return gone;
  }
}

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
