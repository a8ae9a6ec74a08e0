import { randomBytes } from 'node:crypto';
import {
  brakeStates,
  type Database,
  openDatabase,
  portfolioSnapshots,
  saveRegime,
  takeConfigurationCommand,
} from '@ballast/db';
import {
  type Bar,
  type CommandId,
  type Instrument,
  instrumentWire,
  parseScaled,
  parseUuid,
  type Signal,
  type SignalId,
  uuidV7,
} from '@ballast/domain';
import { numericBar, startRun, strategyNamed } from '@ballast/strategies';
import type { TestDatabase } from '../../../tools/stores/test-stores.ts';

export const MINUTE = 60_000;
export const DAY = Date.UTC(2026, 5, 2);
export const BARS_BEFORE = 1_100;
/** From then on the switch is on. */
export const NOON = DAY + 720 * MINUTE;
export const BTC: Instrument = instrumentWire.parse({
  ...{ id: 'bybit.linear:BTCUSDT', baseCurrency: 'BTC', quoteCurrency: 'USDT', tickSize: '0.1' },
  ...{ lotSize: '0.001', minQuantity: '0.001', maxQuantity: '1000', minNotional: '5' },
  ...{ multiplier: '1', session: 'continuous' },
});
export const EQUITY = { amount: parseScaled('10000'), currency: 'USDT' };
export const id = (at = DAY): string => uuidV7(at, randomBytes(10));

/** Waves of two lengths: both strategies speak on them again and again. */
export function wave(): Bar[] {
  const priceAt = (at: number): number =>
    Math.round(100_000 + 6_000 * Math.sin(at / 40) + 2_000 * Math.sin(at / 9)) / 10;
  return Array.from({ length: BARS_BEFORE + 1_440 }, (_, at): Bar => {
    const [open, close] = [priceAt(at), priceAt(at + 1)];
    const [high, low] = [Math.max(open, close) + 1, Math.min(open, close) - 1];
    const openTime = DAY + (at - BARS_BEFORE) * MINUTE;
    return {
      ...{ instrument: BTC.id, timeframe: '1m', openTime, volume: '1' },
      ...{ open: String(open), high: high.toFixed(1), low: low.toFixed(1), close: String(close) },
      ...{ tradeCount: 1, state: 'closed', source: 'bybit', builtFrom: 'trades', missing: 0 },
    };
  });
}

export function signalsOn(bars: readonly Bar[], strategy: 'momentum' | 'mean-reversion'): Signal[] {
  const run = startRun(strategyNamed(strategy));
  return bars.flatMap((bar) => {
    const opinion = run.step(numericBar(bar));
    const closed = bar.openTime + MINUTE;
    if (opinion === null || closed < DAY || closed >= DAY + 1_440 * MINUTE) return [];
    const signalId = parseUuid<SignalId>(id(closed));
    const word = { word: 'enter', timeframe: '1m' } as const;
    const of = { id: signalId, strategy, instrument: BTC.id, barOpenTime: bar.openTime, ...word };
    return [{ ...of, decidedAt: closed + 400, ...opinion }];
  });
}

/** At noon momentum may trade; the brake is released, the regime known. */
export async function configure(
  database: TestDatabase,
  { gateway, worker }: Readonly<Record<'gateway' | 'worker', Database>>,
): Promise<void> {
  const supervisor = openDatabase(database.urls.supervisor, { max: 1 });
  const commandId = parseUuid<CommandId>(id(NOON));
  await takeConfigurationCommand(
    supervisor,
    {
      ...{ version: 1, id: commandId, producer: 'cli', actor: 'operator', account: 'paper' },
      ...{ mode: 'paper', issuedAt: NOON, expiresAt: NOON + 1 },
      nonce: randomBytes(16).toString('hex'),
      type: 'setStrategySwitch',
      body: { strategy: 'momentum', switch: 'buy', on: true, override: true, reason: 'test' },
    },
    commandId,
    NOON,
  );
  await supervisor.close();
  const by = { actor: 'ballast', reason: 'test', progress: [], at: DAY - 1 };
  const state = { id: id(), account: 'paper', state: 'released' } as const;
  await gateway.insert(brakeStates).values({ ...state, ...by });
  const of = { account: 'paper', at: DAY - 1, currency: 'USDT', available: EQUITY.amount };
  await gateway.insert(portfolioSnapshots).values({ ...of, equity: EQUITY.amount });
  for (let at = DAY - 1; at < DAY + 1_440 * MINUTE; at += 240 * MINUTE) {
    const point = { instrument: BTC.id, at, knownAt: at, version: 1, inputs: {} };
    await saveRegime(worker, { ...point, regime: 1 });
  }
}
