import { and, count, desc, eq, gte, max, sql, sum } from 'drizzle-orm';
import type { Database } from '../../database.ts';
import { qualityRecords } from '../../tables/quality.ts';

export type QualityRow = typeof qualityRecords.$inferSelect;

/** How often one rule was broken: by how many records, and how often in all. */
export type QualitySum = {
  readonly rule: string;
  readonly records: number;
  readonly breaches: number;
  /** Epoch ms. */
  readonly lastFoundAt: number;
};

export type QualityAsked = {
  /** Records found at or after this, epoch ms. */
  readonly since: number;
  readonly instrument?: string | undefined;
  /** Part of an instrument's id, in any case. */
  readonly search?: string | undefined;
  readonly rule?: string | undefined;
};

const asked = ({ since, instrument, search = '', rule }: QualityAsked) =>
  and(
    gte(qualityRecords.foundAt, since),
    instrument === undefined ? undefined : eq(qualityRecords.instrument, instrument),
    search === ''
      ? undefined
      : sql`strpos(lower(${qualityRecords.instrument}), ${search.toLowerCase()}) > 0`,
    rule === undefined ? undefined : eq(qualityRecords.rule, rule),
  );

/** The newest first. */
export async function loadQualityRecords(
  db: Database,
  wanted: QualityAsked,
  limit: number,
): Promise<QualityRow[]> {
  return db
    .select()
    .from(qualityRecords)
    .where(asked(wanted))
    .orderBy(desc(qualityRecords.foundAt), desc(qualityRecords.id))
    .limit(limit);
}

/** Every rule that was broken, the most often broken first. */
export async function sumQualityRecords(db: Database, wanted: QualityAsked): Promise<QualitySum[]> {
  const { rule, count: breaches, foundAt } = qualityRecords;
  const rows = await db
    .select({ rule, records: count(), breaches: sum(breaches), lastFoundAt: max(foundAt) })
    .from(qualityRecords)
    .where(asked(wanted))
    .groupBy(rule)
    .orderBy(desc(sum(breaches)), rule);
  return rows.map((row) => ({
    ...row,
    breaches: Number(row.breaches ?? 0),
    lastFoundAt: row.lastFoundAt ?? 0,
  }));
}
