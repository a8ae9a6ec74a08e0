import {
  instrumentId,
  parseMoney,
  parsePrice,
  parseQuantity,
  type Price,
  type TradePlan,
} from '@ballast/domain';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { openTrade } from '../open-trade.ts';
import { capabilitiesOf, INSTRUMENT, planOf } from '../sample-trade.fixture.ts';
import { assess, isDenied, type RuleCode } from './assess.ts';
import { facts, NOW, openTradeOf, OTHER_TRADE, plan, quote } from './facts.fixture.ts';
import type { RiskFacts } from './facts.ts';

const targetAt = (target: Price) => ({ plan: planOf({ takeProfit: { style: 'single', target } }) });
const id = OTHER_TRADE;
const equity = (text: string, currency = 'USDT'): Partial<RiskFacts> => ({
  balance: { equity: parseMoney(text, currency), available: parseMoney('100000', 'USDT') },
});
const available = (text: string, currency = 'USDT'): Partial<RiskFacts> => ({
  balance: { equity: parseMoney('100000', 'USDT'), available: parseMoney(text, currency) },
});

function denials(changes: { plan?: Partial<TradePlan>; facts?: Partial<RiskFacts> }): RuleCode[] {
  const verdicts = assess({ ...plan, ...changes.plan }, { ...facts, ...changes.facts });
  return verdicts.filter(({ outcome }) => outcome === 'deny').map(({ rule }) => rule);
}

const UNJUDGED_SHARES: RuleCode[] = [
  'RISK_PER_TRADE',
  'POSITION_SHARE',
  'INSTRUMENT_EXPOSURE',
  'SECTOR_EXPOSURE',
  'ACCOUNT_EXPOSURE',
];
const wide: Partial<RiskFacts> = { ...equity('1000000') };
const price = parsePrice;
const quantity = parseQuantity;
const other = openTradeOf('1000');
const elsewhere = { ...other, instrument: instrumentId('model', 'linear', 'ETHUSDT') };
const resting = { type: 'limit', timeInForce: 'gtc', postOnly: false } as const;
const conditional = { type: 'stopLimit', triggerPrice: price('120.1') } as const;
const trailing = planOf({
  takeProfit: { style: 'trailing', distance: { by: 'amount', amount: price('5') } },
});
const wideShort = { ...planOf({ direction: 'short' }), stop: price('115') };

type Row = [string, { plan?: Partial<TradePlan>; facts?: Partial<RiskFacts> }, RuleCode[]];
const ROWS: Row[] = [
  ['a plain plan', {}, []],
  ['engaged brake', { facts: { brake: 'engaged' } }, ['BRAKE_ENGAGED']],
  ['brake that cannot be read', { facts: { brake: 'unreadable' } }, ['BRAKE_ENGAGED']],
  ['frozen instrument', { facts: { frozen: 'drift' } }, ['INSTRUMENT_FROZEN']],
  ['frozen for no stated reason', { facts: { frozen: '' } }, ['INSTRUMENT_FROZEN']],
  ['open trade in the instrument', { facts: { openTrades: [other] } }, ['INSTRUMENT_BUSY']],
  ['open trade elsewhere', { facts: { openTrades: [elsewhere] } }, []],
  ['quote as old as allowed', { facts: { now: NOW + 5_000 } }, []],
  ['quote one ms older', { facts: { now: NOW + 5_001 } }, ['QUOTE_STALE']],
  ['no quote', { facts: { quote: null } }, ['QUOTE_STALE', 'PRICE_OUT_OF_BAND']],
  ['stop one tick inside', { plan: { stop: price('99.9') } }, []],
  ['stop at entry', { plan: { stop: price('100') } }, ['LEVELS_ON_WRONG_SIDE']],
  ['stop beyond entry', { plan: { stop: price('100.1') } }, ['LEVELS_ON_WRONG_SIDE']],
  ['target at entry', targetAt(price('100')), ['LEVELS_ON_WRONG_SIDE']],
  ['target one tick above', targetAt(price('100.1')), []],
  ['levels of a long on a short', { plan: { direction: 'short' } }, ['LEVELS_ON_WRONG_SIDE']],
  ['a short', { plan: planOf({ direction: 'short' }) }, []],
  ['stop off tick', { plan: { stop: price('90.05') } }, ['PRICE_OFF_TICK']],
  ['target off tick', targetAt(price('110.000000000000000001')), ['PRICE_OFF_TICK']],
  [
    'entry off tick',
    { plan: { entry: { type: 'stop', triggerPrice: price('100.05') } } },
    ['PRICE_OFF_TICK'],
  ],
  [
    'limit of the entry off tick',
    { plan: { entry: { ...resting, price: price('100.05') } } },
    ['PRICE_OFF_TICK'],
  ],
  ['stop at the band', { plan: { stop: price('80') } }, []],
  ['stop out of the band', { plan: { stop: price('79.9') } }, ['PRICE_OUT_OF_BAND']],
  ['target at the band', targetAt(price('120')), []],
  ['target out of the band', targetAt(price('120.1')), ['PRICE_OUT_OF_BAND']],
  [
    'entry alone out of the band',
    { plan: { ...trailing, entry: { ...resting, price: price('120.1') } } },
    ['PRICE_OUT_OF_BAND'],
  ],
  [
    'trigger alone out of the band',
    { plan: { ...trailing, entry: { ...conditional, price: price('120') } } },
    ['PRICE_OUT_OF_BAND'],
  ],
  ['quantity off lot', { plan: { quantity: quantity('10.5') } }, ['QUANTITY_OFF_LOT']],
  ['largest quantity', { plan: { quantity: quantity('50') }, facts: wide }, []],
  [
    'one lot above the largest',
    { plan: { quantity: quantity('51') }, facts: wide },
    ['QUANTITY_OUT_OF_RANGE'],
  ],
  [
    'quantity of nothing',
    { plan: { quantity: quantity('0') } },
    ['QUANTITY_OUT_OF_RANGE', 'NOTIONAL_TOO_SMALL'],
  ],
  ['least notional', { plan: { quantity: quantity('5') } }, []],
  ['one lot below it', { plan: { quantity: quantity('4') } }, ['NOTIONAL_TOO_SMALL']],
  ['risk at 2 % of equity', { facts: equity('6666.666666666666666667') }, []],
  ['position at 15 % of equity', { facts: equity('6666.666666666666666667') }, []],
  [
    'position a digit above 15 %',
    { facts: equity('6666.666666666666666666') },
    ['POSITION_SHARE', 'INSTRUMENT_EXPOSURE'],
  ],
  ['risk at exactly 2 %', { plan: { stop: price('85') }, facts: equity('7500') }, []],
  [
    'risk just above 2 %',
    { plan: { stop: price('85') }, facts: equity('7499.999999999999999999') },
    ['RISK_PER_TRADE'],
  ],
  ['risk of a short at exactly 2 %', { plan: wideShort, facts: equity('7500') }, []],
  [
    'risk of a short just above 2 %',
    { plan: wideShort, facts: equity('7499.999999999999999999') },
    ['RISK_PER_TRADE'],
  ],
  [
    'equity in another currency',
    { facts: equity('100000', 'USDC') },
    [...UNJUDGED_SHARES, 'BUYING_POWER'],
  ],
  ['negative equity', { facts: equity('-1') }, [...UNJUDGED_SHARES, 'DAILY_LOSS', 'BUYING_POWER']],
  ['balance that just covers it', { facts: available('1000') }, []],
  ['balance a digit short', { facts: available('999.999999999999999999') }, ['BUYING_POWER']],
  ['balance in another currency', { facts: available('100000', 'USDC') }, ['BUYING_POWER']],
  [
    'unknown history',
    { facts: { history: null } },
    ['DUPLICATE_INTENT', 'DAILY_LOSS', 'LOSS_STREAK'],
  ],
  ['unknown venue', { facts: { venue: null } }, ['VENUE_QUIET', 'ENTRY_UNSUPPORTED']],
  [
    'no balance',
    { facts: { balance: null } },
    [...UNJUDGED_SHARES, 'DAILY_LOSS', 'LOSS_STREAK', 'BUYING_POWER'],
  ],
];

