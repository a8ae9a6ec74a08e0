import {
  type Bar,
  instrumentId,
  type MarketEvent,
  packMarketEvents,
  unpackMarketEvents,
} from '@ballast/domain';
import { createLogger } from '@ballast/observability';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { type Bus, openBus } from './connection.ts';
import { latestQuotes } from './latest-quotes.ts';
import { callLease } from './lease-functions.ts';
import { createMarketPublisher } from './market-publisher.ts';
import { startTestRedis, type TestRedis } from './redis.fixture.ts';

const log = createLogger('bus-test', 'silent');
const BTC = instrumentId('bybit', 'linear', 'BTCUSDT');
const LEASE = 'market-data';
let server: TestRedis;
let feed: Bus;
let admin: Bus;
const onEnd: (() => Promise<void>)[] = [];

beforeAll(async () => {
  server = await startTestRedis();
  feed = openBus(server.url('market-data'), 'market-data', log);
  admin = openBus(server.url('admin'), 'admin', log);
});

beforeEach(async () => {
  // The connection may still be coming back from a test that ended the server.
  await vi.waitFor(() => admin.run('FLUSHALL', (redis) => redis.flushall()), 5_000);
});

afterEach(async () => {
  for (const end of onEnd.splice(0).toReversed()) await end();
});

afterAll(async () => {
  await Promise.all([feed.close(), admin.close()]);
  await server.stop();
});

function quote(id: number, instrument = BTC): MarketEvent {
  const sizes = { bidQuantity: '1', askQuantity: '2', ask: '101', last: '100' };
  const rest = { instrument, source: 'bybit', bid: `${id}.10`, eventTime: 1 } as const;
  return { kind: 'quote', quote: { ...rest, ...sizes, receivedTime: 2 } };
}

/** What the holder of a lease does before it writes. */
const confirmed = (number: number): Promise<unknown> =>
  admin.run('SET', (redis) => redis.set(`lease:${LEASE}:fence`, number));

async function publisher(number: number, isHeld?: () => boolean) {
  await confirmed(number);
  return unconfirmed(number, isHeld);
}

function unconfirmed(number: number, isHeld: () => boolean = () => true) {
  const told: number[] = [];
  const out = createMarketPublisher(feed, 'bybit', {
    log,
    runId: `run-${number}`,
    fence: { lease: LEASE, number, isHeld, onFenced: () => told.push(number) },
  });
  onEnd.push(() => out.close());
  const send = async (...events: MarketEvent[]): Promise<void> => {
    for (const event of events) out.publish(event);
    await out.flush();
  };
  return { out, told, send };
}

async function entries(): Promise<[number: string, packed: string][]> {
  const found = await admin.run('XRANGE', (redis) => redis.xrange('md:bybit', '-', '+'));
  return found.map(([, fields]) => [fields[1] ?? '', fields[3] ?? '']);
}

function bar(openTime: number, instrument = BTC): Bar {
  return {
    ...{ instrument, openTime, timeframe: '1m', tradeCount: 4, missing: 0 },
    ...{ open: '0.0123456', high: '0.0123999', low: '0.0123001', close: '0.0123457' },
    ...{ volume: '1234567890', state: 'closed', source: 'bybit', builtFrom: 'trades' },
  };
}

/** What the stream of bars has. */
async function barEntries(): Promise<[number: string, packed: string][]> {
  const found = await admin.run('XRANGE', (redis) => redis.xrange('md:bybit:bars', '-', '+'));
  return found.map(([, fields]) => [fields[1] ?? '', fields[3] ?? '']);
}

const bidOf = async (): Promise<string | undefined> => (await latestQuotes(admin)).get(BTC)?.bid;

test('under a fence the same entries and quotes are stored, however many', async () => {
  const { out, send } = await publisher(7);
  const names = Array.from({ length: 1_300 }, (_, index) => `N${index}`);
  const events = names.map((name, index) => quote(index, instrumentId('bybit', 'linear', name)));
  await send(...events);
  expect(await entries()).toEqual([
    ['run-7:1', packMarketEvents(events.slice(0, 500))],
    ['run-7:2', packMarketEvents(events.slice(500, 1_000))],
    ['run-7:3', packMarketEvents(events.slice(1_000))],
  ]);
  const quotes = await latestQuotes(admin);
  expect(quotes.size).toBe(1_300);
  expect(quotes.get(instrumentId('bybit', 'linear', 'N1234'))?.bid).toBe('1234.10');
  expect(out.counts).toMatchObject({ events: 1_300, entries: 3, dropped: 0, fenced: 0 });
});

