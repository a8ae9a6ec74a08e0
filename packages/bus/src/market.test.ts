import { instrumentId, type MarketEvent, packMarketEvents } from '@ballast/domain';
import { createLogger } from '@ballast/observability';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { type Bus, openBus } from './connection.ts';
import { latestQuotes } from './latest-quotes.ts';
import { createMarketPublisher } from './market-publisher.ts';
import { type MarketGap, readMarket, recentMarket } from './market-reader.ts';
import { startTestRedis, type TestRedis } from './redis.fixture.ts';
import { putHeartbeat, putState, readHeartbeats, readState } from './state.ts';

const log = createLogger('bus-test', 'silent');
const BTC = instrumentId('bybit', 'linear', 'BTCUSDT');
const onEnd: (() => Promise<void>)[] = [];
let server: TestRedis;
let feed: Bus;
let admin: Bus;

beforeAll(async () => {
  server = await startTestRedis();
  feed = openBus(server.url('market-data'), 'market-data', log);
  admin = openBus(server.url('admin'), 'admin', log);
  onEnd.push(() => feed.close());
  onEnd.push(() => admin.close());
});

beforeEach(async () => {
  await admin.run('FLUSHALL', (redis) => redis.flushall());
});

afterAll(async () => {
  await Promise.all(onEnd.map((end) => end()));
  await server.stop();
});

function trade(id: number): MarketEvent {
  return {
    kind: 'trade',
    trade: {
      instrument: BTC,
      source: 'bybit',
      venueTradeId: String(id),
      price: '100.10',
      quantity: '0.001',
      takerSide: 'buy',
      eventTime: id,
      receivedTime: id,
    },
  };
}

function quote(bid: string): MarketEvent {
  const sizes = { bidQuantity: '1', askQuantity: '2', ask: '101', last: '100' };
  return {
    kind: 'quote',
    quote: { instrument: BTC, source: 'bybit', bid, ...sizes, eventTime: 1, receivedTime: 2 },
  };
}

function publisher(extra: { bufferEventsMax?: number; runId?: string } = {}) {
  const created = createMarketPublisher(feed, 'bybit', { log, runId: 'run', ...extra });
  onEnd.push(() => created.close());
  return created;
}

function read(from: string, user: 'dashboard' | 'strategy-worker' = 'strategy-worker') {
  const events: MarketEvent[] = [];
  const gaps: MarketGap[] = [];
  const entryIds: string[] = [];
  const reader = readMarket(server.url(user), {
    venues: ['bybit'],
    from,
    onBatch(batch, entryId) {
      events.push(...batch);
      entryIds.push(entryId);
    },
    onGap: (gap) => gaps.push(gap),
    log,
    name: user,
  });
  onEnd.push(() => reader.stop());
  return { events, gaps, entryIds, reader };
}

const ids = (events: MarketEvent[]): number[] =>
  events.map((event) => (event.kind === 'trade' ? Number(event.trade.venueTradeId) : -1));
const numbers = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

