import fc from 'fast-check';
import { expect, test } from 'vitest';
import { BAR_STATES, BUILT_FROM, DATA_SOURCES } from './bars/bar.ts';
import { TIMEFRAMES } from './bars/timeframe.ts';
import { instrumentId } from './instrument.ts';
import { packMarketEvents, unpackMarketEvents } from './market-data-wire.ts';
import type { MarketEvent } from './market-data.ts';

const instrument = fc
  .constantFrom('BTCUSDT', '1000PEPE', 'BRK.B')
  .map((symbol) => instrumentId('bybit', 'linear', symbol));
/** Digits as the venue sent them, idle zeros and all. */
const digits = fc.stringMatching(/^\d{1,12}(\.\d{1,18})?$/);
const time = fc.nat({ max: Number.MAX_SAFE_INTEGER });
const source = fc.constantFrom(...DATA_SOURCES);
const event: fc.Arbitrary<MarketEvent> = fc.oneof(
  fc.record({
    kind: fc.constant('trade' as const),
    trade: fc.record({
      instrument,
      source,
      venueTradeId: fc.stringMatching(/^[0-9a-f-]{0,40}$/),
      price: digits,
      quantity: digits,
      takerSide: fc.constantFrom('buy', 'sell', null),
      eventTime: time,
      receivedTime: time,
    }),
  }),
  fc.record({
    kind: fc.constant('quote' as const),
    quote: fc.record({
      instrument,
      source,
      bid: digits,
      bidQuantity: digits,
      ask: digits,
      askQuantity: digits,
      last: digits,
      eventTime: time,
      receivedTime: time,
    }),
  }),
  fc.record({
    kind: fc.constant('bar' as const),
    bar: fc.record({
      instrument,
      timeframe: fc.constantFrom(...TIMEFRAMES),
      openTime: time,
      open: digits,
      high: digits,
      low: digits,
      close: digits,
      volume: digits,
      tradeCount: fc.nat(),
      state: fc.constantFrom(...BAR_STATES),
      source,
      builtFrom: fc.constantFrom(...BUILT_FROM),
      missing: fc.nat(),
    }),
  }),
);

test('any batch comes back as it was', () => {
  fc.assert(
    fc.property(fc.array(event, { maxLength: 20 }), (events) => {
      expect(unpackMarketEvents(packMarketEvents(events))).toEqual(events);
    }),
  );
});

const trade = 'T\tbybit.linear:BTCUSDT\t7\t1\t2\tbuy\t1\t2\tbybit';
const bar = 'B\tbybit.linear:BTCUSDT\t1m\t0\t1\t1\t1\t1\t1\t1\tclosed\tbybit\ttrades\t0';
test.each([
  'x',
  '\n',
  'Z\ta',
  trade.slice(0, -2),
  `${trade}\t3`,
  trade.replace('buy', 'none'),
  `${trade}\n`,
  trade.replace(/bybit$/, 'else'),
  bar.replace('1m', '2m'),
  bar.replace('closed', 'guess'),
  bar.replace('trades', 'guess'),
])('%j is a fault of our own producer', (text) => {
  expect(unpackMarketEvents(`${trade}\n${bar}`)).toHaveLength(2);
  expect(() => unpackMarketEvents(text)).toThrow(
    expect.objectContaining({ code: 'MARKET_ROW_MALFORMED' }),
  );
});
