import {
  type Fill,
  formatMoney,
  instrumentId,
  parsePrice,
  parseQuantity,
  parseScaled,
  parseSignedQuantity,
  parseUuid,
  type Side,
  type TradeId,
} from '@ballast/domain';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { INSTRUMENT, opened, START } from '../sample-trade.fixture.ts';
import {
  bookUnattributed,
  openUnattributed,
  settleUnattributed,
  type Unattributed,
} from '../unattributed.ts';
import { assess } from './assess.ts';
import { facts, plan, quote, usdt } from './facts.fixture.ts';
import type { RiskFacts } from './facts.ts';
import { holdingsOf } from './holdings.ts';

const ETH = instrumentId('model', 'linear', 'ETHUSDT');
const RECORD = parseUuid<TradeId>('01936c1e-0000-7000-8000-000000000009');
const sold = (quantity: string): Unattributed => recordOf('sell', quantity);

/** Opened at START, in an instrument other than the plan's, traded at 100. */
function recordOf(side: Side, quantity: string): Unattributed {
  const { multiplier, baseCurrency, quoteCurrency } = { ...INSTRUMENT, baseCurrency: 'ETH' };
  const terms = { multiplier, baseCurrency, quoteCurrency };
  const named = { id: RECORD, account: 'one', instrument: ETH, terms, at: START };
  const fill: Fill = {
    venue: 'model',
    account: 'one',
    executionId: '1',
    revision: 0,
    clientOrderId: '',
    venueOrderId: 'v1',
    instrument: ETH,
    side,
    price: parsePrice('100'),
    quantity: parseQuantity(quantity),
    fee: { amount: 0n, currency: 'USDT' },
    liquidity: 'taker',
    eventTime: START,
  };
  const booked = bookUnattributed(openUnattributed(named), fill, START);
  if (booked === null) throw new Error('a first fill is news');
  return booked.record;
}

const listed = new Map([INSTRUMENT, { ...INSTRUMENT, id: ETH }].map((one) => [one.id, one]));
const account = {
  trades: [],
  unattributed: [],
  ledger: new Map(),
  instruments: listed,
  quoteOf: () => null,
  balance: { equity: usdt('100000'), available: usdt('100000') },
  balanceAt: START + 1,
};
type Change = Partial<Parameters<typeof holdingsOf>[0]>;
const held = (change: Change) => holdingsOf({ ...account, ...change });
const availableWith = (change: Change): string | null => {
  const { balance } = held(change);
  return balance === null ? null : formatMoney(balance.available);
};
const denials = (change: Partial<RiskFacts>): string[] =>
  assess(plan, { ...facts, ...change })
    .filter(({ outcome }) => outcome === 'deny')
    .map(({ rule }) => rule);

test('a record binds what it holds at the last price, a short as much as a long', () => {
  const quoteOf = () => ({ ...quote, last: '120' });
  for (const record of [recordOf('buy', '10'), sold('10')]) {
    expect(held({ unattributed: [record], quoteOf }).unattributed).toEqual([
      { instrument: ETH, sector: 'crypto', notional: usdt('1200') },
    ]);
  }
});

test.each([
  ['without a quote', null],
  ['without a last price', { ...quote, last: '' }],
])('%s a record counts at what it was entered for', (_, known) => {
  const { unattributed } = held({ unattributed: [sold('10')], quoteOf: () => known });
  expect(unattributed).toMatchObject([{ notional: usdt('1000') }]);
});

test('an instrument that is not listed is of no known sector', () => {
  const { unattributed } = held({ unattributed: [sold('10')], instruments: new Map() });
  expect(unattributed).toMatchObject([{ sector: null, notional: usdt('1000') }]);
});

test('carried counts like what nobody has explained; a flat record binds nothing', () => {
  const open = sold('10');
  const carried = settleUnattributed(open, 'mine', START);
  expect(carried.status).toBe('carried');
  expect(held({ unattributed: [carried] })).toEqual(held({ unattributed: [open] }));
  const flat = { ...open, position: { ...open.position, quantity: parseQuantity('0'), cost: 0n } };
  expect(held({ unattributed: [flat] }).unattributed).toMatchObject([{ notional: usdt('0') }]);
});

