import { type Bus, createMarketPublisher, openBus } from '@ballast/bus';
import { instrumentId, type MarketEvent } from '@ballast/domain';
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
  const asked = { since: now - 20_000, lastActiveAt: now - 1_000 };
  const empty = await recentlyPublished(bus, asked);
  expect(empty.events).toEqual([]);
  expect(empty.goneBefore.get('bybit'), 'half a second earlier').toBe(now - 1_500);

  publisher.publish(trade('a'));
  await publisher.close();
  const begun = await recentlyPublished(bus, asked);
  expect(begun.events).toHaveLength(1);
  expect(begun.goneBefore.get('bybit')).toBe(now - 1_500);

  const later = { since: Date.now() + 1_000, lastActiveAt: Date.now() + 21_000 };
  const reaching = await recentlyPublished(bus, later);
  expect(reaching.goneBefore.has('bybit'), 'the stream reaches back').toBe(false);
});
