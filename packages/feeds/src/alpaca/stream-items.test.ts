import { existsSync, readFileSync } from 'node:fs';
import { parseScaled } from '@ballast/domain';
import { decode, encode } from '@msgpack/msgpack';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { FeedFault } from '../faults.ts';
import { floatDecimal } from '../float-decimal.ts';
import { route } from './scripted-stream.fixture.ts';
import { StreamItems } from './stream-items.ts';
import { createFrameDecoder, isItem, type Item } from './stream-values.ts';

const RECEIVED = 1_800_000_000_000;
const AT = Date.UTC(2021, 1, 22, 15, 51, 44, 208);
const TRADE: Item = {
  T: 't',
  S: 'AAPL',
  i: 96_921,
  x: 'D',
  p: 126.55,
  s: 1,
  c: ['@', 'I'],
  t: new Date(AT),
  z: 'C',
};
const QUOTE: Item = {
  T: 'q',
  S: 'AAPL',
  bp: 126.54,
  bs: 1,
  ap: 126.56,
  as: 4,
  t: new Date(AT),
};
const BAR: Item = {
  T: 'b',
  S: 'AAPL',
  o: 388.985,
  h: 389.13,
  l: 388.975,
  c: 389.12,
  v: 49_378,
  n: 461,
};

function open(symbol = 'AAPL', change: Parameters<typeof route>[1] = {}) {
  const faults: [FeedFault, string][] = [];
  const items = new StreamItems(route(symbol, change), (code, sample) => {
    faults.push([code, sample]);
  });
  return { items, faults, codes: () => faults.map(([code]) => code) };
}

describe('the stream of Alpaca', () => {
  test('names a trade by day, exchange and number, since numbers count anew', () => {
    const { items, faults } = open();
    const next = { ...TRADE, t: new Date(AT + 86_400_000) };
    const ids = [TRADE, { ...TRADE, x: 'P' }, next].map(
      (item) => items.trade(item, RECEIVED)?.venueTradeId,
    );
    expect(ids).toEqual(['18680-D-96921', '18680-P-96921', '18681-D-96921']);
    expect(faults).toEqual([]);
  });

  test('keeps ids of 64 bits apart', () => {
    const decodeFrame = createFrameDecoder();
    const [a, b] = [9_223_372_036_854_849_642n, 9_223_372_036_854_849_643n].map((i) => {
      const item = decodeFrame(encode({ ...TRADE, i }, { useBigInt64: true }));
      return isItem(item) ? open().items.trade(item, RECEIVED)?.venueTradeId : undefined;
    });
    expect([a, b]).toEqual(['18680-D-9223372036854849642', '18680-D-9223372036854849643']);
  });

  test('takes prints below the tick of orders, and no quote below it', () => {
    const { items, codes } = open();
    expect(items.trade({ ...TRADE, p: 173.0055 }, RECEIVED)?.price).toBe('173.0055');
    expect(items.bar({ ...BAR, t: new Date(AT - (AT % 60_000)) }, 'closed')).toMatchObject({
      open: '388.985',
      volume: '49378',
      tradeCount: 461,
      source: 'alpaca',
      builtFrom: 'venue',
    });
    expect(codes()).toEqual([]);
    expect(items.quote({ ...QUOTE, ap: 126.565 }, RECEIVED)).toBeNull();
    expect(items.quote({ ...QUOTE, bp: 126.535 }, RECEIVED)).toBeNull();
    expect(items.trade({ ...TRADE, p: 173.00555 }, RECEIVED)).toBeNull();
    expect(codes()).toEqual(['FEED_OFF_TICK', 'FEED_OFF_TICK', 'FEED_OFF_TICK']);
  });

  test('tells a quote from the first trade on, and none of one side alone', () => {
    const { items, faults } = open();
    expect(items.quote(QUOTE, RECEIVED)).toBeNull();
    items.trade(TRADE, RECEIVED);
    expect(items.quote(QUOTE, RECEIVED)).toEqual({
      instrument: 'alpaca.stock:AAPL',
      source: 'alpaca',
      bid: '126.54',
      bidQuantity: '1',
      ask: '126.56',
      askQuantity: '4',
      last: '126.55',
      eventTime: AT,
      receivedTime: RECEIVED,
    });
    expect(items.quote({ ...QUOTE, ap: 0, as: 0 }, RECEIVED)).toBeNull();
    expect(faults).toEqual([]);
  });

  test.each([
    ['C', 'W', false],
    ['C', 'B', true],
    ['A', 'B', false],
    ['B', '7', false],
    ['C', 'M', false],
    ['C', 'I', true],
    ['C', 'T', true],
  ])('on tape %s condition %s makes a price: %s', (z, condition, counts) => {
    const { items, faults } = open();
    const trade = items.trade({ ...TRADE, z, c: ['@', condition] }, RECEIVED);
    expect(trade !== null).toBe(counts);
    expect(faults).toEqual([]);
  });

  test('tells corrections and cancels by the name of the trade', () => {
    const { items, faults } = open();
    const base = { S: 'AAPL', x: 'D', t: new Date(AT), z: 'C' };
    const corrected = { ...base, oi: 96_921, op: 126.55, os: 1, oc: ['@'] };
    const told = { ...corrected, T: 'c', ci: 96_999, cp: 126.5, cs: 3, cc: ['@'] };
    expect(items.correction(told, RECEIVED)).toMatchObject({
      kind: 'correction',
      venueTradeId: items.trade(TRADE, RECEIVED)?.venueTradeId,
      trade: { venueTradeId: '18680-D-96999', price: '126.5', quantity: '3' },
    });
    expect(items.correction({ ...told, cc: ['W'] }, RECEIVED)?.trade).toBeNull();
    expect(items.cancel({ ...base, T: 'x', i: 96_921, p: 126.55, s: 1, a: 'C' }, RECEIVED)).toEqual(
      {
        kind: 'correction',
        instrument: 'alpaca.stock:AAPL',
        source: 'alpaca',
        venueTradeId: '18680-D-96921',
        trade: null,
        eventTime: AT,
        receivedTime: RECEIVED,
      },
    );
    expect(faults).toEqual([]);
  });

  test('tells the taker of a pair, and its trade by its number alone', () => {
    const pair = { session: 'continuous', tickSize: parseScaled('0.001') } as const;
    const { items } = open('BTC/USD', pair);
    const item = {
      T: 't',
      S: 'BTC/USD',
      p: 29_791.125,
      s: 0.000_000_25,
      i: 7,
      tks: 'S',
      t: TRADE['t'],
    };
    expect(items.trade(item, RECEIVED)).toMatchObject({
      venueTradeId: '7',
      price: '29791.125',
      quantity: '0.00000025',
      takerSide: 'sell',
    });
  });

  test.each([
    ['a high below the low', { h: 388.9 }, 'FEED_PRICE_INVALID'],
    ['a time inside of a minute', { t: new Date(AT) }, 'FEED_TIME_INVALID'],
    ['a volume that is text', { v: '5' }, 'FEED_QUANTITY_INVALID'],
  ])('refuses a bar with %s', (_what, change, code) => {
    const { items, codes } = open();
    expect(items.bar({ ...BAR, t: new Date(AT - (AT % 60_000)), ...change }, 'closed')).toBeNull();
    expect(codes()).toEqual([code]);
  });
});

