import { randomBytes, randomUUID } from 'node:crypto';
import {
  type ConfigurationCommand,
  endGap,
  loadGaps,
  recordLook,
  saveAskingSignal,
  saveMicrostructure,
  saveRegime,
  systemSettingsInForce,
  takeConfigurationCommand,
  trades,
} from '@ballast/db';
import {
  type CommandId,
  type Instrument,
  type MicrostructureKind,
  parseInstrumentId,
  parsePrice,
  parseQuantity,
  parseUuid,
  type Quote,
  type Signal,
  type SignalId,
  type TradeId,
  type TradePlan,
  uuidV7,
} from '@ballast/domain';
import { openTrade, toJson } from '@ballast/order-core';
import { gateConfiguration, withSettings } from '@ballast/strategies';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { gatherFacts } from '../src/gates/gather-facts.ts';
import {
  ACCOUNT,
  MINUTE,
  openWorkerStores,
  saveInstrument,
  START,
} from './worker-stores.fixture.ts';

const { limits } = gateConfiguration();
let stores: Awaited<ReturnType<typeof openWorkerStores>>;
let traded: Instrument;

beforeAll(async () => {
  stores = await openWorkerStores();
  traded = { ...(await saveInstrument(stores.marketData, 'FACTS')), sector: 'crypto' };
});
afterAll(async () => {
  await stores?.close();
});

const quote: Quote = {
  ...{ instrument: parseInstrumentId('bybit.linear:FACTS'), source: 'bybit', last: '100' },
  ...{ bid: '99.5', bidQuantity: '1', ask: '', askQuantity: '' },
  ...{ eventTime: START - 200, receivedTime: START - 100 },
};

function signalAt(now: number): Signal {
  return {
    id: parseUuid<SignalId>(uuidV7(now, randomBytes(10))),
    ...{ strategy: 'momentum', instrument: traded.id, direction: 'long', word: 'enter' },
    ...{ timeframe: '1m', barOpenTime: now - MINUTE - 500, decidedAt: now, inputs: {} },
    level: { entry: 100, stop: 90, target: 110 },
  };
}

type Asked = { of?: Instrument; with?: Quote | null; strategy?: Signal['strategy'] };

function factsAt(now: number, asked: Asked = {}) {
  const { of = traded, with: best = quote, strategy = 'momentum' } = asked;
  const signal = { ...signalAt(now), instrument: of.id, strategy };
  const context = { db: stores.worker, account: ACCOUNT };
  return gatherFacts(context, signal, { instrument: of, quote: best, limits, missing: 0 });
}

const commandAt = (now: number) => ({
  ...({ version: 1, producer: 'dashboard', actor: 'operator', mode: 'paper' } as const),
  ...{ account: ACCOUNT, issuedAt: now, expiresAt: now + 1 },
  id: parseUuid<CommandId>(uuidV7(now, randomBytes(10))),
  nonce: randomBytes(16).toString('hex'),
});

/** The supervisor's part; @returns the id of the row */
async function configure(command: ConfigurationCommand): Promise<CommandId> {
  const { id, issuedAt } = command;
  await takeConfigurationCommand(stores.supervisor, command, id, issuedAt);
  return id;
}

test('of what nobody has stored it says so: null where it is known to be nothing', async () => {
  const none = (value: unknown) => ({ at: START, value });
  expect(await factsAt(START, { with: null })).toEqual({
    equity: null,
    facts: {
      ...{ now: START, strategy: 'momentum', direction: 'long', session: 'continuous' },
      barCloseTime: START - 500,
      buySwitch: none(null),
      soak: none({ watchedSince: null, waiver: null }),
      regime: 'unknown',
      gaps: none([]),
      quote: none(null),
      lastAsk: none({ strategy: null, any: null }),
      openTrades: none({ inAccount: 0, inInstrument: null }),
      exposure: 'unknown',
      ...{ longAccountShare: 'unknown', takerBuyShare: 'unknown', fundingRate: 'unknown' },
      brake: none('unreadable'),
    },
  });
  const spot = { ...traded, id: parseInstrumentId('bybit.spot:FACTS') };
  const { facts } = await factsAt(START, { of: spot });
  expect(facts.fundingRate, 'a market without funding').toEqual(none(null));
  expect(facts.quote).toEqual({ at: START - 100, value: { bid: 99.5, ask: 0 } });
});

