import { randomBytes } from 'node:crypto';
import { followSignal } from '@ballast/backtest-core';
import {
  type Database,
  explainBlocked,
  openDatabase,
  portfolioSnapshots,
  saveBars,
  saveBlockedSignal,
  saveInstruments,
} from '@ballast/db';
import {
  type Bar,
  type Instrument,
  instrumentId,
  parseQuantity,
  parseScaled,
  parseUuid,
  type Signal,
  type SignalId,
  uuidV7,
} from '@ballast/domain';
import { createLogger } from '@ballast/observability';
import { numericBar, startRun, strategyNamed } from '@ballast/strategies';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../tools/stores/test-stores.ts';
import { termsOf } from '../src/counterfactuals/counterfactual-terms.ts';
import { followCounterfactuals } from '../src/counterfactuals/follow-counterfactuals.ts';
import {
  SETTLE_DEFAULTS,
  settleCounterfactuals,
} from '../src/counterfactuals/settle-counterfactuals.ts';
import { seriesAround } from '../src/counterfactuals/signal-series.ts';
import { SETTLING_MS } from '../src/stored/make-request.ts';

const MINUTE = 60_000;
const BEGIN = Date.UTC(2026, 4, 4);
const BARS = 1_600;
const BTC: Instrument = {
  id: instrumentId('bybit', 'linear', 'BTCUSDT'),
  ...{ baseCurrency: 'BTC', quoteCurrency: 'USDT', sector: null, session: 'continuous' },
  ...{ tickSize: parseScaled('0.1'), lotSize: parseScaled('0.001') },
  ...{ minQuantity: parseQuantity('0.001'), maxQuantity: parseQuantity('1000') },
  ...{ minNotional: parseScaled('5'), multiplier: parseScaled('1') },
};
const EQUITY = { amount: parseScaled('50000'), currency: 'USDT' };

let database: TestDatabase;
let db: Database;
let marketData: Database;
let worker: Database;
const bars = wave();
const signals = signalsOn(bars);

beforeAll(async () => {
  database = await createTestDatabase();
  db = openDatabase(database.urls.backtester, { max: 2 });
  marketData = openDatabase(database.urls['market-data'], { max: 1 });
  worker = openDatabase(database.urls['strategy-worker'], { max: 1 });
  await saveInstruments(marketData, [BTC], BEGIN);
  const gateway = openDatabase(database.urls['order-gateway'], { max: 1 });
  const { amount, currency } = EQUITY;
  const of = { account: 'paper', currency, available: amount };
  await gateway.insert(portfolioSnapshots).values([
    { ...of, at: BEGIN, equity: amount },
    { ...of, at: BEGIN + BARS * MINUTE, equity: parseScaled('1') },
  ]);
  await gateway.close();
  for (const signal of signals) await block(signal);
});
afterAll(async () => {
  await Promise.all([db, marketData, worker].map((one) => one.close()));
  await database.drop();
});

/** Waves of two lengths: momentum speaks on them again and again. */
function wave(): Bar[] {
  const priceAt = (at: number): number =>
    Math.round(100_000 + 6_000 * Math.sin(at / 25) + 2_000 * Math.sin(at / 6)) / 10;
  return Array.from({ length: BARS }, (_, at): Bar => {
    const [open, close] = [priceAt(at), priceAt(at + 1)];
    const [high, low] = [Math.max(open, close) + 1, Math.min(open, close) - 1];
    return {
      ...{ instrument: BTC.id, timeframe: '1m', openTime: BEGIN + at * MINUTE, volume: '1' },
      ...{ open: String(open), high: high.toFixed(1), low: low.toFixed(1), close: String(close) },
      ...{ tradeCount: 1, state: 'closed', source: 'bybit', builtFrom: 'trades', missing: 0 },
    };
  });
}

/** What momentum says of the last bars. */
function signalsOn(all: readonly Bar[]): Signal[] {
  const run = startRun(strategyNamed('momentum'));
  return all.flatMap((bar) => {
    const opinion = run.step(numericBar(bar));
    const decidedAt = bar.openTime + MINUTE;
    if (opinion === null || bar.openTime < BEGIN + 1_000 * MINUTE) return [];
    const id = parseUuid<SignalId>(uuidV7(decidedAt, randomBytes(10)));
    const word = { word: 'enter', timeframe: '1m' } as const;
    const of = { id, strategy: 'momentum', instrument: BTC.id, decidedAt, ...word } as const;
    return [{ ...of, barOpenTime: bar.openTime, ...opinion }];
  });
}

