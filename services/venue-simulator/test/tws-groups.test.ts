import { EventName } from '@stoqey/ib';
import { expect, test, vi } from 'vitest';
import { AAPL, connect, limit, openTws, statusesOf, stop } from './tws.fixture.ts';

const LINKED = { ocaGroup: 'exits', ocaType: 1 };

test('the first of a group to trade ends the rest, before anything else can trade', async () => {
  const tws = await openTws();
  const client = await connect(tws.port);
  client.api.placeOrder(1, AAPL, stop('SELL', 5, 199.5, LINKED));
  client.api.placeOrder(2, AAPL, limit('SELL', 5, 200.5, LINKED));
  client.api.placeOrder(3, AAPL, limit('SELL', 5, 201, { ocaGroup: 'others', ocaType: 1 }));
  await vi.waitFor(() => expect(tws.venue.account.open.size).toBe(3));
  tws.move(20_050);
  tws.move(19_900);
  await vi.waitFor(() => {
    expect(statusesOf(client, 2).at(-1)).toBe('Filled 5');
    expect(statusesOf(client, 1).at(-1)).toBe('Cancelled 0');
  });
  expect(tws.venue.executions).toHaveLength(1);
  expect(client.named(EventName.error).map((args) => args.slice(1, 3))).toEqual([[202, 1]]);
  expect(tws.venue.account.open.size).toBe(1);
});

test('a part of a fill ends the rest of the group too', async () => {
  const tws = await openTws();
  const client = await connect(tws.port);
  client.api.placeOrder(1, AAPL, stop('SELL', 300, 199.5, LINKED));
  client.api.placeOrder(2, AAPL, limit('SELL', 300, 200.01, LINKED));
  await vi.waitFor(() => expect(tws.venue.account.open.size).toBe(2));
  tws.move(20_001);
  await vi.waitFor(() => {
    expect(statusesOf(client, 2).at(-1)).toBe('Submitted 100');
    expect(statusesOf(client, 1).at(-1)).toBe('Cancelled 0');
  });
});

test('groups of type 3 shrink by what one of them fills', async () => {
  const tws = await openTws();
  const client = await connect(tws.port);
  const shrinking = { ocaGroup: 'exits', ocaType: 3 };
  client.api.placeOrder(1, AAPL, stop('SELL', 300, 199.5, shrinking));
  client.api.placeOrder(2, AAPL, limit('SELL', 300, 200.01, shrinking));
  await vi.waitFor(() => expect(tws.venue.account.open.size).toBe(2));
  tws.move(20_001);
  await vi.waitFor(() =>
    expect(client.named(EventName.orderStatus).findLast(([id]) => id === 1)?.[3]).toBe(200),
  );
});

test('nothing of a bracket goes out before its last order; exits wait for the entry', async () => {
  const tws = await openTws();
  const client = await connect(tws.port);
  client.api.placeOrder(1, AAPL, limit('BUY', 5, 199.9, { transmit: false }));
  client.api.placeOrder(2, AAPL, limit('SELL', 5, 201, { parentId: 1, transmit: false }));
  client.api.reqOpenOrders();
  await vi.waitFor(() => expect(client.named(EventName.openOrderEnd)).toHaveLength(1));
  expect(client.named(EventName.openOrder)).toEqual([]);
  client.api.placeOrder(3, AAPL, stop('SELL', 5, 199, { parentId: 1 }));
  await vi.waitFor(() => expect(statusesOf(client, 3)).toEqual(['PreSubmitted 0']));
  expect(statusesOf(client, 1).at(-1)).toBe('Submitted 0');
  expect(
    client
      .named(EventName.orderStatus)
      .findLast(([id]) => id === 3)
      ?.slice(6, 10),
  ).toEqual([1, 0, 7, 'child']);
  expect(tws.venue.account.open.size).toBe(1);
  tws.move(19_990);
  await vi.waitFor(() => expect(tws.venue.account.open.size).toBe(2));
  await vi.waitFor(() => expect(statusesOf(client, 2).at(-1)).toBe('Submitted 0'));
  tws.move(20_100);
  await vi.waitFor(() => {
    expect(statusesOf(client, 2).at(-1)).toBe('Filled 5');
    expect(statusesOf(client, 3).at(-1)).toBe('Cancelled 0');
  });
  expect(tws.failures).toEqual([]);
});

test('exits end with an entry that is cancelled', async () => {
  const tws = await openTws();
  const client = await connect(tws.port);
  client.api.placeOrder(1, AAPL, limit('BUY', 5, 199.9, { transmit: false }));
  client.api.placeOrder(2, AAPL, stop('SELL', 5, 199, { parentId: 1 }));
  client.api.cancelOrder(1, {});
  await vi.waitFor(() => {
    expect(statusesOf(client, 1).at(-1)).toBe('Cancelled 0');
    expect(statusesOf(client, 2).at(-1)).toBe('Cancelled 0');
  });
});
