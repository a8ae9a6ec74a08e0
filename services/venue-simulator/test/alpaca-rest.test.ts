import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { clientsOf, KEY, openAlpaca, order, SECRET } from './alpaca.fixture.ts';

const refused = (status: number, code: number) => expect.objectContaining({ status, code });

test('an order is taken, filled, and the account, position and fill say the same', async () => {
  const alpaca = await openAlpaca();
  const { orders, positions, accounts, activities } = clientsOf(alpaca);
  const before = await accounts.getAccount();
  const placed = await orders.postOrder(order('buy', 10, undefined, { clientOrderId: 'a-1' }));
  expect(placed).toMatchObject({ clientOrderId: 'a-1', status: 'accepted', filledQty: '0' });
  const found = await orders.getOrderByClientOrderId({ clientOrderId: 'a-1' });
  expect(found).toMatchObject({ id: placed.id, status: 'filled', filledQty: '10' });
  expect(await orders.getOrderByOrderID({ orderId: String(placed.id) })).toMatchObject({
    clientOrderId: 'a-1',
    filledAvgPrice: '200',
  });
  expect(await positions.getAllOpenPositions()).toMatchObject([
    { symbol: 'AAPL', qty: '10', side: 'long', qtyAvailable: '10', costBasis: '2000' },
  ]);
  const after = await accounts.getAccount();
  expect(after.longMarketValue).toBe('2000');
  const spent = Number(before.nonMarginableBuyingPower) - Number(after.nonMarginableBuyingPower);
  expect(spent).toBe(2_000);
  const { raw } = await activities.getAccountActivitiesByActivityTypeRaw({ activityType: 'FILL' });
  const fill = { order_id: placed.id, qty: '10', price: '200', side: 'buy', type: 'fill' };
  expect(await raw.json()).toMatchObject([fill]);
});

test('replaced: a new id, both told of each other, and the old client id stays taken', async () => {
  const { orders } = clientsOf(await openAlpaca());
  const old = await orders.postOrder(order('buy', 10, '190', { clientOrderId: 'a' }));
  const patchOrderRequest = { limitPrice: '191', clientOrderId: 'b' };
  const fresh = await orders.patchOrderByOrderId({ orderId: String(old.id), patchOrderRequest });
  expect(fresh.id).not.toBe(old.id);
  expect(fresh).toMatchObject({ replaces: old.id, limitPrice: '191', qty: '10' });
  const gone = await orders.getOrderByOrderID({ orderId: String(old.id) });
  expect(gone).toMatchObject({ status: 'replaced', replacedBy: fresh.id, limitPrice: '190' });
  const open = await orders.getAllOrders({ status: 'open' });
  expect(open.map(({ id }) => id)).toEqual([fresh.id]);
  const long = 'an id that is longer than what the matcher takes'.replaceAll(' ', '_');
  await orders.postOrder(order('buy', 1, '180', { clientOrderId: long }));
  for (const clientOrderId of ['a', 'b', long]) {
    const again = orders.postOrder(order('buy', 1, '190', { clientOrderId }));
    await expect(again).rejects.toEqual(refused(422, 40_010_001));
  }
  const over = orders.deleteOrderByOrderID({ orderId: String(old.id) });
  await expect(over).rejects.toEqual(refused(422, 42_210_000));
});

test('a client id is taken for ever: after a cancel, and after a restart', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'ballast-alpaca-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  const first = await openAlpaca({}, directory);
  const { orders } = clientsOf(first);
  const { id } = await orders.postOrder(order('buy', 1, '190', { clientOrderId: 'once' }));
  const later = await orders.postOrder(order('buy', 1, '180', { clientOrderId: 'twice' }));
  await orders.deleteOrderByOrderID({ orderId: String(later.id) });
  const repeated = order('buy', 1, '190', { clientOrderId: 'twice' });
  const message = expect.stringContaining('client_order_id must be unique');
  const unique = expect.objectContaining({ status: 422, code: 40_010_001, message });
  await expect(orders.postOrder(repeated)).rejects.toEqual(unique);
  await first.frontEnd.close();
  const again = clientsOf(await openAlpaca({}, directory));
  await expect(again.orders.postOrder(repeated)).rejects.toEqual(unique);
  const listed = await again.orders.getAllOrders({ status: 'all', direction: 'asc' });
  expect(listed.map((row) => row.clientOrderId)).toEqual(['once', 'twice']);
  expect(listed[0]?.id).toBe(id);
});