async function block(signal: Signal): Promise<void> {
  const refusal = { gate: 'spread', input: '0.2 %', threshold: '0.1 %' } as const;
  const by = { settingsId: null, regime: null, blockedAt: signal.decidedAt };
  await saveBlockedSignal(worker, signal, { signalId: signal.id, ...refusal, ...by });
}

/** What the engine says over all bars. */
function alone(signal: Signal) {
  const numeric = bars.map(numericBar);
  const column = (of: keyof (typeof numeric)[number]): Float64Array =>
    Float64Array.from(numeric, (bar) => bar[of]);
  const columns = {
    ...{ openTime: column('openTime'), open: column('open'), high: column('high') },
    ...{ low: column('low'), close: column('close'), volume: column('volume') },
  };
  const model = strategyNamed('momentum').model();
  const series = { instrument: BTC, timeframe: '1m', bars: columns, model } as const;
  const terms = termsOf(BTC.id, SETTLE_DEFAULTS);
  const found = followSignal(series, { ...signal, equity: EQUITY }, terms);
  return found.kind === 'ended' ? found.ended : null;
}

test('a blocked signal has no counterfactual before the bars after it are there', async () => {
  const [first] = signals;
  const at = (first?.barOpenTime ?? 0) + MINUTE;
  await saveBars(
    marketData,
    bars.filter(({ openTime }) => openTime < at),
  );
  expect(await settleCounterfactuals(db, at + 1_000)).toEqual({
    ...{ settled: 0, open: signals.length, failed: [], next: null },
  });
  // Stored, but of a time that has not come.
  await saveBars(
    marketData,
    bars.filter(({ openTime }) => openTime >= at),
  );
  expect(await settleCounterfactuals(db, at + 1_000)).toMatchObject({ settled: 0 });
});

test('then it is what the engine of the backtest makes of its plan, once, whoever asks', async () => {
  const now = BEGIN + BARS * MINUTE + SETTLING_MS;
  const expected = signals.map((signal) => ({ signal, end: alone(signal) }));
  const ended = expected.filter(({ end }) => end !== null);
  expect(ended.length).toBeGreaterThan(5);
  const both = await Promise.all([settleCounterfactuals(db, now), settleCounterfactuals(db, now)]);
  expect(both.reduce((sum, { settled }) => sum + settled, 0)).toBe(ended.length);
  for (const { signal, end } of expected) {
    const stored = (await explainBlocked(db, signal.id))?.counterfactual ?? null;
    if (end === null) {
      expect(stored).toBeNull();
      continue;
    }
    const { exit, leftAt, realised } = end;
    expect(stored).toMatchObject({ exit, leftAt, currency: 'USDT', computedAt: now });
    expect(Number(stored?.earned)).toBeCloseTo(realised, 7);
    expect(stored?.dataHash).toMatch(/^[0-9a-f]{64}$/);
  }
  expect(await settleCounterfactuals(db, now + MINUTE)).toMatchObject({ settled: 0 });
});

test('what no bar tells of, or no account could pay, is settled without an amount', async () => {
  const gone = signals[0];
  if (gone === undefined) throw new Error('no signal');
  const decidedAt = BEGIN - 10 * MINUTE;
  const id = (): SignalId => parseUuid<SignalId>(uuidV7(decidedAt, randomBytes(10)));
  const unstored = { ...gone, id: id(), barOpenTime: decidedAt - MINUTE, decidedAt };
  // Before the first snapshot.
  const poor = {
    ...gone,
    id: id(),
    strategy: 'mean-reversion',
    decidedAt: BEGIN - MINUTE,
  } as const;
  await block(unstored);
  await block(poor);
  const other = instrumentId('bybit', 'linear', 'GONEUSDT');
  const unknown = { ...gone, id: id(), instrument: other };
  await block(unknown);
  const now = BEGIN + BARS * MINUTE;
  const failed = [{ signalId: unknown.id, code: 'INSTRUMENT_UNKNOWN', reason: other }];
  expect(await settleCounterfactuals(db, now)).toMatchObject({ settled: 1, failed });
  const of = async (signalId: string) => (await explainBlocked(db, signalId))?.counterfactual;
  expect(await of(poor.id)).toMatchObject({ earned: null, exit: 'sizing' });
  expect(await of(unstored.id)).toBeNull();
  await settleCounterfactuals(db, decidedAt + 8 * 86_400_000);
  expect(await of(unstored.id)).toMatchObject({ earned: null, exit: 'bars missing' });
});

