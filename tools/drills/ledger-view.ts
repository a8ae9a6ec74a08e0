import { commandRefusals, type Database, incidents, orders, trades } from '@ballast/db';
import { and, eq } from 'drizzle-orm';
import { until } from './until.ts';
import type { Role } from './venue-hands.ts';

export type LedgerView = ReturnType<typeof ledgerView>;

/** What the gateway has stored, and waits for what it will. */
export function ledgerView(db: Database) {
  const view = {
    async trade(id: string) {
      const rows = await db.select().from(trades).where(eq(trades.id, id));
      return rows[0] ?? null;
    },
    async order(tradeId: string, role: Role) {
      const which = and(eq(orders.tradeId, tradeId), eq(orders.role, role));
      const rows = await db.select().from(orders).where(which);
      return rows[0] ?? null;
    },
    async orderIs(tradeId: string, role: Role, ...statuses: string[]): Promise<void> {
      await until(`${role} of ${tradeId} is ${statuses.join(' or ')}`, async () => {
        if (statuses.includes((await view.order(tradeId, role))?.status ?? '')) return true;
        const trade = await view.trade(tradeId);
        if (trade === null || trade.endedAt === null) return false;
        throw new Error(`the trade is ${trade.status}: ${trade.endReason}`);
      });
    },
    /** Waits until a trade is over. @returns which exit ended it, or why it never began */
    async ended(tradeId: string): Promise<string> {
      const row = await until(`end of ${tradeId}`, async () => {
        const found = await view.trade(tradeId);
        return found?.endedAt == null ? null : found;
      });
      return row.endReason ?? row.status;
    },
    /** The code that a command was refused with; null when it was not. */
    async refusal(commandId: string): Promise<string | null> {
      const which = eq(commandRefusals.commandId, commandId);
      const rows = await db.select().from(commandRefusals).where(which);
      return rows[0]?.code ?? null;
    },
    refused: (commandId: string): Promise<string> =>
      until(`refusal of ${commandId}`, () => view.refusal(commandId)),
    incidents: (instrument: string) =>
      db.select().from(incidents).where(eq(incidents.instrument, instrument)),
  };
  return view;
}
