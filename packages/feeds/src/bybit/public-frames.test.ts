import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ownRoutes } from '../connection/routes.ts';
import type { FeedFault } from '../faults.ts';
import type { FeedEvent } from '../feed.ts';
import { FrameReader } from './public-frames.ts';
import { linear, tickerFrame, tradeFrame } from './scripted-venue.fixture.ts';

const BOOK = {
  bid1Price: '27450.9',
  bid1Size: '1.5',
  ask1Price: '27451.0',
  ask1Size: '0',
  lastPrice: '27451.00',
};

function reader() {
  const faults: FeedFault[] = [];
  const told: [sample: string, instrument?: string][] = [];
  const instruments = [linear('BTCUSDT'), linear('ETHUSDT', '0.05')];
  const frames = new FrameReader({
    wanted: { category: 'linear', bookDepth: null },
    fault: (code, sample, instrument) => {
      faults.push(code);
      told.push(instrument === undefined ? [sample] : [sample, instrument]);
    },
    onBookLost: () => {},
  });
  frames.setRoutes(ownRoutes(instruments));
  function events(frame: unknown): FeedEvent[] {
    const result = frames.read(typeof frame === 'string' ? frame : JSON.stringify(frame), 42);
    return result.kind === 'data' ? result.events : [];
  }
  return { faults, told, events, frames, reset: () => frames.reset() };
}

describe('trades', () => {
  test('keeps digits, side, id and both times', () => {
    const { events, faults } = reader();
    expect(events(tradeFrame('BTCUSDT', { S: 'Sell', p: '27451.10', v: '0.0100' }))).toEqual([
      {
        kind: 'trade',
        trade: {
          instrument: 'bybit.linear:BTCUSDT',
          source: 'bybit',
          venueTradeId: 'id-0',
          price: '27451.10',
          quantity: '0.0100',
          takerSide: 'sell',
          eventTime: 1_700_000_000_000,
          receivedTime: 42,
        },
      },
    ]);
    expect(faults).toEqual([]);
  });

  test.each([
    [{ p: '-1' }, 'FEED_PRICE_INVALID'],
    [{ p: '0.0' }, 'FEED_PRICE_INVALID'],
    [{ p: 'NaN' }, 'FEED_PRICE_INVALID'],
    [{ p: '1e5' }, 'FEED_PRICE_INVALID'],
    [{ p: 27451 }, 'FEED_PRICE_INVALID'],
    [{ p: undefined }, 'FEED_PRICE_INVALID'],
    [{ p: '27451.000000005' }, 'FEED_OFF_TICK'],
    [{ v: '0' }, 'FEED_QUANTITY_INVALID'],
    [{ v: '-0.1' }, 'FEED_QUANTITY_INVALID'],
    [{ i: 'a\tb' }, 'FEED_FIELD_INVALID'],
    [{ i: 7 }, 'FEED_FIELD_INVALID'],
    [{ S: 'buy' }, 'FEED_FIELD_INVALID'],
    [{ T: '1700000000000' }, 'FEED_TIME_INVALID'],
    [{ T: -1 }, 'FEED_TIME_INVALID'],
    [{ p: { toString: 1, valueOf: 1 } }, 'FEED_PRICE_INVALID'],
    [{ s: { toString: 1 } }, 'FEED_SYMBOL_UNKNOWN'],
    [{ s: 'XXXUSDT' }, 'FEED_SYMBOL_UNKNOWN'],
  ] as const)('%o costs itself only: %s', (fault, code) => {
    const { events, faults } = reader();
    const good = events(tradeFrame('BTCUSDT', {}, fault, {}));
    expect(good).toHaveLength(2);
    expect(faults).toEqual([code]);
  });

  test.each([
    ['{"topic":', 'FEED_FRAME_MALFORMED'],
    ['[]', 'FEED_FRAME_MALFORMED'],
    ['null', 'FEED_FRAME_MALFORMED'],
    ['{}', 'FEED_FRAME_MALFORMED'],
    ['{"topic":"publicTrade.BTCUSDT","data":{}}', 'FEED_FRAME_MALFORMED'],
    ['{"topic":"publicTrade.BTCUSDT","data":[5]}', 'FEED_FRAME_MALFORMED'],
    ['{"topic":"tickers.BTCUSDT","data":[]}', 'FEED_FRAME_MALFORMED'],
    ['{"topic":"publicTrade.NOPE","data":[]}', 'FEED_SYMBOL_UNKNOWN'],
    ['{"topic":"liquidation.BTCUSDT","data":[]}', 'FEED_TOPIC_UNKNOWN'],
  ] as const)('%s is %s', (text, code) => {
    const { events, faults } = reader();
    expect(events(text)).toEqual([]);
    expect(faults).toEqual([code]);
  });
});

