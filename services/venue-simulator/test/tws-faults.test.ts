import { EventName } from '@stoqey/ib';
import { expect, test, vi } from 'vitest';
import {
  AAPL,
  type Client,
  connect,
  errorsOf,
  executionsOf,
  limit,
  openTws,
  statusesOf,
  stop,
} from './tws.fixture.ts';

/** All that was on its way has arrived once this is answered. */
async function settled({ api, named }: Client): Promise<void> {
  const before = named(EventName.currentTime).length;
  api.reqCurrentTime();
  await vi.waitFor(() => expect(named(EventName.currentTime)).toHaveLength(before + 1));
}

test('carried out and never answered: the order works, the connection too', async () => {
  const tws = await openTws();
  const client = await connect(tws.port);
  tws.faults.requests.push({ answer: 'never' });
  client.api.placeOrder(1, AAPL, limit('BUY', 1, 199.5));
  await vi.waitFor(() => expect(tws.venue.account.open.size).toBe(1));
  await settled(client);
  expect(client.named(EventName.openOrder)).toEqual([]);
  tws.move(19_950);
  await vi.waitFor(() => expect(statusesOf(client, 1)).toEqual(['Filled 1']));
});

test('carried out, and the connection breaks instead of an answer', async () => {
  const tws = await openTws();
  const client = await connect(tws.port);
  tws.faults.requests.push({ answer: 'broken' });
  client.api.placeOrder(1, AAPL, limit('BUY', 1, 201));
  await vi.waitFor(() => expect(client.named(EventName.disconnected)).not.toHaveLength(0));
  expect(tws.venue.executions).toHaveLength(1);
  expect(client.named(EventName.openOrder)).toEqual([]);
  expect(executionsOf(client)).toEqual([]);
});

test.each(['never', 'broken'] as const)('not carried out, answer %s', async (answer) => {
  const tws = await openTws();
  const client = await connect(tws.port);
  tws.faults.requests.push({ carriedOut: false, answer });
  client.api.placeOrder(1, AAPL, limit('BUY', 1, 190, { orderRef: 'lost' }));
  if (answer === 'never') await settled(client);
  else await vi.waitFor(() => expect(client.named(EventName.disconnected)).not.toHaveLength(0));
  expect(tws.requests[0]).toMatchObject({ path: 'PLACE_ORDER', orderLinkId: 'lost' });
  expect(tws.venue.account.open.size).toBe(0);
  expect(client.named(EventName.openOrder)).toEqual([]);
});

test.each([{ answerAfterMs: 40 }, { pushFirst: true }])(
  'the fill comes before the acknowledgement: %j',
  async (fate) => {
    const tws = await openTws();
    const client = await connect(tws.port);
    tws.faults.requests.push(fate);
    client.api.placeOrder(1, AAPL, limit('BUY', 1, 201));
    await vi.waitFor(() => expect(statusesOf(client, 1)).toContain('Submitted 0'));
    const names = client.heard.map(({ name }) => name);
    expect(names.indexOf(EventName.execDetails)).toBeLessThan(names.indexOf(EventName.openOrder));
    expect(statusesOf(client, 1)[0]).toBe('Filled 1');
  },
);

test('taken, and rejected later', async () => {
  const tws = await openTws();
  const client = await connect(tws.port);
  tws.faults.requests.push({ rejectedLater: true });
  client.api.placeOrder(1, AAPL, limit('BUY', 1, 201));
  await vi.waitFor(() => expect(statusesOf(client, 1)).toEqual(['PreSubmitted 0', 'Inactive 0']));
  expect(errorsOf(client)).toEqual(['1 201']);
  expect(tws.venue.executions).toEqual([]);
});

test.each([limit('BUY', 5, 199.5), limit('SELL', 5, 200.5), stop('SELL', 5, 199.5)])(
  'a cancel that comes as the order fills: %j',
  async (order) => {
    const tws = await openTws();
    const client = await connect(tws.port);
    client.api.placeOrder(1, AAPL, order);
    tws.faults.requests.push({}, { fillsFirst: true });
    client.api.cancelOrder(1, {});
    await vi.waitFor(() => expect(statusesOf(client, 1).at(-1)).toBe('Filled 5'));
    expect(errorsOf(client)).toEqual(['1 10148']);
    expect(tws.venue.account.open.size).toBe(0);
  },
);

test.each([
  ['rateLimit', 100],
  ['serverError', 322],
  ['clockSkew', 322],
] as const)('refused by %s', async (refusal, code) => {
  const tws = await openTws();
  const client = await connect(tws.port);
  tws.faults.requests.push({ refusal, carriedOut: false });
  client.api.placeOrder(1, AAPL, limit('BUY', 1, 201));
  await vi.waitFor(() => expect(errorsOf(client)).toEqual([`1 ${code}`]));
  expect(tws.venue.executions).toEqual([]);
});

