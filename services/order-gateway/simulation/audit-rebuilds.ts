import { compareWithTables, rebuildFromAudit } from '@ballast/order-core';
import { fillRow, orderRow, positionRow, tradeRow, unattributedRow } from '../src/store/rows.ts';
import type { Disk } from './disk.ts';

/** In what the audit's own account of orders, fills and positions differs from the disk. */
export function auditDifferences(disk: Disk): string[] {
  const trades = [...disk.trades.values()];
  const foreign = [...disk.unattributed.values()];
  const account = disk.audit[0]?.account ?? '';
  const rebuilt = rebuildFromAudit(
    disk.audit.map((row) => ({ ...row, tradeId: row.tradeId ?? null })),
  );
  const stored = {
    orders: trades.flatMap((trade) =>
      Object.values(trade.orders).map((order) => orderRow(trade, order, 0)),
    ),
    fills: [...disk.fills.values()].map((staged) => {
      return { ...fillRow(staged), revision: staged.fill.revision };
    }),
    trades: [
      ...trades.map((trade) => tradeRow(trade, 0, 0)),
      ...foreign.map((record) => unattributedRow(record, 0, 0)),
    ],
    positions: [...disk.positions].map(([instrument, position]) =>
      positionRow(account, instrument, position, 0),
    ),
  };
  const { differences } = compareWithTables(rebuilt, stored, null);
  return differences.map(({ what, id, audit, table }) => {
    return `${what} ${id}: audit ${JSON.stringify(audit)}, table ${JSON.stringify(table)}`;
  });
}
