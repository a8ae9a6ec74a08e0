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
  await control(simulator.urls.rest, { fault: 'lostAckExecuted' });
  await expect(rest.submitOrder({ ...market, orderLinkId: 'lost-reply' })).rejects.toBeDefined();
  expect(await order('lost-reply')).toMatchObject({ orderStatus: 'Filled' });
  await control(simulator.urls.rest, { fault: 'lostAckNotExecuted' });
  await expect(rest.submitOrder({ ...market, orderLinkId: 'lost-request' })).rejects.toBeDefined();
  expect(await order('lost-request')).toBeUndefined();
  await control(simulator.urls.rest, { action: 'rejectNext', code: 10_016 });
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
  await control(simulator.urls.rest, { fault: 'lateAck', ms: 300 });
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
  await control(urls.rest, { action: 'freezePrices' });
  const sequence = btc?.sequence;
  await control(urls.rest, { symbol: 'BTCUSDT', price: '95000' }, '/control/price');
  expect(btc?.lastTick.priceTicks).toBe(950_000);
  const moved = btc?.sequence ?? 0;
  expect(moved).toBeGreaterThan(sequence ?? 0);
  await control(urls.rest, { action: 'thawPrices' });
  await vi.waitFor(() => expect(btc?.sequence).toBeGreaterThan(moved), 5_000);
  expect(Math.abs((btc?.lastTick.priceTicks ?? 0) / 950_000 - 1)).toBeLessThan(0.002);
});

test('seeded: each order meets its fault with a probability, and nothing is lost or made twice', async () => {
  const { urls, venue, failures } = await open();
  await control(urls.rest, { action: 'freezePrices' });
  await control(urls.rest, { fault: 'lostAckExecuted', rate: 0.3, variant: 'broken' });
  await control(urls.rest, { fault: 'lostAckNotExecuted', rate: 0.3, variant: 'broken' });
  const rest = restClient(urls.rest);
  const order = { ...market, qty: '0.001' } as const;
  let acknowledged = 0;
  for (let index = 0; index < 40; index += 1) {
    const reply = rest.submitOrder({ ...order, orderLinkId: `seeded-${index}` });
    acknowledged += await reply.then(
      () => 1,
      () => 0,
    );
  }
  const counts: unknown = await (await fetch(`${urls.rest}/control/faults`)).json();
  const struck = new Map(Object.entries(counts ?? {}));
  const executed = Number(struck.get('lostAckExecuted'));
  const lost = Number(struck.get('lostAckNotExecuted'));
  expect(executed).toBeGreaterThan(2);
  expect(lost).toBeGreaterThan(2);
  expect(acknowledged).toBe(40 - executed - lost);
  expect(venue.account.linkIds.size).toBe(40 - lost);
  await control(urls.rest, { clear: 'all' });
  expect((await rest.submitOrder({ ...order, orderLinkId: 'clean' })).retCode).toBe(0);
  expect(failures).toEqual([]);
});