test('a float becomes the shortest text that is the same float', () => {
  fc.assert(
    fc.property(fc.double({ min: 0, max: 1e12, noNaN: true }), (value) => {
      const text = floatDecimal(value);
      if (text === null) expect(value).toBeLessThan(1e-3);
      else expect(Number(text)).toBe(value);
    }),
  );
  expect([1e-7, 2.5e-8, 0, -0, 1e21, Number.NaN, -1, 7n, '1'].map(floatDecimal)).toEqual([
    '0.0000001',
    '0.000000025',
    '0',
    '0',
    null,
    null,
    null,
    '7',
    null,
  ]);
});

const RECORDED = new URL('../../../../../shared/data/frames/alpaca/', import.meta.url);
const isThere = existsSync(RECORDED);

describe.skipIf(!isThere)(`recorded frames${isThere ? '' : ' (../shared/data is missing)'}`, () => {
  const lines = (name: string): unknown[] =>
    readFileSync(new URL(name, RECORDED), 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line): unknown => JSON.parse(line));
  /** As on the binary wire: times are its extension. */
  const onWire = (value: unknown): Item => {
    const timed = isItem(value) ? { ...value, t: new Date(String(value['t'])) } : {};
    const item = decode(encode(timed));
    if (!isItem(item)) throw new Error('no item');
    return item;
  };

  test('of the stream give a trade and a quote', () => {
    const { items, faults } = open();
    const told = lines('alpaca_ws_frames.jsonl')
      .flatMap((one) => (Array.isArray(one) ? one : []))
      .filter((one): one is Item => isItem(one) && (one['T'] === 't' || one['T'] === 'q'))
      .map(onWire)
      .map((item) =>
        item['T'] === 't' ? items.trade(item, RECEIVED) : items.quote(item, RECEIVED),
      );
    expect(told).toMatchObject([
      { price: '126.55', quantity: '1', eventTime: AT },
      { bid: '126.54', ask: '126.56', last: '126.55' },
    ]);
    expect(faults).toEqual([]);
  });

  test('of the venue’s examples of bars are read with every digit', () => {
    const { items, faults } = open();
    let count = 0;
    for (const example of lines('openapi_examples.jsonl')) {
      if (!isItem(example) || !String(example['endpoint']).includes('/v2/stocks/bars')) continue;
      const { response } = example;
      const bars = isItem(response) && isItem(response['bars']) ? response['bars'] : {};
      for (const bar of Object.values(bars).flat()) {
        if (!isItem(bar)) continue;
        const told = items.bar(onWire(bar), 'closed');
        expect(told).toMatchObject({ open: String(bar['o']), low: String(bar['l']) });
        count += 1;
      }
    }
    expect(count).toBeGreaterThan(0);
    expect(faults).toEqual([]);
  });
});
