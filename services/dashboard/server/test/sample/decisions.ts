import {
  blockedSignals,
  type Database,
  incidents,
  signals,
  strategyScores,
  strategySwitches,
  systemSettings,
} from '@ballast/db';
import { instrumentId } from '@ballast/domain';
import { ACCOUNT, sampleId } from './rows.ts';

/** Signals with their gates, switches, scores and an incident: what the other pages show. */
export async function seedDecisions(db: Database, now: number): Promise<void> {
  const gates = [
    ['buy-switch', 'off', 'on'],
    ['stale-data', '7312 ms', '5000 ms'],
    ['open-trade', '1 open', '0 open'],
  ] as const;
  for (let index = 0; index < 14; index += 1) {
    const id = sampleId(now, 5_000 + index);
    const at = now - index * 410_000 - 20_000;
    const gate = index % 4 === 3 ? null : gates[index % 3];
    await db.insert(signals).values({
      id,
      strategy: index % 2 === 0 ? 'momentum' : 'mean-reversion',
      instrument: instrumentId('bybit', 'linear', index % 3 === 0 ? 'BTCUSDT' : 'SOLUSDT'),
      direction: index % 5 === 0 ? 'short' : 'long',
      barOpenTime: at - (at % 60_000),
      decidedAt: at,
      level: { entry: 64_231.5, stop: 63_901.2, target: 64_892.1 },
      inputs: { rsi: 61.34, emaFast: 64_219.02, emaSlow: 64_101.9 },
    });
    if (gate == null) continue;
    const [name, input, threshold] = gate;
    await db
      .insert(blockedSignals)
      .values({ signalId: id, gate: name, input, threshold, blockedAt: at + 2 });
  }
  const switched = { strategy: 'momentum', on: true, actor: 'operator' };
  await db.insert(strategySwitches).values([
    {
      ...{ ...switched, id: sampleId(now, 6_000), switch: 'watchlist' },
      ...{ effectiveFrom: now - 90_000_000, reason: 'see what it says' },
    },
    {
      ...{ ...switched, id: sampleId(now, 6_001), switch: 'buy', override: true },
      ...{ effectiveFrom: now - 5_400_000, reason: 'a rehearsal on paper' },
    },
  ]);
  await seedScores(db, now);
  const said = { actor: 'operator', setAt: now - 7_200_000 };
  await db.insert(systemSettings).values([
    {
      ...{ ...said, id: sampleId(now, 6_010), key: 'gate.spread_max_bps', value: 7.5 },
      ...{ effectiveFrom: said.setAt, reason: 'thin books at night' },
    },
    {
      ...{ ...said, id: sampleId(now, 6_011), key: 'gate.cooldown_minutes', value: 30 },
      ...{ effectiveFrom: now + 86_400_000, reason: 'calmer from tomorrow on' },
    },
  ]);
  await db.insert(incidents).values({
    id: sampleId(now, 7_000),
    account: ACCOUNT,
    kind: 'TARGET_REJECTED',
    instrument: 'bybit.linear:ETHUSDT',
    detail: 'venue refused the target: price outside its band',
    evidence: { venue: { retCode: 110_003 } },
    openedAt: now - 1_260_000,
  });
}

/** What another session or a command line does while a page is being looked at. */
export async function switchElsewhere(db: Database, now: number): Promise<void> {
  const said = { actor: 'cli', reason: 'from elsewhere', effectiveFrom: now };
  await db.insert(strategySwitches).values({
    ...{ ...said, id: sampleId(now, 6_020), strategy: 'mean-reversion', switch: 'watchlist' },
    on: true,
  });
  await db
    .insert(systemSettings)
    .values({ ...said, id: sampleId(now, 6_021), key: 'gate.position_cap', value: 4, setAt: now });
}

async function seedScores(db: Database, now: number): Promise<void> {
  const barOpenTime = now - (now % 60_000) - 60_000;
  const of = { strategy: 'momentum', timeframe: '1m', barOpenTime, scoredAt: barOpenTime + 60_210 };
  const unscored = { score: null, rank: null };
  const linear = (symbol: string) => instrumentId('bybit', 'linear', symbol);
  await db.insert(strategyScores).values([
    {
      ...{ ...of, instrument: linear('BTCUSDT'), score: 71.34, rank: 1 },
      parts: { nearness: 48.1, lead: 23.24 },
    },
    {
      ...{ ...of, instrument: linear('SOLUSDT'), score: 44.02, rank: 2 },
      parts: { nearness: 40, lead: 4.02 },
    },
    {
      ...{ ...of, ...unscored, instrument: linear('1000PEPEUSDT') },
      parts: { reason: 'WARMING_UP', bars: 12, needed: 31 },
    },
    {
      ...{ ...of, ...unscored, instrument: linear('BTCUSDT'), strategy: 'btc-swing' },
      ...{ timeframe: '1d', parts: { reason: 'FACT_UNKNOWN', facts: ['regime'] } },
    },
  ]);
}