describe('what came is told with the fault', () => {
  test.each([
    ['{"topic":"publicTrade.BTCUSDT","data":{"p":1}}', 'publicTrade.BTCUSDT data {"p":1}'],
    ['{"topic":"kline.1.BTCUSDT","data":"none"}', 'kline.1.BTCUSDT data none'],
    ['{"topic":"tickers.BTCUSDT","data":[7]}', 'tickers.BTCUSDT data [7]'],
    ['{"topic":"tickers.BTCUSDT"}', 'tickers.BTCUSDT data undefined'],
    ['{"topic":"publicTrade.BTCUSDT","data":[5]}', 'publicTrade.BTCUSDT item 5'],
    ['{"topic":"tickers.BTCUSDT","data":{},"ts":"1.7e12"}', 'tickers.BTCUSDT ts 1.7e12'],
  ])('of %s', (text, sample) => {
    const { events, told } = reader();
    expect(events(text)).toEqual([]);
    expect(told).toEqual([[sample, 'bybit.linear:BTCUSDT']]);
  });
});

describe('tickers', () => {
  test('merges deltas onto the snapshot', () => {
    const { events } = reader();
    expect(events(tickerFrame('BTCUSDT', 'snapshot', BOOK))).toHaveLength(1);
    const [event] = events(tickerFrame('BTCUSDT', 'delta', { bid1Price: '27450.5' }));
    expect(event).toMatchObject({
      kind: 'quote',
      quote: { bid: '27450.5', bidQuantity: '1.5', ask: '27451.0', askQuantity: '0' },
    });
  });

  test('does not take the prices of another instrument', () => {
    const { events, faults } = reader();
    events(tickerFrame('BTCUSDT', 'snapshot', BOOK));
    const other = { symbol: 'ETHUSDT', lastPrice: '3000.0' };
    expect(events(tickerFrame('BTCUSDT', 'delta', other))).toEqual([]);
    expect(faults).toEqual(['FEED_FIELD_INVALID']);
  });

  test('says nothing when no best price changed', () => {
    const { events, faults } = reader();
    events(tickerFrame('BTCUSDT', 'snapshot', BOOK));
    expect(events(tickerFrame('BTCUSDT', 'delta', { openInterest: '5' }))).toEqual([]);
    expect(events(tickerFrame('BTCUSDT', 'delta', { bid1Size: '1.5' }))).toEqual([]);
    expect(faults).toEqual([]);
  });

  test.each([
    [{ bid1Price: '27450.93' }, 'FEED_OFF_TICK'],
    [{ bid1Price: 27450.9 }, 'FEED_PRICE_INVALID'],
    [{ ask1Price: '0' }, 'FEED_PRICE_INVALID'],
    [{ bid1Size: '' }, 'FEED_QUANTITY_INVALID'],
  ] as const)('%o leaves no quote until it is told again', (fault, code) => {
    const { events, faults } = reader();
    const told = { ...BOOK, bid1Price: '27450.95' };
    expect(events(tickerFrame('ETHUSDT', 'snapshot', told))).toHaveLength(1);
    // With the price of before it would be a quote of now that nobody has made.
    expect(events(tickerFrame('ETHUSDT', 'delta', { ...fault, lastPrice: '27451.05' }))).toEqual(
      [],
    );
    expect(events(tickerFrame('ETHUSDT', 'delta', { lastPrice: '27451.10' }))).toEqual([]);
    expect(faults).toEqual([code]);
    expect(events(tickerFrame('ETHUSDT', 'delta', told))).toMatchObject([
      { quote: { bid: '27450.95', ask: '27451.0', bidQuantity: '1.5' } },
    ]);
  });

  test('takes a last price between two ticks: it was traded', () => {
    const { events, faults } = reader();
    events(tickerFrame('ETHUSDT', 'snapshot', { ...BOOK, bid1Price: '27450.95' }));
    expect(events(tickerFrame('ETHUSDT', 'delta', { lastPrice: '27450.97' }))).toMatchObject([
      { quote: { last: '27450.97', bid: '27450.95' } },
    ]);
    expect(faults).toEqual([]);
  });

  test('waits for a snapshot, again after a reconnect', () => {
    const { events, faults, reset } = reader();
    expect(events(tickerFrame('BTCUSDT', 'delta', BOOK))).toEqual([]);
    expect(events(tickerFrame('BTCUSDT', 'snapshot', BOOK))).toHaveLength(1);
    reset();
    expect(events(tickerFrame('BTCUSDT', 'delta', { bid1Price: '27450.0' }))).toEqual([]);
    expect(faults).toEqual(['FEED_DELTA_WITHOUT_SNAPSHOT', 'FEED_DELTA_WITHOUT_SNAPSHOT']);
  });

  test('go on when other instruments come and go, and begin anew with other terms', () => {
    const { events, frames, faults } = reader();
    events(tickerFrame('BTCUSDT', 'snapshot', BOOK));
    expect(frames.setRoutes(ownRoutes([linear('BTCUSDT'), linear('SOLUSDT')]))).toEqual([]);
    expect(events(tickerFrame('BTCUSDT', 'delta', { bid1Price: '27450.8' }))).toHaveLength(1);
    expect(faults).toEqual([]);
    expect(frames.setRoutes(ownRoutes([linear('BTCUSDT', '0.01')]))).toEqual(['BTCUSDT']);
    expect(events(tickerFrame('BTCUSDT', 'delta', { bid1Price: '27450.81' }))).toEqual([]);
    expect(faults).toEqual(['FEED_DELTA_WITHOUT_SNAPSHOT']);
  });

  test('forgets what a new snapshot does not hold', () => {
    const { events } = reader();
    events(tickerFrame('BTCUSDT', 'snapshot', BOOK));
    const { lastPrice: _, ...withoutLast } = { ...BOOK, bid1Size: '7' };
    expect(events(tickerFrame('BTCUSDT', 'snapshot', withoutLast))).toEqual([]);
  });

  test('gives no quote while a side is missing', () => {
    const { events } = reader();
    const { lastPrice, ...withoutLast } = BOOK;
    expect(events(tickerFrame('BTCUSDT', 'snapshot', withoutLast))).toEqual([]);
    expect(events(tickerFrame('BTCUSDT', 'delta', { lastPrice }))).toHaveLength(1);
  });
});

