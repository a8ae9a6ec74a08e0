import type { StoredSweepRow } from '@ballast/db';
import { type SweepRow, sweepRow } from '../sweep/sweep-row.ts';

/** A row as the table has it, as one of a folder. */
export function rowFrom({ outcome, returns }: StoredSweepRow): SweepRow {
  const read: unknown = outcome;
  const whole = typeof read === 'object' && read !== null ? read : {};
  return sweepRow.parse(returns === null ? whole : { ...whole, returns });
}
