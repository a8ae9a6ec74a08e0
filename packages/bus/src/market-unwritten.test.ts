import { type Bar, type InstrumentId, instrumentId, type MarketEvent } from '@ballast/domain';
import { createLogger } from '@ballast/observability';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { type Bus, openBus } from './connection.ts';
import { createMarketPublisher, type Unwritten } from './market-publisher.ts';
import { recentMarket } from './market-reader.ts';
import { startTestRedis, type TestRedis } from './redis.fixture.ts';

const log = createLogger('bus-test', 'silent');
const [BTC, ETH] = ['BTCUSDT', 'ETHUSDT'].map((name) => instrumentId('bybit', 'linear', name));
let server: TestRedis;
let feed: Bus;

beforeAll(async () => {
  server = await startTestRedis();
  feed = openBus(server.url('market-data'), 'market-data', log);
});

beforeEach(async () => {
  const admin = openBus(server.url('admin'), 'admin', log);
  await admin.run('FLUSHALL', (redis) => redis.flushall());
  await admin.close();
});

afterAll(async () => {
  await feed.close();
  await server.stop();
});

const of = (instrument: InstrumentId | undefined): InstrumentId => {
  if (instrument === undefined) throw new Error('no instrument');
  return instrument;
};

function trade(id: number): MarketEvent {
  return {
    kind: 'trade',
    trade: {
      ...{ instrument: of(BTC), source: 'bybit', venueTradeId: String(id), price: '1' },
      ...{ quantity: '1', takerSide: 'buy', eventTime: id, receivedTime: id },
    },
  };
}

function quote(bid: number, instrument = BTC): MarketEvent {
  const sizes = { bidQuantity: '1', askQuantity: '2', ask: '101', last: '100' };
  const rest = { instrument: of(instrument), source: 'bybit', bid: String(bid) } as const;
  return { kind: 'quote', quote: { ...rest, ...sizes, eventTime: 1, receivedTime: 2 } };
}

const bar: Bar = {
  ...{ instrument: of(BTC), timeframe: '1m', openTime: 60_000, open: '1', high: '1', low: '1' },
  ...{ close: '1', volume: '1', tradeCount: 1, state: 'closed', source: 'bybit' },
  ...{ builtFrom: 'trades', missing: 0 },
};

function nameOf(event: MarketEvent): string {
  if (event.kind === 'bar') return 'bar';
  return event.kind === 'trade' ? event.trade.venueTradeId : `quote ${event.quote.bid}`;
}

function publisher(isHeld: () => boolean = () => true) {
  const told: [name: string, why: Unwritten][] = [];
  const out = createMarketPublisher(feed, 'bybit', {
    ...{ log, runId: 'run', bufferEventsMax: 100 },
    onUnwritten: (events, why) => events.forEach((one) => told.push([nameOf(one), why])),
    fence: { lease: 'market-data', number: 1, isHeld, onFenced() {} },
  });
  return { out, told };
}

async function withoutRedis(then: () => Promise<void>): Promise<void> {
  await server.kill();
  try {
    await then();
  } finally {
    await server.start();
  }
}

test('where there is no room, bars and newest quotes stay and each trade that goes is told', async () => {
  const admin = openBus(server.url('admin'), 'admin', log);
  await admin.run('SET', (redis) => redis.set('lease:market-data:fence', '1'));
  await admin.close();
  const { out, told } = publisher();
  const oldest = [trade(1), quote(10), { kind: 'bar', bar } as const, quote(20, ETH), quote(11)];
  for (const event of [...oldest, trade(2), trade(3), trade(4), trade(5), trade(6)]) {
    out.publish(event);
  }
  for (let id = 7; id < 100; id += 1) out.publish(trade(id));
  const lost = ['1', 'quote 10', '2', '3', '4', '5', '6'];
  expect(told).toEqual(lost.map((name) => [name, 'surplus']));
  await out.flush();
  const { events } = await recentMarket(feed, 'bybit', 0);
  expect(events.slice(0, 4).map(nameOf)).toEqual(['bar', 'quote 20', 'quote 11', '7']);
  expect(events.length + told.length).toBe(103);
  expect(out.counts.dropped).toBe(told.length);
  await out.close();
});

test('what a fenced publisher leaves is given back, and what comes after it', async () => {
  let isHeld = true;
  const { out, told } = publisher(() => isHeld);
  await withoutRedis(async () => {
    for (const id of [1, 2]) out.publish(trade(id));
    await vi.waitFor(() => expect(out.counts.failedWrites).toBeGreaterThan(0));
    out.publish(trade(3));
    isHeld = false;
    await out.flush();
    out.publish(trade(4));
  });
  expect(told).toEqual(['1', '2', '3', '4'].map((name) => [name, 'ended']));
  await out.close();
});

test('what could not leave before the end is given back', async () => {
  const { out, told } = publisher();
  await withoutRedis(async () => {
    for (const id of [1, 2]) out.publish(trade(id));
    await vi.waitFor(() => expect(out.counts.failedWrites).toBeGreaterThan(0));
    await out.close();
    out.publish(trade(3));
    await out.flush();
  });
  expect(new Set(told.map(([name, why]) => `${name} ${why}`))).toEqual(
    new Set(['1 ended', '2 ended', '3 ended']),
  );
  expect(told).toHaveLength(3);
});