test('switch, soak and brake as they are in force', async () => {
  const now = START + 10 * MINUTE;
  const id = await stores.setSwitch('momentum', true, now - 1);
  await stores.saveBrake('engaging');
  const { facts } = await factsAt(now);
  expect(facts.buySwitch).toMatchObject({ value: { id, buy: true } });
  expect(facts.soak).toMatchObject({ value: { waiver: 'test' } });
  expect(facts.brake).toMatchObject({ value: 'engaged' });
  expect((await factsAt(now - 2)).facts.buySwitch).toMatchObject({ value: null });
});

test('a strategy that is watched soaks since its first signal, without a waiver', async () => {
  const now = START + 15 * MINUTE;
  const watchlist = { strategy: 'mean-reversion', switch: 'watchlist', on: true } as const;
  const body = { ...watchlist, reason: 'test' };
  await configure({ ...commandAt(now), type: 'setStrategySwitch', body });
  const signal = { ...signalAt(now + MINUTE), strategy: 'mean-reversion' } as const;
  const ask = { tradeId: randomUUID(), commandId: randomUUID() };
  expect(await saveAskingSignal(stores.worker, signal, ask)).toBe(true);
  const later = now + 2 * MINUTE;
  const { facts } = await factsAt(later, { strategy: 'mean-reversion' });
  expect(facts.soak).toMatchObject({ value: { watchedSince: now + MINUTE, waiver: null } });
  const asked = { strategy: now + MINUTE, any: now + MINUTE };
  expect(facts.lastAsk).toEqual({ at: later, value: asked });
  const other = await factsAt(later);
  expect(other.facts.lastAsk).toMatchObject({ value: { strategy: null, any: now + MINUTE } });
});

test('bars that are missing within the reach of the limit, not those that were found', async () => {
  const now = START + 17 * MINUTE;
  const look = { instrument: traded.id, timeframe: '1m', checkedUntil: now } as const;
  const fromTime = now - limits.coverageMs - 60 * MINUTE;
  const gapAt = (minutesAgo: number) => {
    const from = Math.floor(now / MINUTE) * MINUTE - minutesAgo * MINUTE;
    return { from, to: from, bars: 1 };
  };
  const gaps = [gapAt(150), gapAt(30), gapAt(10)];
  await recordLook(stores.marketData, { ...look, fromTime, gaps, now });
  const openTimesOf = async () => {
    const { facts } = await factsAt(now);
    return facts.gaps === 'unknown' ? null : facts.gaps.value.map((gap) => gap.fromTime);
  };
  expect(await openTimesOf()).toEqual(gaps.slice(1).map(({ from }) => from));
  const stretch = { instrument: traded.id, timeframe: '1m', from: fromTime, to: now } as const;
  for (const gap of await loadGaps(stores.marketData, stretch)) {
    if (gap.fromTime === gaps[1]?.from) await endGap(stores.marketData, gap, { rest: [], now });
  }
  expect(await openTimesOf()).toEqual(gaps.slice(2).map(({ from }) => from));
});

test('what the venue published, as it was known then', async () => {
  const now = START + 20 * MINUTE;
  const point = (kind: MicrostructureKind, value: string, at: number, knownAt = at) => ({
    ...{ instrument: traded.id, kind, value, at, knownAt, source: 'venue' as const },
  });
  const points = [
    point('funding-rate', '0.0007', now - 60_000),
    point('funding-rate', '0.0009', now - 1, now + 1),
    point('long-account-share', '0.61', now - 5_000),
    point('taker-buy-volume', '30', now - 300_000),
    point('taker-sell-volume', '90', now - 300_000),
  ];
  await saveMicrostructure(stores.marketData, points, now);
  const { facts } = await factsAt(now);
  expect(facts.fundingRate, 'the later is not known yet').toEqual({
    at: now - 60_000,
    value: 7e-4,
  });
  expect(facts.longAccountShare).toEqual({ at: now - 5_000, value: 0.61 });
  expect(facts.takerBuyShare).toEqual({ at: now - 300_000, value: 0.25 });
  const still = ['taker-buy-volume', 'taker-sell-volume'] as const;
  const quiet = still.map((kind) => point(kind, '0', now + 500));
  await saveMicrostructure(stores.marketData, quiet, now + 500);
  expect((await factsAt(now + 500)).facts.takerBuyShare, 'nobody traded').toBe('unknown');
  const newer = point('taker-buy-volume', '1', now + 1_000);
  await saveMicrostructure(stores.marketData, [newer], now + 1_000);
  const halves = (await factsAt(now + 1_000)).facts.takerBuyShare;
  expect(halves, 'buys and sells of different times').toBe('unknown');
});

