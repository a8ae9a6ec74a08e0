import { expect, test, vi } from 'vitest';
import { control, open, restClient } from './simulator.fixture.ts';

const WAIT = { timeout: 10_000, interval: 20 };

test('prices follow another venue, orders stay with this one', async () => {
  const upstream = await open();
  const follower = await open({
    BALLAST_SIMULATOR_FOLLOW_URL: upstream.urls.publicWs,
    BALLAST_BYBIT_PUBLIC_REST_URL: upstream.urls.rest,
    BALLAST_INSTRUMENTS: 'bybit.linear:BTCUSDT',
  });
  expect(follower.info).toMatchObject({
    priceSource: 'bybit',
    instruments: ['bybit.linear:BTCUSDT'],
  });
  const market = follower.venue.markets.get('BTCUSDT');
  expect(market?.klines.count).toBeGreaterThan(200);
  await vi.waitFor(() => expect(market?.recent.length).toBeGreaterThan(0), WAIT);
  await control(upstream.urls.rest, { action: 'freezePrices' });
  await control(upstream.urls.rest, { symbol: 'BTCUSDT', price: '91234.5' }, '/control/price');
  await vi.waitFor(() => expect(market?.lastTick.priceTicks).toBe(912_345), WAIT);
  const order = {
    category: 'linear',
    symbol: 'BTCUSDT',
    side: 'Buy',
    orderType: 'Market',
  } as const;
  const ack = await restClient(follower.urls.rest).submitOrder({ ...order, qty: '0.01' });
  expect(ack.retCode).toBe(0);
  expect(follower.venue.executions).toHaveLength(1);
  expect(upstream.venue.executions).toHaveLength(0);
});

test('following needs the REST address too, and excludes a replay', async () => {
  const url = 'ws://127.0.0.1:1/v5/public/linear';
  const alone = open({ BALLAST_SIMULATOR_FOLLOW_URL: url });
  await expect(alone).rejects.toMatchObject({ variable: 'BALLAST_BYBIT_PUBLIC_REST_URL' });
  const both = open({ BALLAST_SIMULATOR_FOLLOW_URL: url, BALLAST_SIMULATOR_REPLAY: '/x.csv' });
  await expect(both).rejects.toMatchObject({ variable: 'BALLAST_SIMULATOR_REPLAY' });
});
