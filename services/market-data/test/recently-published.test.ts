import { type Bus, createMarketPublisher, openBus } from '@ballast/bus';
import { type Bar, instrumentId, type MarketEvent, packMarketEvents } from '@ballast/domain';
import { createLogger } from '@ballast/observability';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestRedis, type TestRedis } from '../../../tools/stores/test-stores.ts';
import { recentlyPublished } from '../src/tenure/recently-published.ts';

const log = createLogger('market-data-test', 'silent');
let redis: TestRedis;
let bus: Bus;

beforeAll(async () => {
  redis = await createTestRedis();
  bus = openBus(redis.urls['market-data'], 'test', log);
});

afterAll(async () => {
  await bus.close();
  await redis.stop();
});

const BAR: Bar = {
  ...{ instrument: instrumentId('bybit', 'linear', 'BTCUSDT'), timeframe: '1m', openTime: 60_000 },
  ...{ open: '1', high: '2', low: '1', close: '2', volume: '3', tradeCount: 4, missing: 0 },
  ...{ state: 'closed', source: 'bybit', builtFrom: 'trades' },
};

function trade(id: string): MarketEvent {
  return {
    kind: 'trade',
    trade: {
      ...{ instrument: instrumentId('bybit', 'linear', 'BTCUSDT'), source: 'bybit' },
      ...{ venueTradeId: id, price: '1', quantity: '1', takerSide: 'buy' },
      ...{ eventTime: 1, receivedTime: 1 },
    },
  };
}

test('where a stream has lost what was published, who was the active one until when says it', async () => {
  const publisher = createMarketPublisher(bus, 'bybit', { log, runId: 'run' });
  const now = Date.now();
  const asked = { since: now - 20_000, barsSince: now - 900_000, lastActiveAt: now - 1_000 };
  const empty = await recentlyPublished(bus, asked);
  expect(empty.events).toEqual([]);
  expect(empty.goneBefore.get('bybit'), 'half a second earlier').toBe(now - 1_500);
  expect(empty.barsGoneBefore.get('bybit')).toBe(now - 1_500);

  publisher.publish(trade('a'));
  await publisher.close();
  const begun = await recentlyPublished(bus, asked);
  expect(begun.events).toHaveLength(1);
  expect(begun.goneBefore.get('bybit')).toBe(now - 1_500);

  const soon = Date.now() + 1_000;
  const later = { since: soon, barsSince: 0, lastActiveAt: soon + 20_000 };
  const reaching = await recentlyPublished(bus, later);
  expect(reaching.goneBefore.has('bybit'), 'the stream reaches back').toBe(false);
});

test('where a stream of bars has not begun, or not been written, the other says of them', async () => {
  const publisher = createMarketPublisher(bus, 'ibkr', { log, runId: 'no bars' });
  publisher.publish(trade('a'));
  await publisher.close();
  const begun = Date.now();
  const asked = { since: begun + 10, barsSince: begun - 900_000, lastActiveAt: begun + 20_000 };
  const { bars, barsGoneBefore } = await recentlyPublished(bus, asked);
  expect([bars, barsGoneBefore.get('ibkr')]).toEqual([[], begun + 10]);
  const emptied = await recentlyPublished(bus, { ...asked, since: begun - 20_000 });
  expect(emptied.barsGoneBefore.get('ibkr'), 'with its first entry').toBeLessThanOrEqual(begun);

  const packed = packMarketEvents([{ kind: 'bar', bar: BAR }]);
  await bus.run('XADD', (client) => client.xadd('md:alpaca', '*', 'n', 'old:1', 'e', packed));
  const told = await recentlyPublished(bus, { ...asked, since: begun - 20_000 });
  expect(told.bars).toEqual([BAR]);
});

test('of bars the streams tell for longer than of all the rest', async () => {
  const publisher = createMarketPublisher(bus, 'bybit', { log, runId: 'bars' });
  for (const state of ['closed', 'corrected'] as const) {
    publisher.publish({ kind: 'bar', bar: { ...BAR, state } });
    publisher.publish(trade(state));
  }
  await publisher.close();
  const soon = Date.now() + 1_000;
  const asked = { since: soon, barsSince: soon - 60_000, lastActiveAt: soon };
  const { events, bars } = await recentlyPublished(bus, asked);
  expect(events).toEqual([]);
  expect(bars.map(({ state }) => state)).toEqual(['closed', 'corrected']);
  const { barsGoneBefore } = await recentlyPublished(bus, { ...asked, barsSince: soon });
  expect(barsGoneBefore.has('bybit'), 'the stream of bars reaches back').toBe(false);
});
