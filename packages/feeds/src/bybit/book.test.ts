import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ownRoutes } from '../connection/routes.ts';
import type { FeedFault } from '../faults.ts';
import type { BookUpdate, FeedEvent } from '../feed.ts';
import { FrameReader } from './public-frames.ts';
import { linear } from './scripted-venue.fixture.ts';

type Level = [price: string, quantity: string];

function follow(depth = 50, symbols = ['BTCUSDT'], tick = '0.01') {
  const faults: FeedFault[] = [];
  const asked: string[] = [];
  const reader = new FrameReader({
    wanted: { category: 'linear', bookDepth: depth },
    fault: (code) => faults.push(code),
    onBookLost: (topic) => asked.push(topic),
  });
  reader.setRoutes(ownRoutes(symbols.map((symbol) => linear(symbol, tick))));
  const read = (frame: unknown, at = 1): FeedEvent[] => {
    const result = reader.read(JSON.stringify(frame), at);
    return result.kind === 'data' ? result.events : [];
  };
  const tell = (u: unknown, b: unknown, a: unknown, type = 'delta', at = 1): FeedEvent[] =>
    read({ topic: `orderbook.${depth}.BTCUSDT`, type, ts: 1_000 + at, data: { b, a, u } }, at);
  return { faults, asked, reader, read, tell };
}

const BIDS: Level[] = [
  ['10.00', '1'],
  ['9.99', '2'],
];
const ASKS: Level[] = [
  ['10.01', '3'],
  ['10.02', '4'],
];
const onlyBook = (events: FeedEvent[]): BookUpdate | undefined =>
  events.find((event) => event.kind === 'book');

describe('an order book', () => {
  test('is a snapshot and what came after it, best first', () => {
    const { tell, faults } = follow();
    tell(7, BIDS, ASKS, 'snapshot');
    const changes: Level[] = [
      ['10.00', '0'],
      ['9.99', '5'],
      ['9.980', '6'],
    ];
    const book = onlyBook(tell(8, changes, [['10.010', '0.000']]));
    expect(book).toMatchObject({
      instrument: 'bybit.linear:BTCUSDT',
      source: 'bybit',
      sequence: 8,
      eventTime: 1_001,
      bids: [
        ['9.99', '5'],
        ['9.980', '6'],
      ],
      asks: [['10.02', '4']],
    });
    expect(faults).toEqual([]);
  });

  test('once told does not change any more', () => {
    const { tell } = follow();
    const before = onlyBook(tell(7, BIDS, ASKS, 'snapshot'));
    tell(8, [['10.00', '0']], []);
    expect(before?.bids[0]).toEqual(['10.00', '1']);
  });

  test.each([
    ['a new snapshot', 3, 'snapshot'],
    ['the number 1 in a delta', 1, 'delta'],
  ])('begins anew with %s', (_, number, type) => {
    const { tell, faults } = follow();
    tell(7, BIDS, ASKS, 'snapshot');
    const book = onlyBook(tell(number, [['5.00', '1']], [['6.00', '1']], type));
    expect(book?.bids).toEqual([['5.00', '1']]);
    expect(onlyBook(tell(number + 1, [], [['6.00', '2']]))?.asks).toEqual([['6.00', '2']]);
    expect(faults).toEqual([]);
  });

  test('is lost with one number that is missing, says so and asks for a snapshot', () => {
    const { tell, faults, asked } = follow();
    tell(7, BIDS, ASKS, 'snapshot');
    const { events } = { events: tell(9, [['9.98', '1']], [], 'delta', 2) };
    expect(events).toEqual([
      {
        kind: 'gap',
        instrument: 'bybit.linear:BTCUSDT',
        source: 'bybit',
        channel: 'book',
        from: 1_001,
        to: 1_002,
        receivedTime: 2,
      },
    ]);
    expect(asked).toEqual(['orderbook.50.BTCUSDT']);
    expect(tell(10, [['9.97', '1']], [])).toEqual([]);
    expect(onlyBook(tell(30, BIDS, ASKS, 'snapshot'))?.sequence).toBe(30);
    expect(faults).toEqual(['FEED_SEQUENCE_GAP']);
  });

  test('does not use a change twice', () => {
    const { tell, faults, asked } = follow();
    tell(7, BIDS, ASKS, 'snapshot');
    tell(8, [['10.00', '9']], []);
    expect(tell(8, [['10.00', '0']], [])).toEqual([]);
    expect(onlyBook(tell(9, [], []))?.bids[0]).toEqual(['10.00', '9']);
    expect(faults).toEqual(['FEED_SEQUENCE_REPEATED']);
    expect(asked).toEqual([]);
  });

  test.each<[string, unknown, unknown, FeedFault]>([
    ['crossed', [['10.02', '1']], [], 'FEED_BOOK_CROSSED'],
    ['locked', [['10.010', '1']], [], 'FEED_BOOK_CROSSED'],
    ['told without a side', [], undefined, 'FEED_FIELD_INVALID'],
    ['told with a level that is none', ['10.00'], [], 'FEED_FIELD_INVALID'],
    ['told with a price of another type', [[10, '1']], [], 'FEED_PRICE_INVALID'],
    ['told with a price off the tick', [['9.995', '1']], [], 'FEED_OFF_TICK'],
    ['told with a negative quantity', [['9.99', '-1']], [], 'FEED_QUANTITY_INVALID'],
  ])('is lost when it is %s', (_, bids, asks, code) => {
    const { tell, faults, asked } = follow();
    tell(7, BIDS, ASKS, 'snapshot');
    expect(tell(8, bids, asks).map(({ kind }) => kind)).toEqual(['gap']);
    expect(faults).toEqual([code]);
    expect(asked).toHaveLength(1);
  });

  test.each(['7', null, 1.5, -1, 2 ** 60])('is lost with the number %j', (number) => {
    const { tell, faults } = follow();
    expect(tell(number, BIDS, ASKS, 'snapshot').map(({ kind }) => kind)).toEqual(['gap']);
    expect(faults).toEqual(['FEED_FIELD_INVALID']);
  });

  test('is lost when it grows deeper than was asked for', () => {
    const { tell, faults } = follow(1);
    tell(7, [['10.00', '1']], [['10.01', '1']], 'snapshot');
    tell(8, [['9.99', '1']], []);
    expect(faults).toEqual(['FEED_BOOK_TOO_DEEP']);
  });

  test('that is lost over and over is not asked for each time', () => {
    const { tell, asked, reader } = follow();
    for (let at = 1; at <= 100; at += 1) tell(7, [['11.00', '1']], ASKS, 'snapshot', at);
    expect(asked).toHaveLength(1);
    reader.askForOverdueBooks(10_100, 10_000);
    expect(asked).toHaveLength(1);
    reader.askForOverdueBooks(10_101, 10_000);
    expect(asked).toHaveLength(2);
    tell(7, BIDS, ASKS, 'snapshot', 10_102);
    reader.askForOverdueBooks(90_000, 10_000);
    expect(asked).toHaveLength(2);
  });

  test('of another symbol under its topic is not used', () => {
    const { read, faults } = follow();
    const data = { s: 'ETHUSDT', b: BIDS, a: ASKS, u: 1 };
    expect(read({ topic: 'orderbook.50.BTCUSDT', type: 'snapshot', ts: 1, data })).toEqual([]);
    expect(faults).toEqual(['FEED_FIELD_INVALID']);
  });
});

