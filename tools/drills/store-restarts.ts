import { trades } from '@ballast/db';
import type { InstrumentId } from '@ballast/domain';
import { eq } from 'drizzle-orm';
import { BTC, ETH, killStore, SOL, type Trading } from './trading.ts';
import { until } from './until.ts';

const ROUNDS = 5;
/** The store dies once so many trades have been asked for. */
const KILL_AFTER = 5;
/** A command that was given, and that nobody has taken after this, is not taken any more. */
const FORGOTTEN_AFTER_MS = 12_000;
const QUANTITIES: readonly (readonly [InstrumentId, string])[] = [
  [ETH, '0.3'],
  [BTC, '0.02'],
  [SOL, '4'],
];

type Count = { asked: number; notGiven: number; notTaken: number; ended: Map<string, number> };

/**
 * Trades are opened and closed one after the other in each market while a store dies and comes
 * back.
 * @returns how the trades ended, and how many commands could not be given or were never taken
 */
export async function restartUnderLoad(
  store: 'redis' | 'postgres',
  trading: Trading,
): Promise<string> {
  await trading.takesRisk();
  const count: Count = { asked: 0, notGiven: 0, notTaken: 0, ended: new Map() };
  const killed = until(`${KILL_AFTER} trades are asked for`, async () => {
    return count.asked >= KILL_AFTER;
  }).then(() => killStore(trading.dataDir, store));
  await Promise.all([
    killed,
    ...QUANTITIES.map(([instrument, quantity]) => lane(instrument, quantity, trading, count)),
  ]);
  await trading.gatewayReady();
  await trading.takesRisk();
  const said = [...count.ended].map(([how, times]) => `${how} ${times}`).join(', ');
  return `${said}; not given ${count.notGiven}, not taken ${count.notTaken}`;
}

async function lane(
  instrument: InstrumentId,
  quantity: string,
  trading: Trading,
  count: Count,
): Promise<void> {
  for (let round = 0; round < ROUNDS; round += 1) {
    count.asked += 1;
    const opened = await trading.open({ instrument, quantity }).catch(() => null);
    if (opened === null) count.notGiven += 1;
    else await closed(opened, trading, count);
  }
}

async function closed(
  { tradeId, commandId }: { tradeId: string; commandId: string },
  trading: Trading,
  count: Count,
): Promise<void> {
  const { ledger, operator, db } = trading;
  const givenAt = Date.now();
  const taken = await until(`${tradeId} is protected, over or refused`, async () => {
    if ((await ledger.refusal(commandId)) !== null) return 'refused';
    const [row] = await db.select().from(trades).where(eq(trades.id, tradeId));
    if (row === undefined) return Date.now() - givenAt > FORGOTTEN_AFTER_MS && 'forgotten';
    if (row.endedAt !== null) return 'over';
    return (await ledger.order(tradeId, 'stop'))?.status === 'working' && 'protected';
  });
  if (taken === 'refused' || taken === 'forgotten') {
    count.notTaken += 1;
    return;
  }
  const how = await until(`${tradeId} ends`, async () => {
    const row = await ledger.trade(tradeId);
    if (row !== null && row.endedAt !== null) return row.endReason ?? row.status;
    await operator.ask({ type: 'closeTrade', body: { tradeId, reason: 'drill' } });
    return until('it ends', async () => (await ledger.trade(tradeId))?.endReason ?? null, 3_000);
  });
  count.ended.set(how, (count.ended.get(how) ?? 0) + 1);
}