test('the regime of bitcoin, from when it was known', async () => {
  const now = START + 30 * MINUTE;
  const instrument = parseInstrumentId('bybit.linear:BTCUSDT');
  const at = now - 3_600_000;
  const point = { instrument, inputs: {}, version: 1, knownAt: now - 1_000 };
  await saveRegime(stores.worker, { ...point, at, regime: -2 });
  await saveRegime(stores.worker, { ...point, at: now, knownAt: now + 1, regime: 1 });
  const strongBear = { at: now - 1_000, value: 'strong-bear' };
  expect((await factsAt(now)).facts.regime).toEqual(strongBear);
  expect((await factsAt(now - 1_001)).facts.regime).toBe('unknown');
});

test('without an equity above zero nobody knows what share of it is bound', async () => {
  const now = START + 35 * MINUTE;
  await stores.saveEquity('0', now - 1);
  expect((await factsAt(now)).facts.exposure).toBe('unknown');
});

test('open trades count, and what they bind is a share of the equity', async () => {
  const now = START + 40 * MINUTE;
  await stores.saveEquity('10000', now - 1);
  const inAnother = { ...traded, id: parseInstrumentId('bybit.linear:ANOTHER') };
  const own = await saveTrade(inAnother, 'momentum', '10');
  const id = parseInstrumentId('bybit.linear:THIRD');
  await saveTrade({ ...inAnother, id, sector: 'metals' }, 'mean-reversion', '5');
  const { facts, equity } = await factsAt(now);
  expect(equity).toEqual({ amount: 10n ** 22n, currency: 'USDT' });
  expect(facts.openTrades).toMatchObject({ value: { inAccount: 2, inInstrument: null } });
  // Not entered yet, so at their limits of 100: 1,000 and 500 of 10,000
  const shares = { account: 0.15, strategy: 0.1, sector: 0.1 };
  expect(facts.exposure).toEqual({ at: now, value: shares });
  const there = await factsAt(now, { of: inAnother });
  expect(there.facts.openTrades).toMatchObject({ value: { inAccount: 2, inInstrument: own } });
});

test('a setting that is in force takes the place of the built-in limit, with its row', async () => {
  const now = START + 50 * MINUTE;
  const body = { key: 'gate.spread_max_bps', value: 25, reason: 'test' };
  const id = await configure({ ...commandAt(now), type: 'setSystemSetting', body });
  const inForce = async (at: number) =>
    withSettings(gateConfiguration(), (await systemSettingsInForce(stores.worker, at)).all);
  expect(await inForce(now)).toMatchObject({
    limits: { spreadMax: 0.0025 },
    settings: { spreadMax: id },
  });
  expect(await inForce(now - 1)).toEqual(gateConfiguration());
});

/** A trade that is entering at a limit of 100, as the gateway stores it. */
async function saveTrade(instrument: Instrument, strategy: string, quantity: string) {
  const id = parseUuid<TradeId>(randomUUID());
  const signalId = parseUuid<SignalId>(randomUUID());
  const plan: TradePlan = {
    instrument: instrument.id,
    direction: 'long',
    entryExpiresAt: null,
    entry: { type: 'limit', price: parsePrice('100'), timeInForce: 'gtc', postOnly: false },
    stop: parsePrice('90'),
    takeProfit: { style: 'single', target: parsePrice('120') },
    quantity: parseQuantity(quantity),
    origin: { kind: 'signal', signalId, strategy },
  };
  const { trade } = openTrade({
    ...{ id, account: ACCOUNT, plan, instrument, verdicts: [], at: START },
    capabilities: {
      ...{ markets: [], exits: 'reduceOnly', shorting: true, postOnly: true },
      ...{ timesInForce: ['gtc'], requestSettlesMs: 1_000, executionsKeptMs: 1_000 },
    },
  });
  await stores.gateway.insert(trades).values({
    ...{ id, account: ACCOUNT, instrument: instrument.id, direction: 'long' },
    ...{ status: trade.status, origin: 'signal', plan: {}, state: toJson(trade) },
    ...{ quantity: plan.quantity, realisedCum: 0n, feesCum: 0n, epoch: 1 },
    ...{ createdAt: START, updatedAt: START, endedAt: null, endReason: null },
  });
  return id;
}
