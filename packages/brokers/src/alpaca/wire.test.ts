import { formatScaled, InvalidInput } from '@ballast/domain';
import { describe, expect, test } from 'vitest';
import { WireError } from './fields.ts';
import { AAPL, activityRow, ENTRY, EXECUTED, orderRow } from './sample-messages.fixture.ts';
import { readActivity, readBalance, readOrder, readPosition, readStreamFill } from './wire.ts';

const thrownBy = (reading: () => unknown): unknown => {
  try {
    return reading();
  } catch (error) {
    return error;
  }
};
const isTyped = (error: unknown): boolean =>
  error instanceof WireError || error instanceof InvalidInput;

describe('readOrder', () => {
  test.each([
    ['new', 'working'],
    ['accepted', 'working'],
    ['pending_new', 'working'],
    ['accepted_for_bidding', 'working'],
    ['held', 'working'],
    ['stopped', 'working'],
    ['done_for_day', 'working'],
    ['suspended', 'working'],
    ['calculated', 'working'],
    ['pending_cancel', 'working'],
    ['pending_replace', 'working'],
    ['partially_filled', 'partiallyFilled'],
    ['filled', 'filled'],
    ['canceled', 'cancelled'],
    ['expired', 'expired'],
    ['rejected', 'rejected'],
  ])('%s is %s', (word, status) => {
    expect(readOrder(orderRow({ status: word }))).toMatchObject({ status, reason: '' });
  });

  test('takes over every field, digits and all', () => {
    const row = orderRow({
      qty: '12345678901234567890.123456789012345678',
      filled_qty: '0.000000000000000001',
      side: 'sell',
    });
    expect(readOrder(row)).toEqual({
      clientOrderId: ENTRY,
      venueOrderId: 'venue-1',
      instrument: AAPL,
      status: 'working',
      side: 'sell',
      quantity: 12_345_678_901_234_567_890_123_456_789_012_345_678n,
      filledQuantityCum: 1n,
      reason: '',
      eventTime: Date.UTC(2026, 0, 2, 15, 30, 0, 987),
    });
  });

  test('a replaced order is over, and says which one took its place', () => {
    const row = orderRow({ status: 'replaced', replaced_by: 'venue-2' });
    expect(readOrder(row)).toMatchObject({ status: 'cancelled', reason: 'replaced by venue-2' });
  });

  test('what is filled in full is so while the day is being settled', () => {
    expect(readOrder(orderRow({ status: 'calculated', filled_qty: '10.0' }))).toMatchObject({
      status: 'filled',
    });
  });

  test.each(['dancing', 'constructor', 'NEW'])('nobody guesses what "%s" means', (status) => {
    expect(readOrder(orderRow({ status }))).toMatchObject({
      status: 'unrecognised',
      reason: status,
    });
  });

  test.each([
    ['BTC/USD', 'crypto', 'alpaca.crypto:BTCUSD'],
    ['BTCUSD', 'crypto', 'alpaca.crypto:BTCUSD'],
    ['BRK.B', 'us_equity', 'alpaca.stock:BRK.B'],
    ['AAPL260116C00200000', 'us_option', 'alpaca.option:AAPL260116C00200000'],
  ])('%s of %s is %s', (symbol, asset_class, instrument) => {
    expect(readOrder(orderRow({ symbol, asset_class }))).toMatchObject({ instrument });
  });

  test.each([
    ['a time with an offset', '2026-01-02T10:30:00.5-05:00', [15, 30, 0, 500]],
    ['a time without a fraction', '2026-01-02T15:30:07Z', [15, 30, 7, 0]],
  ])('%s', (_name, updated_at, [hours, minutes, seconds, ms]) => {
    const eventTime = Date.UTC(2026, 0, 2, hours, minutes, seconds, ms);
    expect(readOrder(orderRow({ updated_at }))).toMatchObject({ eventTime });
  });

  test.each([
    ['no status', orderRow({ status: '' })],
    ['a number where text belongs', orderRow({ qty: 10 })],
    ['no quantity', orderRow({ qty: null })],
    ['an exponent', orderRow({ qty: '1e3' })],
    ['a negative quantity', orderRow({ filled_qty: '-1' })],
    ['a side nobody knows', orderRow({ side: 'long' })],
    ['a symbol that is none', orderRow({ symbol: 'aa pl' })],
    ['an asset class nobody knows', orderRow({ asset_class: 'toString' })],
    ['a time that is none', orderRow({ updated_at: 'yesterday' })],
    ['a day that is none', orderRow({ updated_at: '2026-13-45T00:00:00Z' })],
    ['a time in seconds', orderRow({ updated_at: '1790000000' })],
    ['a text that the database cannot keep', orderRow({ client_order_id: 'a\0b' })],
    ['half a character', orderRow({ id: 'a\ud800' })],
    ['nothing', null],
    ['a list', []],
  ])('%s is a typed error', (_name, row) => {
    expect(thrownBy(() => readOrder(row))).toSatisfy(isTyped);
  });
});