test('what an open sell holds cannot be sold again; without one, an oversell is a short', async () => {
  const { orders, positions } = clientsOf(await openAlpaca());
  await orders.postOrder(order('buy', 10));
  const stop = await orders.postOrder(order('sell', 6, '210'));
  expect(await positions.getOpenPosition({ symbolOrAssetId: 'AAPL' })).toMatchObject({
    qty: '10',
    qtyAvailable: '4',
  });
  await expect(orders.postOrder(order('sell', 5))).rejects.toEqual(refused(403, 40_310_000));
  await orders.deleteOrderByOrderID({ orderId: String(stop.id) });
  await orders.postOrder(order('sell', 15));
  expect(await positions.getAllOpenPositions()).toMatchObject([{ qty: '-5', side: 'short' }]);
});

test('without shorting neither an oversell nor a sale from flat is taken', async () => {
  const { orders, assets } = clientsOf(await openAlpaca({ shorting: false }));
  await expect(orders.postOrder(order('sell', 1))).rejects.toEqual(refused(403, 40_310_000));
  await orders.postOrder(order('buy', 10));
  await expect(orders.postOrder(order('sell', 11))).rejects.toEqual(refused(403, 40_310_000));
  const asset = await assets.getV2AssetsSymbolOrAssetId({ symbolOrAssetId: 'AAPL' });
  expect(asset.shortable).toBe(false);
});

test('orders are listed by status, symbol, time and direction, in pages', async () => {
  let at = Date.parse('2026-03-02T15:00:00Z');
  const { orders } = clientsOf(await openAlpaca({ now: () => at }));
  for (const clientOrderId of ['a', 'b', 'c']) {
    at += 1_000;
    await orders.postOrder(order('buy', 1, '190', { clientOrderId }));
  }
  const middle = await orders.getOrderByClientOrderId({ clientOrderId: 'b' });
  await orders.deleteOrderByOrderID({ orderId: String(middle.id) });
  const ids = async (query: Parameters<typeof orders.getAllOrders>[0]) =>
    (await orders.getAllOrders(query)).map(({ clientOrderId }) => clientOrderId);
  expect(await ids({})).toEqual(['c', 'a']);
  expect(await ids({ status: 'closed' })).toEqual(['b']);
  expect(await ids({ status: 'all', direction: 'asc' })).toEqual(['a', 'b', 'c']);
  expect(await ids({ status: 'all', direction: 'asc', limit: 2 })).toEqual(['a', 'b']);
  const after = '2026-03-02T15:00:01Z';
  expect(await ids({ status: 'all', after })).toEqual(['c', 'b']);
  expect(await ids({ status: 'all', until: '2026-03-02T15:00:02Z' })).toEqual(['a']);
  expect(await ids({ status: 'all', symbols: 'MSFT' })).toEqual([]);
});

test('fills are listed in pages by the last id, and other activities are none', async () => {
  const { orders, activities } = clientsOf(await openAlpaca());
  for (const qty of [1, 2, 3]) await orders.postOrder(order('buy', qty));
  const query = { activityType: 'FILL', direction: 'asc', pageSize: 2 } as const;
  const { raw } = await activities.getAccountActivitiesByActivityTypeRaw(query);
  const rows = (await raw.json()) as { id: string; qty: string }[];
  expect(rows.map(({ qty }) => qty)).toEqual(['1', '2']);
  const pageToken = rows.at(-1)?.id ?? '';
  const rest = await activities.getAccountActivitiesByActivityTypeRaw({ ...query, pageToken });
  expect(await rest.raw.json()).toMatchObject([{ qty: '3', cum_qty: '3', leaves_qty: '0' }]);
  const fees = await activities.getAccountActivitiesByActivityTypeRaw({ activityType: 'FEE' });
  expect(await fees.raw.json()).toEqual([]);
  const unknown = activities.getAccountActivitiesByActivityTypeRaw({ ...query, pageToken: 'x' });
  await expect(unknown).rejects.toEqual(refused(422, 40_010_001));
});

