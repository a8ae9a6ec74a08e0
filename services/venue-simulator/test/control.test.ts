import { expect, test, vi } from 'vitest';
import { control, open, restClient } from './simulator.fixture.ts';

const market = {
  category: 'linear',
  symbol: 'BTCUSDT',
  side: 'Buy',
  orderType: 'Market',
  qty: '0.1',
} as const;

test('faults: carried out without a reply, never carried out, rejected', async () => {
  const simulator = await open();
  const rest = restClient(simulator.urls.rest);
  const order = async (orderLinkId: string) => {
    const { result } = await rest.getActiveOrders({ category: 'linear', orderLinkId });
    return result.list[0];
  };
  await control(simulator.urls.rest, { fault: 'dropNextReply' });
  await expect(rest.submitOrder({ ...market, orderLinkId: 'lost-reply' })).rejects.toBeDefined();
  expect(await order('lost-reply')).toMatchObject({ orderStatus: 'Filled' });
  await control(simulator.urls.rest, { fault: 'dropNextRequest' });
  await expect(rest.submitOrder({ ...market, orderLinkId: 'lost-request' })).rejects.toBeDefined();
  expect(await order('lost-request')).toBeUndefined();
  await control(simulator.urls.rest, { fault: 'rejectNext', code: 10_016 });
  expect((await rest.submitOrder({ ...market, orderLinkId: 'rejected' })).retCode).toBe(10_016);
  const log: unknown = await (await fetch(`${simulator.urls.rest}/control/requests`)).json();
  expect(log).toMatchObject({
    requests: [
      { path: '/v5/order/create', orderLinkId: 'lost-reply' },
      { path: '/v5/order/realtime', orderLinkId: 'lost-reply', cursor: '' },
      { path: '/v5/order/realtime', orderLinkId: 'lost-request' },
      { path: '/v5/order/create', orderLinkId: 'rejected' },
    ],
  });
});

test('without permission there is no control route', async () => {
  const { urls } = await open({ BALLAST_SIMULATOR_CONTROL: false });
  const response = await fetch(`${urls.rest}/control/state`);
  expect(response.status).toBe(404);
});

test('a reply can be delayed, and the order is at the venue meanwhile', async () => {
  const simulator = await open();
  const rest = restClient(simulator.urls.rest);
  await control(simulator.urls.rest, { fault: 'delayNextReply', ms: 300 });
  let replied = false;
  const slow = rest.submitOrder({ ...market, orderLinkId: 'slow' }).then((reply) => {
    replied = true;
    return reply;
  });
  const listed = async () =>
    (await rest.getActiveOrders({ category: 'linear', orderLinkId: 'slow' })).result.list;
  await vi.waitFor(async () => expect(await listed()).toHaveLength(1), 2_000);
  expect(replied).toBe(false);
  expect(await slow).toMatchObject({ retCode: 0 });
});

test('frozen prices stand still until they are thawed, and then go on without a gap', async () => {
  const { urls, venue } = await open();
  const btc = venue.markets.get('BTCUSDT');
  await control(urls.rest, { fault: 'freezePrices' });
  const sequence = btc?.sequence;
  await control(urls.rest, { symbol: 'BTCUSDT', price: '95000' }, '/control/price');
  expect(btc?.lastTick.priceTicks).toBe(950_000);
  const moved = btc?.sequence ?? 0;
  expect(moved).toBeGreaterThan(sequence ?? 0);
  await control(urls.rest, { fault: 'thawPrices' });
  await vi.waitFor(() => expect(btc?.sequence).toBeGreaterThan(moved), 5_000);
  expect(Math.abs((btc?.lastTick.priceTicks ?? 0) / 950_000 - 1)).toBeLessThan(0.002);
});