describe.each(['under a fence', 'by anybody'])('%s', (by) => {
  function publisherOf() {
    const own = { lease: LEASE, number: 1, isHeld: () => true, onFenced() {} };
    const fence = by === 'by anybody' ? {} : { fence: own };
    const out = createMarketPublisher(feed, 'bybit', { log, runId: 'new', ...fence });
    onEnd.push(() => out.close());
    return out;
  }

  test('bars are kept for half an hour', async () => {
    await confirmed(1);
    const out = publisherOf();
    // Redis trims whole blocks of a hundred.
    const before = (minutes: number) => Date.now() - minutes * 60_000;
    await admin.run('XADD', async (redis) => {
      const pipeline = redis.pipeline();
      for (const [minutes, number] of [[31, 'old'] as const, [20, 'kept'] as const]) {
        for (let at = before(minutes), last = at + 100; at < last; at += 1) {
          pipeline.xadd('md:bybit:bars', at, 'n', number, 'e', 'bars');
        }
      }
      await pipeline.exec();
    });
    out.publish({ kind: 'bar', bar: bar(60_000) });
    await out.flush();
    const numbers = (await barEntries()).map(([number]) => number);
    expect(numbers).toEqual([...Array.from({ length: 100 }, () => 'kept'), 'new:1']);
  });

  test('bars of a long time without Redis leave in pieces that it takes', async () => {
    await confirmed(1);
    const out = publisherOf();
    const coin = instrumentId('bybit', 'linear', '1000000THOUSANDUSDT');
    const bars = Array.from({ length: 20_000 }, (_, at): MarketEvent => {
      return { kind: 'bar', bar: bar(1_790_000_000_000 + at * 60_000, coin) };
    });
    for (const event of [quote(1), ...bars, quote(2)]) out.publish(event);
    // One that is refused is sent again without an end: no flush comes back from that.
    await vi.waitFor(() => expect(out.counts.events).toBe(20_002), 5_000);
    const told = (await barEntries()).flatMap(([, packed]) => unpackMarketEvents(packed));
    expect(told).toEqual(bars);
    const numbers = (await barEntries()).map(([number]) => number);
    expect(new Set(numbers).size, 'each is known again').toBe(numbers.length);
    const all = (await entries()).flatMap(([, packed]) => unpackMarketEvents(packed));
    expect(all).toHaveLength(20_002);
  });
});

test('trades go without quotes, and old entries are trimmed', async () => {
  await confirmed(1);
  const out = createMarketPublisher(feed, 'bybit', {
    log,
    runId: 'run',
    streamEntriesMax: 10,
    fence: { lease: LEASE, number: 1, isHeld: () => true, onFenced() {} },
  });
  onEnd.push(() => out.close());
  for (let id = 0; id < 300; id += 1) {
    out.publish({
      kind: 'trade',
      trade: {
        ...{ instrument: BTC, source: 'bybit', venueTradeId: String(id), price: '1' },
        ...{ quantity: '1', takerSide: 'buy', eventTime: id, receivedTime: id },
      },
    });
    await out.flush();
  }
  expect(out.counts.entries).toBe(300);
  expect((await entries()).length).toBeLessThan(150);
});

test('once a higher fence was seen an older one writes nothing, says so and counts', async () => {
  const old = await publisher(5);
  await old.send(quote(1));
  const next = await publisher(6);
  await next.send(quote(2));
  await old.send(quote(3), quote(4));
  await old.send(quote(5));
  await next.send(quote(6));
  expect((await entries()).map(([number]) => number)).toEqual(['run-5:1', 'run-6:1', 'run-6:2']);
  expect(await bidOf()).toBe('6.10');
  expect(old.told).toEqual([5]);
  expect(old.out.counts).toMatchObject({ events: 1, fenced: 3, dropped: 0, failedWrites: 0 });
  expect(next.told).toEqual([]);
});

test('a fence that was confirmed keeps older ones out before its own first entry', async () => {
  const keys = [`lease:${LEASE}`, `lease:${LEASE}:fence`];
  expect(await callLease(feed, 'acquire', keys, ['next', 60_000])).toBe(0);
  expect(await callLease(feed, 'confirm', keys, ['next', 10, 60_000])).toBe(1);
  const old = unconfirmed(9);
  await old.send(quote(1));
  expect([await entries(), old.told]).toEqual([[], [9]]);
  // Told apart as numbers: as text 9 is higher than 10.
  await unconfirmed(10).send(quote(2));
  expect(await bidOf()).toBe('2.10');
});

test('nothing leaves when the lease is over by our own clock', async () => {
  let isHeld = true;
  const old = await publisher(5, () => isHeld);
  await old.send(quote(1));
  isHeld = false;
  await old.send(quote(2));
  expect((await entries()).map(([number]) => number)).toEqual(['run-5:1']);
  expect([old.told, old.out.counts.fenced]).toEqual([[5], 1]);
});

test('what waits while Redis is away is left to the next holder, all of it counted', async () => {
  let isHeld = true;
  const pressure: boolean[] = [];
  const told: boolean[] = [];
  const out = createMarketPublisher(feed, 'bybit', {
    log,
    runId: 'run',
    bufferEventsMax: 100,
    onPressure: (high) => pressure.push(high),
    fence: { lease: LEASE, number: 1, isHeld: () => isHeld, onFenced: () => told.push(true) },
  });
  onEnd.push(() => out.close());
  await server.kill();
  try {
    out.publish(quote(0));
    await vi.waitFor(() => expect(out.counts.failedWrites).toBeGreaterThan(0));
    for (let id = 1; id <= 60; id += 1) out.publish(quote(id));
    expect(pressure).toEqual([true]);
    isHeld = false;
    await out.flush();
    expect(pressure).toEqual([true, false]);
    expect(out.counts).toMatchObject({ events: 0, fenced: 61, dropped: 0 });
    expect(told).toEqual([true]);
  } finally {
    await server.wipe();
    await server.start();
  }
});

test('a Redis that lost everything gets the functions again, and nothing is lost or doubled', async () => {
  const { out, send } = await publisher(3);
  await send(quote(1));
  await server.kill();
  out.publish(quote(2));
  await vi.waitFor(() => expect(out.counts.failedWrites).toBeGreaterThan(0));
  await server.wipe();
  await server.start();
  const key = `lease:${LEASE}:fence`;
  await vi.waitFor(async () => {
    expect(await admin.run('GET', (redis) => redis.get(key))).toBeNull();
  }, 5_000);
  const before = out.counts.failedWrites;
  // Nothing is taken before the holder has proven that its fence is still the newest.
  await vi.waitFor(() => expect(out.counts.failedWrites).toBeGreaterThan(before + 3));
  expect(await entries()).toEqual([]);
  await confirmed(3);
  await out.flush();
  expect((await entries()).map(([number]) => number)).toEqual(['run-3:2']);
});
