import {
  formatPrice,
  formatQuantity,
  parseMoney,
  parsePrice,
  parseQuantity,
  parseScaled,
  tradePlanToWire,
} from '@ballast/domain';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { INSTRUMENT } from '../sample-trade.fixture.ts';
import { assess, type RuleCode } from './assess.ts';
import { facts, quote } from './facts.fixture.ts';
import { marketPlan, type SizedTrade, type SizingInput, sizeTrade } from './trade-size.ts';

const instrument = {
  ...INSTRUMENT,
  lotSize: parseScaled('0.001'),
  minQuantity: parseQuantity('0.001'),
  maxQuantity: parseQuantity('100'),
  minNotional: parseScaled('5'),
};
const given: SizingInput = {
  instrument,
  direction: 'long',
  level: { stop: 98.96, target: 104.09 },
  price: parsePrice('100.1'),
  equity: parseMoney('10000', 'USDT'),
  riskFraction: parseScaled('0.0025'),
  notionalFraction: parseScaled('0.1'),
  volume: null,
};

function sized(change: Partial<SizingInput> = {}): SizedTrade {
  const trade = sizeTrade({ ...given, ...change });
  if (trade.kind !== 'sized') throw new Error(JSON.stringify(trade));
  return trade;
}
const quantityOf = (change: Partial<SizingInput>): string => formatQuantity(sized(change).quantity);

test('the plan enters at market and loses its budget at the stop', () => {
  const plan = marketPlan(sized(), given, { kind: 'ticket' });
  expect(tradePlanToWire(plan)).toEqual({
    instrument: INSTRUMENT.id,
    direction: 'long',
    entry: { type: 'market' },
    entryExpiresAt: null,
    // 98.96 and 104.09 lie between ticks: both go down, for a long
    stop: '98.9',
    takeProfit: { style: 'single', target: '104' },
    // 0.25 % of 10,000 = 25 over 100.1 - 98.9 = 1.2 gives 20.83; 10 % = 1,000 / 100.1 caps it
    quantity: '9.99',
    origin: { kind: 'ticket' },
  });
});

test('without the notional budget the risk budget decides', () => {
  const quantity = quantityOf({ notionalFraction: parseScaled('1') });
  expect(quantity, '25 / 1.2 = 20.8333 down to the lot').toBe('20.833');
});

test('a short snaps upwards', () => {
  const { stop, target } = sized({ direction: 'short', level: { stop: 101.04, target: 97.91 } });
  expect([stop, target].map(formatPrice)).toEqual(['101.1', '98']);
});

test('no more than its part of what was traded', () => {
  const volume = { traded: parseQuantity('40.0199'), share: parseScaled('0.1') };
  expect(quantityOf({ volume }), '4.00199 down to the lot').toBe('4.001');
  const plenty = { ...volume, traded: parseQuantity('1000') };
  expect(quantityOf({ volume: plenty })).toBe('9.99');
});

test.each<[string, Partial<SizingInput>, object]>([
  ['no price', { price: null }, { input: 'no price on the side of the entry' }],
  [
    'a level that is no price',
    { level: { stop: 0.04, target: 104 } },
    { input: 'a level is not a price' },
  ],
  ['NaN', { level: { stop: 98, target: NaN } }, { input: 'a level is not a price' }],
  [
    'price at the target',
    { price: parsePrice('104') },
    { input: 'price 104', threshold: 'price between 98.9 and 104 (stop and target)' },
  ],
  ['price at the stop', { price: parsePrice('98.9') }, { input: 'price 98.9' }],
  ['no equity', { equity: null }, { input: 'no portfolio snapshot', threshold: 'known equity' }],
  [
    'equity in another currency',
    { equity: parseMoney('10000', 'EUR') },
    { input: 'equity in EUR', threshold: 'equity in USDT' },
  ],
  [
    'below the lot',
    { equity: parseMoney('0.4', 'USDT') },
    { input: 'quantity 0 for risk 0.0025 of 0.4 USDT', threshold: 'quantity at least 0.001' },
  ],
  [
    'negative equity',
    { equity: parseMoney('-1', 'USDT') },
    { input: 'quantity 0 for risk 0.0025 of -1 USDT' },
  ],
  [
    'next to nothing traded',
    { volume: { traded: parseQuantity('0.009'), share: parseScaled('0.1') } },
    { input: 'quantity 0 for 0.1 of 0.009 traded', threshold: 'quantity at least 0.001' },
  ],
  [
    // 0.05 at 100.1 would be worth 5.005
    'worth too little at the stop',
    { volume: { traded: parseQuantity('0.5'), share: parseScaled('0.1') } },
    {
      input: 'quantity 0.05, worth 4.945 USDT at 98.9 for 0.1 of 0.5 traded',
      threshold: 'notional at least 5 USDT',
    },
  ],
])('refused: %s', (_, change, expected) => {
  expect(sizeTrade({ ...given, ...change })).toMatchObject({ kind: 'refused', ...expected });
});

/** Rules that look at the plan's own numbers, and of the account at its equity alone. */
const OF_SIZE: readonly RuleCode[] = [
  'LEVELS_ON_WRONG_SIDE',
  'PRICE_OFF_TICK',
  'QUANTITY_OFF_LOT',
  'QUANTITY_OUT_OF_RANGE',
  'SLOT_TOO_SMALL',
  'NOTIONAL_TOO_SMALL',
  'RISK_PER_TRADE',
  'POSITION_SHARE',
];

test('what is sized passes the pre-trade rules, whatever the numbers', () => {
  let sizedCount = 0;
  const cents = fc.integer({ min: 100, max: 5_000_000 });
  const long = fc.boolean();
  const distance = fc.integer({ min: 1, max: 900 });
  fc.assert(
    fc.property(cents, cents, distance, long, (equityCents, priceCents, permille, isLong) => {
      const entry = priceCents / 100;
      const sign = isLong ? 1 : -1;
      const offer = entry.toFixed(2);
      const trade = {
        ...given,
        direction: isLong ? ('long' as const) : ('short' as const),
        level: {
          stop: entry * (1 - (sign * permille) / 1_000),
          target: entry * (1 + (sign * permille) / 1_000),
        },
        price: parsePrice(offer),
        equity: parseMoney((equityCents / 100).toFixed(2), 'USDT'),
        riskFraction: facts.limits.riskPerTradeShareMax,
        notionalFraction: facts.limits.positionShareMax,
      };
      const result = sizeTrade(trade);
      if (result.kind === 'refused') return;
      sizedCount += 1;
      const verdicts = assess(marketPlan(result, trade, { kind: 'ticket' }), {
        ...facts,
        instrument,
        venue: null,
        quote: { ...quote, bid: offer, ask: offer, last: offer },
        balance: { equity: trade.equity, available: trade.equity },
      });
      const judged = verdicts.filter(({ rule }) => OF_SIZE.includes(rule));
      expect(judged).toHaveLength(OF_SIZE.length);
      expect(judged.filter(({ outcome }) => outcome === 'deny')).toEqual([]);
    }),
  );
  expect(sizedCount, 'a run that sizes nothing checks nothing').toBeGreaterThan(10);
});