test('a session that has ended is cut off', async () => {
  const tws = await openTws();
  const client = await connect(tws.port);
  tws.faults.requests.push({ refusal: 'tokenExpired', carriedOut: false });
  client.api.placeOrder(1, AAPL, limit('BUY', 1, 201));
  await vi.waitFor(() => expect(client.named(EventName.disconnected)).not.toHaveLength(0));
  expect(tws.venue.executions).toEqual([]);
});

test('a fill is dropped, doubled, or late', async () => {
  const tws = await openTws();
  const client = await connect(tws.port);
  tws.faults.pushes.push({ copies: 0 }, {}, { copies: 2 }, {}, { delayMs: 30 });
  for (const id of [1, 2, 3]) {
    client.api.placeOrder(id, AAPL, limit('BUY', id, 201));
    await vi.waitFor(() => expect(statusesOf(client, id).at(-1)).toBe(`Filled ${id}`));
  }
  await vi.waitFor(() => expect(client.named(EventName.commissionReport)).toHaveLength(2));
  expect(executionsOf(client).map(({ shares }) => shares)).toEqual([2, 2, 3]);
});

test('two fills in the wrong order', async () => {
  const tws = await openTws();
  const client = await connect(tws.port);
  tws.faults.pushes.push({ afterNext: true });
  client.api.placeOrder(1, AAPL, limit('BUY', 600, 200.01));
  await vi.waitFor(() => expect(executionsOf(client)).toHaveLength(2));
  expect(executionsOf(client).map(({ cumQty }) => cumQty)).toEqual([600, 500]);
});

test('the connection breaks after one message of several', async () => {
  const tws = await openTws();
  const client = await connect(tws.port);
  tws.faults.pushes.push({ thenBreak: true });
  client.api.placeOrder(1, AAPL, limit('BUY', 1, 201));
  await vi.waitFor(() => expect(client.named(EventName.disconnected)).not.toHaveLength(0));
  expect(executionsOf(client)).toHaveLength(1);
  expect(statusesOf(client, 1)).not.toContain('Filled 1');
  expect(client.named(EventName.commissionReport)).toEqual([]);
});

test.each([
  ['price', 200.01, 5, 5],
  ['bust', 200, 0, 0],
] as const)(
  'a correction (%s) is the same execution, one revision later',
  async (corrected, price, shares, held) => {
    const tws = await openTws();
    const client = await connect(tws.port);
    tws.faults.pushes.push({ corrected });
    client.api.placeOrder(1, AAPL, limit('BUY', 5, 201, { orderRef: 'a' }));
    await vi.waitFor(() => expect(client.named(EventName.commissionReport)).toHaveLength(2));
    const [first, second] = executionsOf(client);
    expect(first?.execId).toMatch(/\.01$/);
    expect(second).toMatchObject({
      execId: first?.execId?.replace(/01$/, '02'),
      price,
      shares,
      cumQty: shares,
      orderRef: 'a',
    });
    client.api.reqPositions();
    client.api.reqExecutions(9, {});
    await vi.waitFor(() => expect(client.named(EventName.execDetailsEnd)).toHaveLength(1));
    expect(client.named(EventName.position)[0]?.[2]).toBe(held);
    expect(client.named(EventName.execDetails).filter(([id]) => id === 9)).toHaveLength(2);
  },
);

test('the commission comes later than the rest', async () => {
  const tws = await openTws({ commissionAfterMs: 600_000 });
  const client = await connect(tws.port);
  client.api.placeOrder(1, AAPL, limit('BUY', 1, 201));
  await vi.waitFor(() => expect(statusesOf(client, 1)).toContain('Filled 1'));
  await settled(client);
  expect(client.named(EventName.commissionReport)).toEqual([]);
  client.api.reqExecutions(9, {});
  await vi.waitFor(() => expect(client.named(EventName.commissionReport)).toHaveLength(1));
});

test('silent: pings are answered, data is not; half open: nothing is', async () => {
  const tws = await openTws();
  const client = await connect(tws.port);
  tws.faults.socketState = 'silent';
  client.api.placeOrder(1, AAPL, limit('BUY', 1, 201));
  await settled(client);
  expect(tws.venue.executions).toHaveLength(1);
  expect(client.named(EventName.openOrder)).toEqual([]);
  tws.faults.socketState = 'halfOpen';
  client.api.reqCurrentTime();
  client.api.placeOrder(2, AAPL, limit('BUY', 1, 201));
  await vi.waitFor(() => expect(tws.counts).toContain('halfOpen'));
  await vi.waitFor(() => expect(tws.counts.filter((code) => code === 'halfOpen')).toHaveLength(2));
  expect(tws.venue.executions).toHaveLength(1);
  expect(client.named(EventName.currentTime)).toHaveLength(1);
  expect(client.named(EventName.disconnected)).toEqual([]);
});
