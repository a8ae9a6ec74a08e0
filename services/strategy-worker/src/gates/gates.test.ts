import {
  formatPrice,
  formatQuantity,
  instrumentWire,
  parseInstrumentId,
  parseScaled,
  parseUuid,
  type Quote,
  type Signal,
  type SignalId,
  tradePlanToWire,
  targetsOf,
} from '@ballast/domain';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { sizeTrade } from '../trade-size.ts';
import type { Facts, Limits } from './gate.ts';
import { judge } from './judge.ts';

const NOW = 1_760_000_060_500;
const SIGNAL_ID = '01890000-0000-7000-8000-000000000001';
const SETTINGS_ID = '01890000-0000-7000-8000-000000000002';
const id = parseInstrumentId('bybit.linear:BTCUSDT');

const instrument = instrumentWire.parse({
  id,
  baseCurrency: 'BTC',
  quoteCurrency: 'USDT',
  tickSize: '0.1',
  lotSize: '0.001',
  minQuantity: '0.001',
  maxQuantity: '100',
  minNotional: '5',
  multiplier: '1',
});
const limits: Limits = {
  quoteAgeMaxMs: 5_000,
  barAgeMaxMs: 90_000,
  coverageMinutes: 120,
  cooldownMs: 900_000,
  answerWaitMs: 14_000,
  riskFraction: parseScaled('0.0025'),
  notionalFraction: parseScaled('0.1'),
};
const signal: Signal = {
  id: parseUuid<SignalId>(SIGNAL_ID),
  strategy: 'momentum',
  instrument: id,
  direction: 'long',
  barOpenTime: NOW - 60_500,
  decidedAt: NOW,
  level: { entry: 100, stop: 98.96, target: 104.09 },
  inputs: { close: 100 },
};
const quote: Quote = {
  instrument: id,
  source: 'bybit',
  bid: '100',
  bidQuantity: '1',
  ask: '100.1',
  askQuantity: '1',
  last: '100',
  eventTime: NOW - 100,
  receivedTime: NOW - 50,
};

function facts(change: Partial<Facts> = {}): Facts {
  return {
    signal,
    instrument,
    quote,
    barCloseTime: NOW - 500,
    buySwitch: { id: SETTINGS_ID, buy: true },
    gaps: [],
    unfinishedTrade: null,
    lastAskedAt: { strategy: null, any: null },
    equity: { amount: parseScaled('10000'), currency: 'USDT' },
    limits,
    ...change,
  };
}

test('all gates open: the plan loses the risk budget at its stop', () => {
  const judgement = judge(facts());
  if (judgement.kind !== 'allowed') throw new Error(JSON.stringify(judgement));
  expect(tradePlanToWire(judgement.plan)).toEqual({
    instrument: 'bybit.linear:BTCUSDT',
    direction: 'long',
    entry: { type: 'market' },
    entryExpiresAt: null,
    // 98.96 and 104.09 lie between ticks: both go down, for a long
    stop: '98.9',
    takeProfit: { style: 'single', target: '104' },
    // 0.25 % of 10,000 = 25 over 100.1 - 98.9 = 1.2 gives 20.83; 10 % = 1,000 / 100.1 caps it
    quantity: '9.99',
    origin: { kind: 'signal', signalId: SIGNAL_ID, strategy: 'momentum' },
  });
});

test('without the notional cap the risk budget decides', () => {
  const open = facts({ limits: { ...limits, notionalFraction: parseScaled('1') } });
  expect(quantityOf(open), '25 / 1.2 = 20.8333 down to the lot').toBe('20.833');
});

test('a short takes the bid and snaps upwards', () => {
  const short = facts({
    signal: { ...signal, direction: 'short', level: { entry: 100, stop: 101.04, target: 97.91 } },
  });
  const sized = sizeTrade(short);
  if (sized.kind !== 'sized') throw new Error(JSON.stringify(sized));
  const levels = [sized.plan.stop, ...targetsOf(sized.plan).map((target) => target.price)];
  expect(levels.map(formatPrice)).toEqual(['101.1', '98']);
});