const FILL = {
  venue: 'alpaca',
  account: 'paper',
  executionId: 'exec-1',
  revision: 0,
  clientOrderId: ENTRY,
  venueOrderId: 'venue-1',
  instrument: AAPL,
  side: 'buy',
  price: 187_250_000_000_000_000_000n,
  quantity: 10_000_000_000_000_000_000n,
  fee: { amount: 0n, currency: 'USD' },
  liquidity: 'taker',
  eventTime: Date.UTC(2026, 0, 2, 15, 30, 1, 500),
};
const OWNER = { clientOrderId: ENTRY, instrument: AAPL };

describe('one execution', () => {
  test('is the same from the stream and from the listing', () => {
    const pushed = { ...EXECUTED, timestamp: '2026-01-02T15:30:01.5Z' };
    expect(readStreamFill(pushed, orderRow(), 'paper')).toEqual(FILL);
    expect(readActivity(activityRow(), OWNER, 'paper')).toEqual(FILL);
  });

  test('a sale that opens a short is a sale', () => {
    const row = activityRow({ side: 'sell_short' });
    expect(readActivity(row, OWNER, 'paper')).toMatchObject({ side: 'sell' });
  });

  test('of a pair has its fee in the quote currency', () => {
    const order = orderRow({ symbol: 'ETH/BTC', asset_class: 'crypto' });
    const pushed = { ...EXECUTED, timestamp: '2026-01-02T15:30:01.5Z' };
    expect(readStreamFill(pushed, order, 'paper')).toMatchObject({
      instrument: 'alpaca.crypto:ETHBTC',
      fee: { amount: 0n, currency: 'BTC' },
    });
  });

  test.each([
    ['no price', activityRow({ price: '0' })],
    ['an empty price', activityRow({ price: '' })],
    ['a price as a number', activityRow({ price: 187.25 })],
    ['a negative quantity', activityRow({ qty: '-1' })],
    ['no execution id', activityRow({ id: '20260102153001000' })],
    ['an empty execution id', activityRow({ id: '20260102153001000::' })],
    ['no order', activityRow({ order_id: '' })],
    ['an order in another instrument', activityRow({ symbol: 'MSFT' })],
    ['a time that is none', activityRow({ transaction_time: '12:30' })],
  ])('with %s is a typed error', (_name, row) => {
    expect(thrownBy(() => readActivity(row, OWNER, 'paper'))).toSatisfy(isTyped);
  });
});

describe('readPosition', () => {
  const size = (change: object): string => {
    const row = { symbol: 'AAPL', asset_class: 'us_equity', side: 'long', qty: '5', ...change };
    return formatScaled(readPosition(row).quantity);
  };

  test('a short is negative, whether its size is told so or not', () => {
    expect(size({})).toBe('5');
    expect(size({ side: 'short', qty: '-5' })).toBe('-5');
    expect(size({ side: 'short', qty: '5' })).toBe('-5');
    expect(size({ qty: '0' })).toBe('0');
  });

  test.each([
    { qty: 'much' },
    { qty: null },
    { qty: '-5' },
    { side: undefined },
    { side: 'Long' },
    { symbol: '' },
    { asset_class: 'bond' },
  ])('%j is a typed error', (change) => {
    expect(thrownBy(() => size(change))).toSatisfy(isTyped);
  });
});

describe('readBalance', () => {
  const row = { currency: 'USD', equity: '1000.5', non_marginable_buying_power: '900.25' };

  test('is the equity, and what can be bought without borrowing', () => {
    expect(readBalance({ ...row, buying_power: '4000' })).toEqual({
      currency: 'USD',
      equity: { amount: 1_000_500_000_000_000_000_000n, currency: 'USD' },
      available: { amount: 900_250_000_000_000_000_000n, currency: 'USD' },
    });
  });

  test.each([{ equity: null }, { currency: '' }, { non_marginable_buying_power: undefined }])(
    '%j is a typed error',
    (change) => {
      expect(thrownBy(() => readBalance({ ...row, ...change }))).toSatisfy(isTyped);
    },
  );
});