test('all orders are cancelled, positions closed in part, whole, and all', async () => {
  const { orders, positions } = clientsOf(await openAlpaca());
  await orders.postOrder(order('buy', 10));
  await orders.postOrder(order('buy', 1, '190'));
  await orders.postOrder(order('sell', 4, '210'));
  expect(await orders.deleteAllOrders()).toMatchObject([{ status: 200 }, { status: 200 }]);
  expect(await orders.getAllOrders({ status: 'open' })).toEqual([]);
  const closing = await positions.deleteOpenPosition({ symbolOrAssetId: 'AAPL', qty: 3 });
  expect(closing).toMatchObject({ side: 'sell', qty: '3', type: 'market' });
  expect(await positions.getAllOpenPositions()).toMatchObject([{ qty: '7' }]);
  await orders.postOrder(order('sell', 7, '210'));
  const held = positions.deleteOpenPosition({ symbolOrAssetId: 'AAPL' });
  await expect(held).rejects.toEqual(refused(403, 40_310_000));
  expect(await positions.deleteAllOpenPositions({ cancelOrders: true })).toMatchObject([
    { symbol: 'AAPL', status: 200 },
  ]);
  expect(await positions.getAllOpenPositions()).toEqual([]);
  const none = positions.deleteOpenPosition({ symbolOrAssetId: 'AAPL' });
  await expect(none).rejects.toEqual(refused(404, 40_410_000));
});

test('clock, calendar and assets', async () => {
  const now = (): number => Date.parse('2026-03-02T15:00:00Z');
  const { clock, calendar, assets } = clientsOf(await openAlpaca({ now, isOpen: () => false }));
  expect(await clock.legacyClock()).toMatchObject({
    isOpen: false,
    nextOpen: new Date('2026-03-03T00:00:00Z'),
  });
  const { raw } = await calendar.legacyCalendarRaw({
    start: new Date('2026-03-01'),
    end: new Date('2026-03-02'),
  });
  expect(await raw.json()).toMatchObject([{ date: '2026-03-01' }, { date: '2026-03-02' }]);
  const listed = await assets.getV2Assets();
  expect(listed.map(({ symbol }) => symbol)).toEqual(['AAPL', 'MSFT']);
  const none = assets.getV2AssetsSymbolOrAssetId({ symbolOrAssetId: 'NONE' });
  await expect(none).rejects.toEqual(refused(404, 40_410_000));
});

test('day orders expire with the session, others live on', async () => {
  const alpaca = await openAlpaca();
  const { orders } = clientsOf(alpaca);
  await orders.postOrder(order('buy', 1, '190', { clientOrderId: 'day', timeInForce: 'day' }));
  await orders.postOrder(order('buy', 1, '190', { clientOrderId: 'gtc' }));
  alpaca.frontEnd.endDay();
  const ended = await orders.getOrderByClientOrderId({ clientOrderId: 'day' });
  expect(ended.status).toBe('expired');
  const open = await orders.getAllOrders({ status: 'open' });
  expect(open.map(({ clientOrderId }) => clientOrderId)).toEqual(['gtc']);
});

test('wrong keys, too many requests, and the venue’s own words for bad input', async () => {
  const alpaca = await openAlpaca({ requestsPerMinute: 8 });
  const wrong = clientsOf(alpaca, 'another secret').accounts.getAccount();
  await expect(wrong).rejects.toEqual(refused(401, 40_110_000));
  const ask = async (method: string, path: string, body?: string): Promise<number[]> => {
    const headers = { 'APCA-API-KEY-ID': KEY, 'APCA-API-SECRET-KEY': SECRET };
    const url = `${alpaca.urls.restUrl}${path}`;
    const init = body === undefined ? { method, headers } : { method, headers, body };
    const answer = await fetch(url, init);
    const { code } = (await answer.json()) as { code: number };
    return [answer.status, code];
  };
  expect(await ask('POST', '/v2/orders', '{')).toEqual([400, 40_010_000]);
  expect(await ask('POST', '/v2/orders', '[1]')).toEqual([422, 40_010_001]);
  const unknown = '{"symbol":"NONE","qty":"1","side":"buy","type":"market","time_in_force":"day"}';
  expect(await ask('POST', '/v2/orders', unknown)).toEqual([422, 42_210_000]);
  expect(await ask('GET', '/v2/orders?limit=0')).toEqual([422, 40_010_001]);
  expect(await ask('GET', '/v2/orders?after=yesterday')).toEqual([422, 40_010_001]);
  expect(await ask('GET', '/v2/calendar?start=1700-01-01&end=2200-01-01')).toEqual([
    422, 40_010_001,
  ]);
  expect(await ask('GET', '/v2/nothing')).toEqual([404, 40_410_000]);
  expect(await ask('GET', '/v2/orders/none')).toEqual([404, 40_410_000]);
  expect(await ask('GET', '/v2/account/activities?page_size=9999')).toEqual([422, 40_010_001]);
  expect(await ask('GET', '/v2/clock')).toEqual([429, 42_910_000]);
  expect(alpaca.failures).toEqual([]);
});