describe('each gate refuses with what it saw and what it wanted', () => {
  const cases: [string, Partial<Facts>, object][] = [
    [
      'no switch',
      { buySwitch: null },
      { gate: 'buy-switch', input: 'no switch was ever set for momentum', settingsId: null },
    ],
    [
      'switch off',
      { buySwitch: { id: SETTINGS_ID, buy: false } },
      { gate: 'buy-switch', input: 'buy switch off', settingsId: SETTINGS_ID },
    ],
    ['no quote', { quote: null }, { gate: 'stale-data', input: 'no quote yet' }],
    [
      'old quote',
      { quote: { ...quote, receivedTime: NOW - 5_001 } },
      { gate: 'stale-data', input: 'quote 5001 ms old', threshold: 'quote at most 5000 ms old' },
    ],
    [
      'old bar',
      { barCloseTime: NOW - 90_001 },
      {
        gate: 'stale-data',
        input: 'bar closed 90001 ms ago',
        threshold: 'bar closed at most 90000 ms ago',
      },
    ],
    [
      'missing bars',
      {
        gaps: [
          { fromTime: NOW - 3_600_500, bars: 2 },
          { fromTime: NOW - 60_500, bars: 1 },
        ],
      },
      {
        gate: 'coverage',
        input: '3 bars of 1m missing since 2025-10-09T07:54:20.000Z',
        threshold: 'none missing in the last 120 min',
      },
    ],
    [
      'unfinished trade',
      { unfinishedTrade: 'T' },
      { gate: 'open-trade', input: 'trade T has not ended' },
    ],
    [
      'asked by another strategy a moment ago',
      { lastAskedAt: { strategy: null, any: NOW - 13_999 } },
      { gate: 'open-trade', input: 'a trade was asked for 13999 ms ago' },
    ],
    [
      'cooldown',
      { lastAskedAt: { strategy: NOW - 899_999, any: NOW - 899_999 } },
      { gate: 'open-trade', input: 'momentum asked 899999 ms ago' },
    ],
    ['no equity', { equity: null }, { gate: 'sizing', input: 'no portfolio snapshot' }],
    [
      'equity in another currency',
      { equity: { amount: parseScaled('10000'), currency: 'EUR' } },
      { gate: 'sizing', input: 'equity in EUR', threshold: 'equity in USDT' },
    ],
    [
      'price beyond the target',
      { quote: { ...quote, ask: '104.5' } },
      { gate: 'sizing', input: 'price 104.5' },
    ],
    ['one-sided book', { quote: { ...quote, ask: '0' } }, { gate: 'sizing' }],
    [
      'below the lot',
      { equity: { amount: parseScaled('0.4'), currency: 'USDT' } },
      {
        gate: 'sizing',
        input: 'quantity 0 for risk 0.0025 of 0.4 USDT',
        threshold: 'quantity at least 0.001',
      },
    ],
    [
      'below the smallest notional',
      { equity: { amount: parseScaled('40'), currency: 'USDT' } },
      { gate: 'sizing', threshold: 'notional at least 5 USDT' },
    ],
    [
      'negative equity',
      { equity: { amount: parseScaled('-1'), currency: 'USDT' } },
      { gate: 'sizing', threshold: 'quantity at least 0.001' },
    ],
    [
      'a level that is no price',
      { signal: { ...signal, level: { entry: 100, stop: 0.04, target: 104 } } },
      { gate: 'sizing', input: 'a level is not a price' },
    ],
  ];
  test.each(cases)('%s', (_, change, expected) => {
    const { gate, ...refusal } = { gate: '', ...expected };
    expect(judge(facts(change))).toMatchObject({ kind: 'blocked', gate, refusal });
  });

  test('limits hold to the millisecond: nothing refuses at the edge', () => {
    const edge = facts({
      quote: { ...quote, receivedTime: NOW - 5_000 },
      barCloseTime: NOW - 90_000,
      lastAskedAt: { strategy: NOW - 900_000, any: NOW - 14_000 },
    });
    expect(judge(edge).kind).toBe('allowed');
  });

  test('the first gate in the order decides when several would refuse', () => {
    const all = facts({ buySwitch: null, quote: null, unfinishedTrade: 'T', equity: null });
    expect(judge(all)).toMatchObject({ gate: 'buy-switch' });
    const rest = facts({ quote: null, unfinishedTrade: 'T', equity: null });
    expect(judge(rest)).toMatchObject({ gate: 'stale-data' });
  });
});

test('a plan never risks more than its budget, and always fits the venue', () => {
  const cents = fc.integer({ min: 1, max: 5_000_000 });
  let sizedCount = 0;
  fc.assert(
    fc.property(cents, cents, fc.integer({ min: 1, max: 900 }), (equity, price, distance) => {
      const entry = price / 100;
      const stop = entry * (1 - distance / 1_000);
      const given = facts({
        equity: { amount: BigInt(equity) * 10n ** 16n, currency: 'USDT' },
        quote: { ...quote, ask: (price / 100).toFixed(2) },
        signal: { ...signal, level: { entry, stop, target: entry * 1.5 } },
      });
      const sized = sizeTrade(given);
      if (sized.kind === 'refused') return;
      sizedCount += 1;
      const { plan } = sized;
      const ask = parseScaled((price / 100).toFixed(2));
      const budget = (BigInt(equity) * 10n ** 16n * 25n) / 10_000n;
      expect((ask - plan.stop) * plan.quantity).toBeLessThanOrEqual(budget * 10n ** 18n);
      expect(plan.quantity % instrument.lotSize).toBe(0n);
      expect(plan.stop % instrument.tickSize).toBe(0n);
      expect(plan.quantity >= instrument.minQuantity).toBe(true);
      expect(plan.quantity <= instrument.maxQuantity).toBe(true);
    }),
  );
  expect(sizedCount).toBeGreaterThan(10);
});

function quantityOf(given: Facts): string {
  const sized = sizeTrade(given);
  return sized.kind === 'sized' ? formatQuantity(sized.plan.quantity) : sized.refusal.input;
}