test('what began after the balance was asked for is taken from what is available', () => {
  const { trade } = opened();
  const begun = { trades: [trade], unattributed: [sold('10')] };
  expect(availableWith(begun), 'both are older').toBe('100000');
  expect(availableWith({ ...begun, balanceAt: START })).toBe('98000');
  expect(availableWith({ ...begun, balance: null })).toBeNull();
});

test.each([
  ['SECTOR_EXPOSURE', '29000'],
  ['ACCOUNT_EXPOSURE', '99000'],
  ['BUYING_POWER', '99000'],
  ['INSTRUMENT_EXPOSURE', '14000'],
])('%s: 1,000 more beside %s that is not ours', (rule, amount) => {
  const instrument = rule === 'INSTRUMENT_EXPOSURE' ? INSTRUMENT.id : ETH;
  const sector = rule === 'SECTOR_EXPOSURE' ? 'crypto' : 'energy';
  const of = (notional: string) => {
    return { unattributed: [{ instrument, sector, notional: usdt(notional) }] };
  };
  expect(denials(of(amount))).toEqual([]);
  expect(denials(of(`${amount}.000000000000000001`))).toContain(rule);
});

test('it is no trade: it makes no instrument busy and counts in no number of trades', () => {
  const { id: instrument, sector } = INSTRUMENT;
  const many = Array.from({ length: 20 }, () => ({ instrument, sector, notional: usdt('1') }));
  expect(denials({ unattributed: many })).toEqual([]);
});

test('what is not ours never turns a denial into a pass, and ours and theirs count alike', () => {
  const exposure = fc.record({
    instrument: fc.constantFrom(INSTRUMENT.id, ETH),
    sector: fc.constantFrom('crypto', 'energy', null),
    notional: fc.integer({ min: 0, max: 60_000 }).map((count) => usdt(String(count))),
  });
  const SHARED = ['INSTRUMENT_EXPOSURE', 'SECTOR_EXPOSURE', 'ACCOUNT_EXPOSURE', 'BUYING_POWER'];
  fc.assert(
    fc.property(fc.array(exposure, { maxLength: 4 }), fc.array(exposure), (ours, theirs) => {
      const openTrades = ours.map((one) => ({ ...one, tradeId: RECORD, strategy: null }));
      const alone = denials({ openTrades });
      const both = denials({ openTrades, unattributed: theirs });
      expect(both).toEqual(expect.arrayContaining(alone));
      const asTrades = theirs.map((one) => ({ ...one, tradeId: RECORD, strategy: null }));
      const counted = denials({ openTrades: [...openTrades, ...asTrades] });
      expect(both.filter((rule) => SHARED.includes(rule))).toEqual(
        counted.filter((rule) => SHARED.includes(rule)),
      );
    }),
  );
});

test('what neither a trade nor a record holds is bound too: an ended trade went beyond', () => {
  const short = (quantity: string, cost: string) =>
    new Map([[ETH, { quantity: parseSignedQuantity(quantity), cost: parseScaled(cost) }]]);
  const ledger = short('-10', '-1000');
  expect(held({ ledger }).unattributed).toEqual([
    { instrument: ETH, sector: 'crypto', notional: usdt('1000') },
  ]);
  const quoteOf = () => ({ ...quote, last: '120' });
  expect(held({ ledger, quoteOf }).unattributed).toMatchObject([{ notional: usdt('1200') }]);
  const record = sold('10');
  expect(held({ ledger, unattributed: [record] }).unattributed, 'once').toHaveLength(1);
  const part = held({ ledger: short('-15', '-1500'), unattributed: [record] }).unattributed;
  expect(part.map(({ notional }) => notional)).toEqual([usdt('1000'), usdt('500')]);
  expect(held({ ledger: short('-0.5', '-50') }).unattributed, 'below one lot').toEqual([]);
  expect(held({ ledger: short('0', '0') }).unattributed).toEqual([]);
});

test('without a quote the rest counts at what it cost itself, never as less than nothing', () => {
  const unattributed = [recordOf('buy', '10')];
  const ledger = (quantity: string, cost: string) =>
    new Map([[ETH, { quantity: parseSignedQuantity(quantity), cost: parseScaled(cost) }]]);
  const rest = (quantity: string, cost: string) =>
    held({ unattributed, ledger: ledger(quantity, cost) }).unattributed[1]?.notional;
  expect(rest('2', '-600'), '8 short at 200 beside 10 long at 100').toEqual(usdt('1600'));
  expect(rest('0', '-1000'), '10 short at 200').toEqual(usdt('2000'));
});
