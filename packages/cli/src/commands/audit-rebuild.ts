import { readAuditLedger } from '@ballast/db';
import { AuditFold, compareWithTables, type Span } from '@ballast/order-core';
import { readDay } from '../arguments.ts';
import type { Platform } from '../platform.ts';
import type { Report } from '../report.ts';

/** Lines for people; the JSON has every difference. */
const SHOWN_MAX = 50;

/**
 * Makes orders, fills and positions anew from the audit chain alone and holds them against the
 * tables. The whole chain is read in any case; with `day` (UTC) only what happened on it is
 * compared. @throws Failure DAY_MALFORMED
 */
export async function auditRebuild(
  { access, db }: Pick<Platform, 'access' | 'db'>,
  day: string | null,
): Promise<Report> {
  const { account } = access;
  const span = day === null ? null : spanOf(day);
  const fold = new AuditFold();
  const stored = await readAuditLedger(db, account, (row) => fold.add(row));
  const rebuilt = fold.end();
  const { orders, fills, positions, differences } = compareWithTables(rebuilt, stored, span);
  const ok = differences.length === 0;
  const { rows } = rebuilt;
  const counted = `${rows} rows: ${orders} orders, ${fills} fills, ${positions} positions`;
  return {
    ok,
    data: { account, day, rows, orders, fills, positions, differences },
    lines: [
      `audit log of ${account}${day === null ? '' : `, ${day}`}, rebuilt from ${counted}`,
      ok ? 'the tables say the same' : `${differences.length} differences`,
      ...differences.slice(0, SHOWN_MAX).map(({ what, id, audit, table }) => {
        return `  ${what} ${id}: audit ${JSON.stringify(audit)}, table ${JSON.stringify(table)}`;
      }),
    ],
  };
}

function spanOf(day: string): Span {
  const { from, to } = readDay(day);
  return { from, until: to };
}
