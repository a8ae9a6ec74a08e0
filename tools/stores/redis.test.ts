import { openBus, putState, readState } from '@ballast/bus';
import { instrumentId, listingStateName, listingWire } from '@ballast/domain';
import { createLogger } from '@ballast/observability';
import { expect, test } from 'vitest';
import { createTestRedis } from './test-stores.ts';

test('takes the listing of a venue that has more stocks than any today', async () => {
  const redis = await createTestRedis();
  const log = createLogger('test', 'silent');
  const bus = openBus(redis.urls['market-data'], 'test', log);
  const page = openBus(redis.urls.dashboard, 'test', log);
  try {
    const instruments = Array.from({ length: 20_000 }, (_, index) => {
      const symbol = `STOCK${index}`;
      const id = instrumentId('alpaca', 'stock', symbol);
      return { id, baseCurrency: symbol, quoteCurrency: 'USD', sector: null };
    });
    const name = listingStateName('alpaca');
    await putState(bus, name, { venue: 'alpaca', at: 1, instruments });
    expect(listingWire.parse(await readState(page, name)).instruments).toEqual(instruments);
  } finally {
    await Promise.all([bus.close(), page.close()]);
    await redis.stop();
  }
});
