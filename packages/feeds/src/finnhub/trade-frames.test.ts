import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { FeedFault } from '../faults.ts';
import { stockRoute } from './scripted-finnhub.fixture.ts';
import { readFrame } from './trade-frames.ts';
import { TradeItems } from './trade-items.ts';

function reader(...symbols: string[]) {
  const faults: FeedFault[] = [];
  const items = new TradeItems((code) => faults.push(code));
  const routes = (symbols.length === 0 ? ['AAPL'] : symbols).map((symbol) => ({
    ...stockRoute(symbol.replace(/.*:/, '')),
    symbol,
  }));
  items.setRoutes(routes);
  const read = (text: string) => readFrame(text, 9, items, (code) => faults.push(code));
  const events = (text: string) => {
    const outcome = read(text);
    return outcome.kind === 'data' ? outcome.events : [];
  };
  return { faults, items, read, events };
}

const frame = (...items: string[]): string => `{"data":[${items.join(',')}],"type":"trade"}`;
const ONE = '{"c":["1","12"],"p":379.6025,"s":"AAPL","t":1594228987324,"v":21}';

test('a trade keeps its digits and has no side; its id comes from what it is', () => {
  const { events, faults } = reader();
  expect(events(frame(ONE))).toEqual([
    {
      kind: 'trade',
      trade: {
        instrument: 'alpaca.stock:AAPL',
        source: 'finnhub',
        venueTradeId: 'AAPL:1594228987324:379.6025:21:0',
        price: '379.6025',
        quantity: '21',
        takerSide: null,
        eventTime: 1_594_228_987_324,
        receivedTime: 9,
      },
    },
  ]);
  expect(faults).toEqual([]);
});

test('equal trades of one frame are told apart, the same frame again is the same', () => {
  const { events } = reader();
  const ids = () =>
    events(frame(ONE, ONE)).map((event) => event.kind === 'trade' && event.trade.venueTradeId);
  const [first, second] = ids();
  expect(first).not.toBe(second);
  expect(ids()).toEqual([first, second]);
});

test('no volume is a price and no trade', () => {
  const { events, faults } = reader('OANDA:EUR_USD');
  expect(events(frame('{"p":1.08415,"s":"OANDA:EUR_USD","t":1594228987324,"v":0}'))).toEqual([
    {
      kind: 'price',
      instrument: 'alpaca.stock:EUR_USD',
      source: 'finnhub',
      price: '1.08415',
      eventTime: 1_594_228_987_324,
      receivedTime: 9,
    },
  ]);
  expect(faults).toEqual([]);
});

test.each<[string, string, FeedFault]>([
  ['p', '"379.6"', 'FEED_PRICE_INVALID'],
  ['p', '"#379.6x"', 'FEED_PRICE_INVALID'],
  ['p', '0', 'FEED_PRICE_INVALID'],
  ['p', '-1', 'FEED_PRICE_INVALID'],
  ['p', 'null', 'FEED_PRICE_INVALID'],
  ['v', '-21', 'FEED_QUANTITY_INVALID'],
  ['v', '"21"', 'FEED_QUANTITY_INVALID'],
  ['t', '"1594228987324"', 'FEED_TIME_INVALID'],
  ['t', '0', 'FEED_TIME_INVALID'],
  ['t', '1.5', 'FEED_TIME_INVALID'],
  ['s', '"MSFT"', 'FEED_SYMBOL_UNKNOWN'],
  ['s', '7', 'FEED_SYMBOL_UNKNOWN'],
])('a trade whose %s is %s costs only itself', (field, value, code) => {
  const { events, faults } = reader();
  const faulty = ONE.replace(new RegExp(`"${field}":("[^"]*"|[^,}]*)`), `"${field}":${value}`);
  expect(events(frame(ONE, faulty, 'null', ONE))).toHaveLength(2);
  expect(faults).toEqual([code, 'FEED_FRAME_MALFORMED']);
});

test('what nests too deeply to be written down again is counted like any other', () => {
  const { events, faults } = reader();
  const deep = '['.repeat(50_000) + ']'.repeat(50_000);
  expect(
    events(frame(ONE, ONE.replace('"AAPL"', deep), ONE.replace('379.6025', deep))),
  ).toHaveLength(1);
  expect(faults).toEqual(['FEED_SYMBOL_UNKNOWN', 'FEED_PRICE_INVALID']);
});

test('a refused key gives the connection up, another error is counted', () => {
  const { read, faults } = reader();
  expect(read('{"type":"error","msg":"Invalid API key abc"}')).toEqual({
    kind: 'refused',
    code: 'FEED_LOGIN_REFUSED',
    message: expect.not.stringContaining('abc') as unknown,
  });
  expect(read('{"type":"error","msg":{"odd":1}}').kind).toBe('answer');
  expect(faults).toEqual(['FEED_SOURCE_ERROR']);
});

test('what is still under way of a symbol that was given up is no fault', () => {
  const { events, faults, items } = reader('AAPL', 'MSFT');
  items.setRoutes([stockRoute('MSFT')]);
  expect(events(frame(ONE))).toEqual([]);
  expect(faults).toEqual([]);
  items.reset();
  expect(events(frame(ONE))).toEqual([]);
  expect(faults).toEqual(['FEED_SYMBOL_UNKNOWN']);
});

/** Recorded frames are shared test data that a checkout may come without. */
const RECORDED = join(
  import.meta.dirname,
  '../../../../../shared/data/frames/finnhub/finnhub_ws_frames.jsonl',
);

describe.skipIf(!existsSync(RECORDED))('recorded frames (need ../shared/data)', () => {
  test('are read whole, with the digits that are in them', () => {
    const { read, faults } = reader('AAPL', 'BINANCE:BTCUSDT');
    const text = readFileSync(RECORDED, 'utf8');
    const lines = text.split('\n').filter((line) => line !== '');
    const outcomes = lines.map(read);
    expect(outcomes.map(({ kind }) => kind)).toEqual(['answer', 'data', 'data', 'data', 'data']);
    const trades = outcomes.flatMap((outcome) =>
      outcome.kind === 'data'
        ? outcome.events.flatMap((event) => (event.kind === 'trade' ? [event.trade] : []))
        : [],
    );
    expect(trades.map(({ price }) => price)).toEqual(
      [...text.matchAll(/"p":([\d.]+)/g)].map(([, price]) => price),
    );
    expect(trades.map(({ quantity }) => quantity)).toEqual(
      [...text.matchAll(/"v":([\d.]+)/g)].map(([, quantity]) => quantity),
    );
    expect(new Set(trades.map(({ venueTradeId }) => venueTradeId)).size).toBe(trades.length);
    expect(faults).toEqual([]);
  });
});
