import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { parseScaled } from '@ballast/domain';
import { createLogger } from '@ballast/observability';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { route } from '../alpaca/scripted-stream.fixture.ts';
import type { FeedEvent } from '../feed.ts';
import { openReplayFeed, type ReplayOptions } from './replay-feed.ts';

const WAIT = { timeout: 5_000, interval: 5 };
const session = 'continuous';
const [AAPL, MSFT] = [route('AAPL', { session }), route('MSFT', { session })];
const AT = Date.UTC(2026, 10, 20, 15);
const MINUTE = 60_000;
const TRADES = [
  'ts,price,size,side',
  `${AT},100.10,3,buy`,
  `${AT},100.1000,1,`,
  `${AT + 5},99,2,sell`,
];
const BARS = [
  'ts,open,high,low,close,volume',
  `${AT - MINUTE},1,2,0.5,1.5,10`,
  `${AT},1.5,2,1,1,0`,
];

function file(lines: readonly string[], name = 'recording.csv'): string {
  const folder = mkdtempSync(join(tmpdir(), 'replay-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const path = join(folder, name);
  const text = `${lines.join('\n')}\n`;
  writeFileSync(path, name.endsWith('.gz') ? gzipSync(text) : text);
  return path;
}

function play(options: Partial<ReplayOptions> & Pick<ReplayOptions, 'recordings'>) {
  const events: FeedEvent[] = [];
  const states: string[] = [];
  const samples: string[] = [];
  const log = createLogger('replay', 'silent');
  vi.spyOn(log, 'warn').mockImplementation(
    (fields: unknown) => void samples.push(JSON.stringify(fields)),
  );
  const feed = openReplayFeed({
    routes: [AAPL, MSFT],
    speed: 'asFast',
    log,
    handlers: {
      onEvents: (batch) => events.push(...batch),
      onState: (state, reason) => states.push(`${state} ${reason}`),
    },
    ...options,
  });
  onTestFinished(() => feed.stop());
  return { feed, events, states, samples };
}

const recording = (path: string, symbol = 'AAPL') => ({ symbol, path, timeframe: '1m' }) as const;

describe('a replay', () => {
  test.each(['recording.csv', 'recording.csv.gz'])(
    'tells trades as they stand in %s',
    async (name) => {
      const { feed, events, states } = play({ recordings: [recording(file(TRADES, name))] });
      expect(await feed.ended).toBe('ended');
      const what = { instrument: 'alpaca.stock:AAPL', source: 'replay' };
      const times = { eventTime: AT, receivedTime: AT };
      expect(events).toMatchObject([
        { trade: { ...what, ...times, venueTradeId: '1', price: '100.10', takerSide: 'buy' } },
        { trade: { ...what, ...times, venueTradeId: '2', price: '100.1000', takerSide: null } },
        { trade: { eventTime: AT + 5, price: '99', takerSide: 'sell' } },
      ]);
      expect(states).toEqual(['connecting start', 'live data', 'down REPLAY_ENDED']);
      expect(feed.counts).toMatchObject({ frames: 3, events: 3, faults: {} });
    },
  );

  test('merges recordings by the moment that each thing became known', async () => {
    const { feed, events } = play({
      recordings: [recording(file(BARS), 'MSFT'), recording(file(TRADES))],
    });
    await feed.ended;
    // The bar that opened before the trades ended with the first of them.
    expect(events.map(({ kind }) => kind)).toEqual(['bar', 'trade', 'trade', 'trade', 'bar']);
    expect(events[0]).toMatchObject({
      bar: { openTime: AT - MINUTE, state: 'closed', source: 'replay', builtFrom: 'venue' },
    });
  });

  test('tells the same each time', async () => {
    const recordings = [recording(file(BARS), 'MSFT'), recording(file(TRADES))];
    const [first, second] = [play({ recordings }), play({ recordings, speed: 1_000_000 })];
    await Promise.all([first.feed.ended, second.feed.ended]);
    expect(second.events).toEqual(first.events);
  });

  test.each([
    ['a price that is no number', `${AT + 9},1e,2,buy`, 'FEED_PRICE_INVALID'],
    ['a price off the tick', `${AT + 9},1.005,2,buy`, 'FEED_OFF_TICK'],
    ['a price below zero', `${AT + 9},-1,2,buy`, 'FEED_PRICE_INVALID'],
    ['no size', `${AT + 9},1,0,buy`, 'FEED_QUANTITY_INVALID'],
    ['a side that is none', `${AT + 9},1,2,long`, 'FEED_FIELD_INVALID'],
    ['time that goes back', `${AT + 4},1,2,buy`, 'FEED_TIME_INVALID'],
    ['no time', `,1,2,buy`, 'FEED_TIME_INVALID'],
    ['a column too few', `${AT + 9},1,2`, 'FEED_FRAME_MALFORMED'],
  ])('counts %s, names its row and plays on', async (_what, row, code) => {
    const path = file([...TRADES, row, `${AT + 20},1,1,buy`]);
    const { feed, events, samples } = play({ recordings: [recording(path)] });
    expect(await feed.ended).toBe('ended');
    expect(feed.counts.faults).toEqual({ [code]: 1 });
    expect(samples.join()).toContain('AAPL row 4:');
    expect(events).toHaveLength(4);
  });

  test.each([
    ['a high below the low', `${AT + MINUTE},1,0.5,1,1,1`, 'FEED_PRICE_INVALID'],
    ['a time on no bound', `${AT + MINUTE + 1},1,1,1,1,1`, 'FEED_TIME_INVALID'],
    ['a bar told twice', `${AT},1,1,1,1,1`, 'FEED_TIME_INVALID'],
    ['an empty volume', `${AT + MINUTE},1,1,1,1,`, 'FEED_QUANTITY_INVALID'],
  ])('counts %s in a bar', async (_what, row, code) => {
    const { feed, events } = play({ recordings: [recording(file([...BARS, row]))] });
    await feed.ended;
    expect(feed.counts.faults).toEqual({ [code]: 1 });
    expect(events).toHaveLength(2);
  });

  test.each([
    ['a file that is not there', () => join(tmpdir(), 'no-such-recording'), 'REPLAY_FILE_MISSING'],
    ['another header', () => file(['time,price', '1,2']), 'REPLAY_HEADER'],
    ['an empty file', () => file([]), 'REPLAY_HEADER'],
  ])('fails on %s', async (_what, path, code) => {
    const { feed, states } = play({ recordings: [recording(path())] });
    expect(await feed.ended).toBe('failed');
    expect(states.at(-1)).toBe(`down ${code}`);
  });

  test('tells what is repeated or of the future as it stands', async () => {
    const [header = '', row = ''] = TRADES;
    const future = AT + 10 ** 12;
    const path = file([header, row, row, `${future},1,1,buy`, `${AT + 1},1,1,buy`]);
    const { feed, events } = play({ recordings: [recording(path)] });
    expect(await feed.ended).toBe('ended');
    expect(events).toMatchObject([
      { trade: { eventTime: AT, venueTradeId: '1' } },
      { trade: { eventTime: AT, venueTradeId: '2' } },
      { trade: { eventTime: future } },
    ]);
    // What comes after it in the file goes back in time.
    expect(feed.counts.faults).toEqual({ FEED_TIME_INVALID: 1 });
  });

  test.each(['long.csv', 'long.csv.gz'])('fails on a line without an end in %s', async (name) => {
    const path = file([...TRADES, `${AT + 9},${'1'.repeat(300_000)}`], name);
    const { feed, states } = play({ recordings: [recording(path)] });
    expect(await feed.ended).toBe('failed');
    expect(states.at(-1)).toBe('down REPLAY_UNREADABLE');
  });

  test('a file of which too many rows have another width is not read on', async () => {
    const rows = [...TRADES, ...Array.from({ length: 1_001 }, () => '1,2,3')];
    const { feed, events, states } = play({ recordings: [recording(file(rows))] });
    expect(await feed.ended).toBe('failed');
    expect(states.at(-1)).toBe('down REPLAY_UNREADABLE');
    expect(feed.counts.faults).toMatchObject({ FEED_FRAME_MALFORMED: 1_000 });
    expect(events).toHaveLength(0);
  });

  test('fails on a recording that is cut off, after what it held', async () => {
    const path = file(TRADES, 'whole.csv.gz');
    const whole = gzipSync(`${TRADES.join('\n')}\n`.repeat(1));
    writeFileSync(path, whole.subarray(0, whole.length - 8));
    const { feed, states } = play({ recordings: [recording(path)] });
    expect(await feed.ended).toBe('failed');
    expect(states.at(-1)).toMatch(/^down (REPLAY_UNREADABLE|FEED_SOURCE_ERROR)$/);
  });

  test('waits while it is paused, and for its times at a speed', async () => {
    const rows = [TRADES[0] ?? '', `${AT},1,1,buy`, `${AT + 3_600_000},1,1,buy`];
    const { feed, events } = play({ recordings: [recording(file(rows))], speed: 1 });
    await vi.waitFor(() => expect(events).toHaveLength(1), WAIT);
    await feed.stop();
    expect(await feed.ended).toBe('stopped');

    const paused = play({ recordings: [recording(file(TRADES))] });
    paused.feed.setPaused(true);
    await vi.waitFor(() => expect(paused.feed.counts.frames).toBeGreaterThan(0), WAIT);
    expect(paused.events).toEqual([]);
    paused.feed.setPaused(false);
    expect(await paused.feed.ended).toBe('ended');
    expect(paused.events).toHaveLength(3);
  });

  test('tells nothing of what has no route', async () => {
    const { feed, events } = play({ recordings: [recording(file(TRADES))], routes: [MSFT] });
    await feed.ended;
    expect(events).toEqual([]);
    expect(() => feed.setRoutes([MSFT, MSFT])).toThrow('MSFT');
  });
});

const DATA = new URL('../../../../../shared/data/', import.meta.url);
const isThere = existsSync(DATA);

describe.skipIf(!isThere)(`recorded files${isThere ? '' : ' (../shared/data is missing)'}`, () => {
  test.each([
    ['equities/us-1m-2026', 'AAPL_1m.csv.gz', '1m', '0.01', 'us-equity'],
    ['crypto/bybit-linear/1h', 'BTCUSDT_1h.csv.gz', '1h', '0.1', 'continuous'],
    ['ticks/bybit', 'LTCUSDT_linear_20210417_trades.csv', '1m', '0.01', 'continuous'],
  ] as const)('%s/%s plays whole', async (folder, name, timeframe, tick, its) => {
    const path = fileURLToPath(new URL(`${folder}/${name}`, DATA));
    const routes = [route('X', { session: its, tickSize: parseScaled(tick) })];
    const { feed, events } = play({ routes, recordings: [{ symbol: 'X', path, timeframe }] });
    expect(await feed.ended).toBe('ended');
    expect(feed.counts.faults).toEqual({});
    expect(events).toHaveLength(feed.counts.frames);
    expect(events.length).toBeGreaterThan(20);
  });
});