describe('market stream', () => {
  test('carries all events of one turn in one entry, in order, digits whole', async () => {
    const out = publisher();
    const { events, entryIds } = read('0');
    const sent = [...numbers(300).map(trade), quote('99.90')];
    for (const event of sent) out.publish(event);
    await out.flush();
    await vi.waitFor(() => expect(events).toEqual(sent), 5_000);
    expect(entryIds).toHaveLength(1);
    expect(out.counts).toEqual({ events: 301, entries: 1, dropped: 0, fenced: 0, failedWrites: 0 });
  });

  test('splits a large burst into bounded entries', async () => {
    const out = publisher();
    const { events, entryIds } = read('0', 'dashboard');
    for (const id of numbers(1_234)) out.publish(trade(id));
    await out.flush();
    await vi.waitFor(() => expect(ids(events)).toEqual(numbers(1_234)), 5_000);
    expect(entryIds).toHaveLength(3);
  });

  test('starts at the end with $, and goes on after a given entry', async () => {
    const out = publisher();
    for (const id of [1, 2, 3]) {
      out.publish(trade(id));
      await out.flush();
    }
    const all = read('0');
    await vi.waitFor(() => expect(ids(all.events)).toEqual([1, 2, 3]), 5_000);
    const later = read(all.entryIds[1] ?? '');
    await vi.waitFor(() => expect(ids(later.events)).toEqual([3]), 5_000);
    const live = read('$');
    await vi.waitFor(async () => {
      out.publish(trade(4));
      await out.flush();
      expect(live.events.length).toBeGreaterThan(0);
    }, 5_000);
    expect(new Set(ids(live.events))).toEqual(new Set([4]));
  });

  test('keeps the latest quote of each instrument', async () => {
    const out = publisher();
    for (const bid of ['1', '2', '3']) out.publish(quote(bid));
    await out.flush();
    expect((await latestQuotes(dashboardBus())).get(BTC)?.bid).toBe('3');
  });

  test('loses nothing and doubles nothing when Redis is killed in between', async () => {
    const out = publisher();
    const { events, gaps } = read('0');
    out.publish(trade(0));
    await vi.waitFor(() => expect(events).toHaveLength(1), 5_000);
    await server.kill();
    for (const id of [1, 2, 3]) out.publish(trade(id));
    await vi.waitFor(() => expect(out.counts.failedWrites).toBeGreaterThan(0), 5_000);
    await server.start();
    await vi.waitFor(() => expect(ids(events)).toEqual([0, 1, 2, 3]), 10_000);
    expect(gaps).toEqual([]);
    expect(out.counts.dropped).toBe(0);
  });

  test('drops the oldest beyond its limit, counts them, and readers see the gap', async () => {
    const out = publisher({ bufferEventsMax: 100 });
    const { events, gaps } = read('0');
    out.publish(trade(0));
    await vi.waitFor(() => expect(events).toHaveLength(1), 5_000);
    for (const id of numbers(120)) out.publish(trade(1_000 + id));
    await vi.waitFor(() => expect(ids(events).at(-1)).toBe(1_119), 5_000);
    expect(out.counts.dropped + out.counts.events).toBe(121);
    expect(out.counts.dropped).toBeGreaterThanOrEqual(20);
    expect(gaps.length).toBeGreaterThan(0);
  });

  test('tells its source to pause before anything is dropped, and to go on afterwards', async () => {
    const pressure: boolean[] = [];
    const out = createMarketPublisher(feed, 'bybit', {
      log,
      runId: 'run',
      bufferEventsMax: 100,
      onPressure: (high) => pressure.push(high),
    });
    onEnd.push(() => out.close());
    for (const id of numbers(60)) out.publish(trade(id));
    expect(pressure).toEqual([true]);
    await out.flush();
    expect(pressure).toEqual([true, false]);
    expect(out.counts).toMatchObject({ events: 60, dropped: 0 });
  });

  test('drops an entry that was written twice and reports entries that were trimmed', async () => {
    const entry = (number: string, id: number): Promise<unknown> =>
      admin.run('XADD', (redis) =>
        redis.xadd('md:bybit', '*', 'n', number, 'e', `T\t${BTC}\t${id}\t1\t1\tbuy\t1\t1\tbybit`),
      );
    await entry('run:1', 1);
    await entry('run:1', 1);
    await entry('run:4', 4);
    await entry('next:1', 5);
    await entry('last:3', 6);
    const { events, gaps } = read('0');
    await vi.waitFor(() => expect(ids(events)).toEqual([1, 4, 5, 6]), 5_000);
    // The two that the last run began with were trimmed too.
    expect(gaps).toMatchObject([{ entries: 2 }, { entries: 2 }]);
  });

  test('ends loudly when the callback throws', async () => {
    const out = publisher();
    out.publish(trade(1));
    await out.flush();
    const failure = Promise.withResolvers<Error>();
    const reader = readMarket(server.url('strategy-worker'), {
      venues: ['bybit'],
      from: '0',
      onBatch: () => Promise.reject(new Error('strategy failed')),
      onFail: failure.resolve,
      log,
      name: 'worker',
    });
    onEnd.push(() => reader.stop());
    expect((await failure.promise).message).toBe('strategy failed');
  });
});

