import { type Database, listTrades, loadInstruments, newestBrakeState, portfolioSnapshots } from '@ballast/db';
import { type InstrumentId, parseInstrumentId, parseUuid, type TradeId } from '@ballast/domain';
import { desc, eq } from '../../../../packages/db/node_modules/drizzle-orm/index.js';

export async function loadRiskFacts(db: Database, account: string, id: InstrumentId) {
  const brake = await newestBrakeState(db, account);
  const open = await listTrades(db, account, { limit: 100, open: true });
  const [s] = await db.select().from(portfolioSnapshots).where(eq(portfolioSnapshots.account, account)).orderBy(desc(portfolioSnapshots.at)).limit(1);
  return {
    instrument: (await loadInstruments(db)).find((i) => i.id === id) ?? null,
    brake: brake === null ? 'unreadable' as const : brake.engaged ? 'engaged' as const : 'released' as const,
    frozen: null,
    openTrades: open.map((t) => ({ tradeId: parseUuid<TradeId>(t.id), instrument: parseInstrumentId(t.instrument) })),
    balance: s === undefined ? null : { equity: { amount: s.equity, currency: s.currency }, available: { amount: s.available, currency: s.currency } },
  };
}