describe('klines', () => {
  const kline = {
    start: 1_700_000_040_000,
    end: 1_700_000_099_999,
    interval: '1',
    open: '1.0',
    close: '2',
    high: '2.5',
    low: '0.5',
    volume: '10.25',
    confirm: true,
    timestamp: 1_700_000_100_000,
  };
  const frame = (item: object) => ({
    topic: 'kline.1.BTCUSDT',
    ts: 1,
    type: 'snapshot',
    data: [item],
  });

  test('gives a closed bar of the venue, and none that is still open', () => {
    const { events, faults } = reader();
    expect(events(frame({ ...kline, confirm: false }))).toEqual([]);
    expect(events(frame(kline))).toMatchObject([
      { kind: 'bar', bar: { openTime: 1_700_000_040_000, close: '2', builtFrom: 'venue' } },
    ]);
    expect(faults).toEqual([]);
  });

  test.each([
    [{ start: 1_700_000_040_001 }, 'FEED_TIME_INVALID'],
    [{ low: '' }, 'FEED_PRICE_INVALID'],
    [{ high: '2.500000005' }, 'FEED_OFF_TICK'],
    [{ volume: 'x' }, 'FEED_QUANTITY_INVALID'],
    [{ high: '9.5', low: '10.5' }, 'FEED_PRICE_INVALID'],
  ] as const)('%o is %s', (fault, code) => {
    const { events, faults } = reader();
    expect(events(frame({ ...kline, ...fault }))).toEqual([]);
    expect(faults).toEqual([code]);
  });
});

