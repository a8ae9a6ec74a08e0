import { listTrades } from '@ballast/db';
import type { Platform } from '../platform.ts';
import { type Report, timeText } from '../report.ts';

const LIMIT = 200;

/** The newest trades first; `open` keeps those that have not ended. */
export async function trades({ access, db }: Platform, open: boolean): Promise<Report> {
  const rows = await listTrades(db, access.account, { limit: LIMIT, open });
  return {
    ok: true,
    data: { trades: rows, limit: LIMIT },
    lines:
      rows.length === 0
        ? [open ? 'no open trades' : 'no trades']
        : rows.map((row) => {
            const result = `realised ${row.realisedCum}, fees ${row.feesCum}`;
            const what = `${row.instrument} ${row.direction} ${row.enteredQuantityCum}`;
            return `${timeText(row.createdAt)} ${row.id} ${what} ${row.status} (${result})`;
          }),
  };
}