describe('state', () => {
  test('gives back what was put, and null for what never was', async () => {
    await putState(admin, 'portfolio', { equity: '1.5', rows: [1] });
    expect(await readState(admin, 'portfolio')).toEqual({ equity: '1.5', rows: [1] });
    expect(await readState(admin, 'nothing')).toBeNull();
  });

  test('refuses what JSON cannot carry', async () => {
    await expect(putState(admin, 'x', { amount: 1n })).rejects.toMatchObject({
      code: 'STATE_NOT_JSON',
    });
    await expect(putState(admin, 'x', undefined)).rejects.toMatchObject({ code: 'STATE_NOT_JSON' });
    await admin.run('SET', (redis) => redis.set('state:x', '{'));
    await expect(readState(admin, 'x')).rejects.toMatchObject({ code: 'STATE_MALFORMED' });
  });

  test('lists the heartbeat of every service that has sent one', async () => {
    const beat = {
      service: 'market-data',
      at: 5,
      startedAt: 1,
      pid: 9,
      version: '0.1.0',
      loopDelayP99Ms: 1.5,
      counts: { ticks: 3 },
    };
    await putHeartbeat(feed, beat);
    const dashboard = openBus(server.url('dashboard'), 'dashboard', log);
    onEnd.push(() => dashboard.close());
    expect(await readHeartbeats(dashboard)).toEqual([beat]);
    const failing = { code: 'X', cannot: 'store anything', advice: 'Look.', since: 4 };
    await putHeartbeat(feed, { ...beat, failing });
    expect(await readHeartbeats(dashboard)).toEqual([{ ...beat, failing }]);
    await putState(feed, 'heartbeat:market-data', { ...beat, failing: { since: 4 } });
    await expect(readHeartbeats(dashboard)).rejects.toMatchObject({ code: 'STATE_MALFORMED' });
    await putHeartbeat(feed, beat);
    await expect(putHeartbeat(dashboard, beat)).rejects.toMatchObject({ code: 'BUS_REFUSED' });
  });
});

function dashboardBus(): Bus {
  const bus = openBus(server.url('dashboard'), 'dashboard', log);
  onEnd.push(() => bus.close());
  return bus;
}

test('who takes over reads all that a busy feed has published lately', async () => {
  const stream = 'md:bybit';
  await admin.run('XADD', async (redis) => {
    const pipeline = redis.pipeline();
    for (let id = 1; id <= 12_000; id += 1) {
      const packed = packMarketEvents([trade(id)]);
      pipeline.xadd(stream, `${1_000 + id}-0`, 'n', `run:${id}`, 'e', packed);
    }
    await pipeline.exec();
  });
  const ids = async (since: number): Promise<string[]> => {
    const { events } = await recentMarket(feed, 'bybit', since);
    return events.flatMap((event) => (event.kind === 'trade' ? [event.trade.venueTradeId] : []));
  };
  const all = await ids(0);
  expect([all.length, all[0], all.at(-1)]).toEqual([12_000, '1', '12000']);
  expect(await ids(12_998)).toEqual(['11998', '11999', '12000']);
  const goneBefore = async (since: number): Promise<number | null> =>
    (await recentMarket(feed, 'bybit', since)).goneBefore;
  expect(await goneBefore(1_002), 'the stream reaches back').toBeNull();
  expect(await goneBefore(1_000), 'it begins later').toBe(1_001);
  await admin.run('DEL', (redis) => redis.del(stream));
  expect(await goneBefore(1_002), 'nothing is left').toBe(Number.POSITIVE_INFINITY);
});