test('what was traded counts between two ticks too: the venue may have a finer one now', () => {
  const { events, faults } = reader();
  expect(events(tradeFrame('BTCUSDT', { p: '27451.05' }))).toMatchObject([
    { kind: 'trade', trade: { price: '27451.05' } },
  ]);
  const [start, confirm] = [1_700_000_040_000, true];
  const kline = { start, open: '1.01', high: '2.55', low: '1', close: '2', volume: '3', confirm };
  const frame = { topic: 'kline.1.BTCUSDT', ts: 1, type: 'snapshot', data: [kline] };
  expect(events(frame)).toMatchObject([{ kind: 'bar', bar: { open: '1.01', high: '2.55' } }]);
  expect(faults).toEqual([]);
});

/** Recorded frames are shared test data that a checkout may come without. */
const RECORDED = join(import.meta.dirname, '../../../../../shared/data/frames/bybit-v5');

describe.skipIf(!existsSync(RECORDED))('recorded frames (need ../shared/data)', () => {
  test('have no faulty price, quantity, time or field', () => {
    const frames = readdirSync(RECORDED)
      .filter((file) => file.endsWith('.jsonl'))
      .flatMap((file) => readFileSync(join(RECORDED, file), 'utf8').split('\n'))
      .filter((line) => line !== '')
      .flatMap(publicFrames);
    const symbols = new Set(frames.map(({ topic }) => topic.slice(topic.lastIndexOf('.') + 1)));
    const faults: string[] = [];
    const instruments = [...symbols].map((symbol) => linear(symbol, '0.00000001'));
    const reader = new FrameReader({
      wanted: { category: 'linear', bookDepth: null },
      fault: (code, sample) => faults.push(`${code} ${sample}`),
      onBookLost: () => {},
    });
    reader.setRoutes(ownRoutes(instruments));
    const kinds: string[] = [];
    for (const frame of frames) {
      const result = reader.read(JSON.stringify(frame), 1);
      if (result.kind === 'data') kinds.push(...result.events.map((event) => event.kind));
    }
    // One recording begins in the middle of its ticker,
    // and options carry another symbol than their topic.
    expect(new Set(faults.map((fault) => fault.split(' ')[0]))).toEqual(
      new Set(['FEED_DELTA_WITHOUT_SNAPSHOT', 'FEED_SYMBOL_UNKNOWN']),
    );
    expect(kinds.filter((kind) => kind === 'trade').length).toBeGreaterThan(4);
    expect(kinds).toContain('quote');
  });
});

/** A line is a frame, or holds one under `frame`, or several under `frames`. */
function publicFrames(line: string): { topic: string }[] {
  const row: unknown = JSON.parse(line);
  const nested = field(row, 'frames');
  const frames: unknown[] = Array.isArray(nested) ? nested : [row];
  return frames.flatMap((outer) => {
    const frame = field(outer, 'frame') ?? outer;
    const topic = field(frame, 'topic');
    if (typeof topic !== 'string' || typeof frame !== 'object') return [];
    return /^(publicTrade|tickers|kline\.1)\./.test(topic) ? [{ ...frame, topic }] : [];
  });
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}