test('one that fails for no known reason is told with it, and the others go on', async () => {
  const like = signals.at(-1);
  if (like === undefined) throw new Error('no signal');
  const decidedAt = BEGIN - 20 * MINUTE;
  const of = { ...like, decidedAt, barOpenTime: BEGIN + 1_100 * MINUTE };
  const id = (): SignalId => parseUuid<SignalId>(uuidV7(decidedAt, randomBytes(10)));
  // In JSON that is null.
  const broken = { ...of, id: id(), level: { ...like.level, stop: NaN } };
  const after = { ...of, id: id(), strategy: 'mean-reversion', decidedAt: decidedAt + 1 } as const;
  await block(broken);
  await block(after);
  const said: unknown[] = [];
  const log = createLogger('test', 'silent');
  log.warn = (...words: unknown[]) => void said.push(words);
  const { account, riskFraction } = SETTLE_DEFAULTS;
  const now = () => BEGIN + BARS * MINUTE + SETTLING_MS;
  const followed = followCounterfactuals({ db, log, now, account, riskFraction });
  await expect.poll(() => followed.settled, { timeout: 60_000 }).toBe(1);
  await followed.stop();
  expect((await explainBlocked(db, after.id))?.counterfactual).toMatchObject({ exit: 'sizing' });
  const why = { signalId: broken.id, code: 'UNEXPECTED', reason: expect.stringContaining('stop') };
  expect(said).toContainEqual([why, expect.stringContaining('cannot be followed')]);
});

test('the loop of the service settles what is there, and ends at once when it is stopped', async () => {
  const [like] = signals;
  if (like === undefined) throw new Error('no signal');
  const now = BEGIN + BARS * MINUTE + SETTLING_MS;
  const more = Array.from({ length: 40 }, (_, at): Signal => {
    const id = parseUuid<SignalId>(uuidV7(like.decidedAt, randomBytes(10)));
    const barOpenTime = like.barOpenTime - at * MINUTE;
    return { ...like, id, strategy: 'mean-reversion', barOpenTime, decidedAt: BEGIN - MINUTE * 2 };
  });
  for (const signal of more) await block(signal);
  const log = createLogger('test', 'silent');
  const { account, riskFraction } = SETTLE_DEFAULTS;
  const begin = () => followCounterfactuals({ db, log, now: () => now, account, riskFraction });
  const early = begin();
  await early.stop();
  expect(early.settled).toBeLessThan(more.length / 2);
  const followed = begin();
  const settled = () => followed.settled + early.settled;
  await expect.poll(settled, { timeout: 60_000 }).toBeGreaterThanOrEqual(more.length - 1);
  await followed.stop();
});

test('minutes say all of the last bar that is read, and both are read once they are settled', async () => {
  const hours = bars.flatMap((first, at): Bar[] => {
    if (at % 60 !== 0 || at + 60 > BARS) return [];
    return [{ ...first, timeframe: '1h' }];
  });
  await saveBars(marketData, hours);
  const asked = { strategy: 'sma-cross', barOpenTime: BEGIN, decidedAt: BEGIN, bars: 400 };
  const now = BEGIN + 20 * 60 * MINUTE + SETTLING_MS + MINUTE / 2;
  for (const later of [0, 59 * MINUTE]) {
    const { bars: wide, finer } = await seriesAround(db, BTC, { ...asked, now: now + later });
    const last = BEGIN + 19 * 60 * MINUTE;
    expect(wide.openTime.at(-1)).toBe(last);
    expect(finer?.openTime.at(-1)).toBe(last + 59 * MINUTE);
  }
});