test.each(ROWS)('%s', (_, changes, denied) => {
  expect(denials(changes)).toEqual(denied);
});

describe('a plan that cannot be judged', () => {
  const market = planOf({ entry: 'market' });

  test('instrument the venue does not list', () => {
    expect(denials({ facts: { instrument: null } })).toEqual(['INSTRUMENT_UNKNOWN']);
  });

  test('market entry without a quote', () => {
    expect(denials({ plan: market, facts: { quote: null } })).toEqual(['NO_PRICE']);
  });

  test.each(['0', '', '-1', 'NaN'])('market entry against an offer of "%s"', (ask) => {
    expect(denials({ plan: market, facts: { quote: { ...quote, ask } } })).toEqual(['NO_PRICE']);
  });

  test.each(['0', '', 'NaN'])('last price of "%s"', (last) => {
    const denied = denials({ facts: { quote: { ...quote, last } } });
    expect(denied).toEqual(['PRICE_OUT_OF_BAND']);
  });
});

test('a market entry is reckoned at the side of the quote it meets', () => {
  const short = planOf({ direction: 'short', entry: 'market' });
  const bid = { ...quote, bid: '89.9' };
  expect(denials({ plan: short, facts: { quote: bid } })).toEqual(['LEVELS_ON_WRONG_SIDE']);
  const ask = { ...quote, ask: '110' };
  expect(denials({ plan: planOf({ entry: 'market' }), facts: { quote: ask } })).toContain(
    'LEVELS_ON_WRONG_SIDE',
  );
});

test('each verdict names its rule once, its input and its limit', () => {
  const verdicts = assess(plan, facts);
  expect(new Set(verdicts.map(({ rule }) => rule)).size).toBe(verdicts.length);
  expect(verdicts).toHaveLength(29);
  for (const { input, limit, text } of verdicts) {
    expect([input, limit, text].every((words) => words.length > 0)).toBe(true);
  }
});

test('a denied plan becomes a denied trade with nothing at the venue', () => {
  const verdicts = assess(plan, { ...facts, brake: 'engaged', frozen: 'drift' });
  expect(isDenied(verdicts)).toBe(true);
  const { trade, effects, events } = openTrade({
    id,
    account: 'one',
    plan,
    instrument: INSTRUMENT,
    capabilities: capabilitiesOf('reduceOnly'),
    verdicts,
    at: NOW,
  });
  expect(effects).toEqual([]);
  expect(trade).toMatchObject({ status: 'denied', endedAt: NOW, orders: {} });
  expect(trade.endReason).toBe('BRAKE_ENGAGED, INSTRUMENT_FROZEN');
  expect(events[0]).toEqual({ type: 'tradeDenied', verdicts });
});

test('more quantity never turns a denial for its size into a pass', () => {
  const sized = fc.integer({ min: 5, max: 50 });
  fc.assert(
    fc.property(sized, sized, fc.integer({ min: 1, max: 60_000 }), (a, b, cash) => {
      const changes = { facts: equity(String(cash)) };
      const [small, large] = [Math.min(a, b), Math.max(a, b)].map((count) =>
        denials({ ...changes, plan: { quantity: quantity(String(count)) } }),
      );
      expect(large).toEqual(expect.arrayContaining(small ?? []));
    }),
  );
});
