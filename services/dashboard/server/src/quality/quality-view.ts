import { type Database, loadQualityRecords, type QualityRow, sumQualityRecords } from '@ballast/db';

/** Records of one answer, the newest; how many more there are is told. */
const RECORDS_MAX = 100;
const EVIDENCE_LENGTH_MAX = 2_000;
const HOUR_MS = 3_600_000;

type Asked = {
  readonly hours: number;
  readonly search: string;
  /** Null: every rule. */
  readonly rule: string | null;
};

/** What data broke a rule of quality in the last hours: by rule, and the newest records. */
export async function qualityView(db: Database, { hours, search, rule }: Asked, at: number) {
  const wanted = { since: at - hours * HOUR_MS, search: search.trim() };
  const [rules, records] = await Promise.all([
    sumQualityRecords(db, wanted),
    loadQualityRecords(db, { ...wanted, rule: rule ?? undefined }, RECORDS_MAX),
  ]);
  const counted = rules.filter((one) => rule === null || one.rule === rule);
  const total = counted.reduce((sum, one) => sum + one.records, 0);
  return {
    at,
    /** All that were broken, whichever rule was asked for. */
    rules,
    records: records.map(recordView),
    more: Math.max(0, total - records.length),
  };
}

function recordView({ evidence, ...record }: QualityRow) {
  return { ...record, evidence: JSON.stringify(evidence, null, 1).slice(0, EVIDENCE_LENGTH_MAX) };
}
