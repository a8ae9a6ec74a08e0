import { blockedSignals, type Database, incidents, signals, strategySwitches } from '@ballast/db';
import { instrumentId } from '@ballast/domain';
import { ACCOUNT, sampleId } from './rows.ts';

/** Signals with their gates, switches and an incident: what the other pages show. */
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
  await db.insert(strategySwitches).values({
    id: sampleId(now, 6_000),
    strategy: 'momentum',
    buy: true,
    effectiveFrom: now - 5_400_000,
    actor: 'operator',
    reason: 'paper soak, week 3',
  });
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