/** Recorded frames are shared test data that a checkout may come without. */
const RECORDED = join(import.meta.dirname, '../../../../../shared/data/frames/bybit-v5');
const linesOf = (file: string): string[] =>
  readFileSync(join(RECORDED, file), 'utf8')
    .split('\n')
    .filter((line) => line !== '');

describe.skipIf(!existsSync(RECORDED))('recorded books (need ../shared/data)', () => {
  test('500 levels come out as they were at the venue', () => {
    const { read, faults } = follow(500, ['XRPUSDT'], '0.0001');
    const books = linesOf('XRPUSDT_ob500_20241201_first30.jsonl').map((line) =>
      onlyBook(read(JSON.parse(line))),
    );
    const expected: {
      after_message: number;
      u: number;
      ts: number;
      n_bids: number;
      n_asks: number;
      bids_top20: Level[];
      asks_top20: Level[];
    }[] = JSON.parse(readFileSync(join(RECORDED, 'XRPUSDT_ob500_20241201_expected.json'), 'utf8'));
    expect(expected).toHaveLength(3);
    for (const row of expected) {
      const book = books[row.after_message - 1];
      expect(book).toMatchObject({ sequence: row.u, eventTime: row.ts });
      expect(book?.bids).toHaveLength(row.n_bids);
      expect(book?.asks).toHaveLength(row.n_asks);
      expect(book?.bids.slice(0, 20)).toEqual(row.bids_top20);
      expect(book?.asks.slice(0, 20)).toEqual(row.asks_top20);
    }
    expect(faults).toEqual([]);
  });

  test('five levels of many symbols are neither crossed nor off tick', () => {
    const rows: { symbol: string; exch_ts: number; bids: Level[]; asks: Level[] }[] = linesOf(
      'book5_snapshots_20240701.jsonl',
    ).map((line) => JSON.parse(line));
    const symbols = [...new Set(rows.map(({ symbol }) => symbol))];
    const { read, faults } = follow(5, symbols, '0.00000001');
    for (const [index, { symbol, exch_ts: ts, bids, asks }] of rows.entries()) {
      const data = { s: symbol, b: bids, a: asks, u: index + 2 };
      const book = onlyBook(read({ topic: `orderbook.5.${symbol}`, type: 'snapshot', ts, data }));
      expect(book).toMatchObject({ bids, asks, eventTime: ts });
    }
    expect(rows.length).toBeGreaterThan(600);
    expect(faults).toEqual([]);
  });
});
