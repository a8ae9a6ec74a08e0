import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { BrokerError } from '../broker-error.ts';
import type { Broker } from '../broker.ts';
import { connectTo } from './connected.fixture.ts';
import { activitiesAfter } from './listings.ts';
import type { Asking } from './questions.ts';
import { activityRow, ENTRY, orderRow, REFERENCE } from './sample-messages.fixture.ts';
import {
  type Answer,
  answerBy,
  NOT_FOUND,
  routeOf,
  type ScriptedVenue,
  startVenue,
} from './venue.fixture.ts';

const BY_CLIENT_ID = 'GET /v2/orders:by_client_order_id';

let venue: ScriptedVenue;
let broker: Broker;
let asking: Asking;
let bad: string[];

beforeEach(async () => {
  venue = await startVenue();
  bad = [];
  ({ broker, asking } = connectTo(venue, (code, detail) => void bad.push(`${code} ${detail}`)));
});

afterEach(async () => {
  await venue.close();
});

const asks = (): string[] => venue.asked.map(routeOf);
const answers = (routes: Parameters<typeof answerBy>[1]): void => answerBy(venue, routes);

describe('findOrder', () => {
  test('is null only when the venue itself says so', async () => {
    expect(await broker.findOrder(REFERENCE)).toBeNull();
    answers({ [BY_CLIENT_ID]: { status: 404, text: 'no such page' } });
    await expect(broker.findOrder(REFERENCE)).rejects.toMatchObject({ kind: 'unknownOutcome' });
  });

  test('tells the order, ended or not; an answer about another order is none', async () => {
    answers({ [BY_CLIENT_ID]: { json: orderRow({ status: 'replaced', replaced_by: 'v2' }) } });
    expect(await broker.findOrder(REFERENCE)).toMatchObject({ status: 'cancelled' });
    answers({ [BY_CLIENT_ID]: { json: orderRow({ client_order_id: 'other' }) } });
    await expect(broker.findOrder(REFERENCE)).rejects.toMatchObject({ code: 'ANSWER_MALFORMED' });
  });

  test('a state that nobody knows is told as such', async () => {
    answers({ [BY_CLIENT_ID]: { json: orderRow({ status: 'dancing' }) } });
    const expected = { status: 'unrecognised', reason: 'dancing' };
    expect(await broker.findOrder(REFERENCE)).toMatchObject(expected);
  });
});

describe('openOrders', () => {
  const rows = (first: number, count: number): object[] =>
    Array.from({ length: count }, (_, index) => {
      const submitted_at = new Date(1_790_000_000_000 + first + index).toISOString();
      return orderRow({ id: `v${first + index}`, submitted_at });
    });

  test('reads all pages, and each order once', async () => {
    const pages = [rows(0, 500), rows(499, 500), rows(998, 3)];
    answers({ 'GET /v2/orders': () => ({ json: pages.shift() }) });
    const listed = await broker.openOrders();
    expect(new Set(listed.map(({ venueOrderId }) => venueOrderId)).size).toBe(1001);
    expect(listed).toHaveLength(1001);
    const after = venue.asked.map(({ url }) => url.searchParams.get('after'));
    expect(after).toEqual(
      [0, 1_790_000_000_498, 1_790_000_000_997].map((at) => new Date(at).toISOString()),
    );
    expect(venue.asked[0]?.url.searchParams.get('status')).toBe('open');
  });

  test('a listing that does not end is an error', async () => {
    answers({ 'GET /v2/orders': { json: rows(0, 500) } });
    await expect(broker.openOrders()).rejects.toMatchObject({ code: 'LISTING_ENDLESS' });
    expect(asks()).toHaveLength(2);
  });

  test('an order that cannot be read does not hide the others, and is told', async () => {
    const foreign = orderRow({ id: 'v2', symbol: 'MSFT', client_order_id: 'by-hand', qty: null });
    answers({ 'GET /v2/orders': { json: [foreign, orderRow()] } });
    expect(await broker.openOrders()).toMatchObject([{ clientOrderId: ENTRY }]);
    expect(bad).toEqual(['ANSWER_MALFORMED open orders, MSFT by-hand v2: "qty" is not text']);
  });
});

describe('executions', () => {
  const ACTIVITIES = 'GET /v2/account/activities/FILL';

  test('of an order are those of its id, whatever else the account traded', async () => {
    const other = activityRow({ id: '1::exec-2', order_id: 'venue-2', symbol: 'MSFT' });
    answers({
      [BY_CLIENT_ID]: { json: orderRow() },
      [ACTIVITIES]: { json: [activityRow(), other] },
    });
    const fills = await broker.executionsOf(REFERENCE);
    expect(fills).toMatchObject([{ executionId: 'exec-1', revision: 0, clientOrderId: ENTRY }]);
    expect(bad).toEqual([]);
    const after = venue.asked[1]?.url.searchParams.get('after');
    expect(after).toBe('2026-01-02T15:30:00.122Z');
  });

  test('of an order that the venue does not have there are none', async () => {
    expect(await broker.executionsOf(REFERENCE)).toEqual([]);
  });

  test('since a time: each page continues after the last id of the one before', async () => {
    const page = (first: number, count: number): Answer => ({
      json: Array.from({ length: count }, (_, at) => activityRow({ id: `1::x${first + at}` })),
    });
    const pages = [page(0, 100), page(100, 100), page(200, 1)];
    answers({
      [ACTIVITIES]: () => pages.shift() ?? NOT_FOUND,
      'GET /v2/orders/venue-1': { json: orderRow() },
    });
    const fills = await broker.executionsSince(1_790_000_000_000);
    expect(new Set(fills.map(({ executionId }) => executionId)).size).toBe(201);
    const asked = venue.asked.filter((one) => routeOf(one) === ACTIVITIES);
    const tokens = asked.map(({ url }) => url.searchParams.get('page_token'));
    expect(tokens).toEqual([null, '1::x99', '1::x199']);
    // One order, one question about whose it is.
    expect(asks().filter((ask) => ask === 'GET /v2/orders/venue-1')).toHaveLength(1);
  });

  test('of months with an old trade open are read to the end, past the rate budget too', async () => {
    const ids = Array.from({ length: 6_050 }, (_, at) => `1::x${at}`);
    const all = ids.map((id) => activityRow({ id }));
    answers({
      [ACTIVITIES]: ({ url }) => {
        const token = url.searchParams.get('page_token');
        const from = token === null ? 0 : ids.indexOf(token) + 1;
        return { json: all.slice(from, from + 100) };
      },
    });
    const { rest } = asking;
    let turns = 0;
    const late: typeof rest = {
      ...rest,
      async paced(urgency, call) {
        turns += 1;
        if (turns === 3) throw new BrokerError('notSent', 'RATE_BUDGET', 'not now');
        return rest.paced(urgency, call);
      },
    };
    expect(await activitiesAfter(late, 0)).toEqual(all);
    expect(asks()).toHaveLength(61);
    answers({ [ACTIVITIES]: { json: all.slice(0, 100) } });
    await expect(activitiesAfter(rest, 0)).rejects.toMatchObject({ code: 'LISTING_ENDLESS' });
  });

  test('whose many orders are unknown: one listing tells', async () => {
    const ids = ['a', 'b', 'c', 'd', 'e'];
    const orders = ids.map((id) => orderRow({ id, client_order_id: `mine-${id}` }));
    answers({
      [ACTIVITIES]: { json: ids.map((id) => activityRow({ id: `1::x${id}`, order_id: id })) },
      'GET /v2/orders': { json: orders },
    });
    const fills = await broker.executionsSince(1_790_000_000_000);
    expect(fills.map(({ clientOrderId }) => clientOrderId)).toEqual(ids.map((id) => `mine-${id}`));
    expect(asks()).toEqual([ACTIVITIES, 'GET /v2/orders']);
    expect(venue.asked[1]?.url.searchParams.get('status')).toBe('all');
  });

  test('an execution that cannot be read, or is of no order, hides no other and is told', async () => {
    const strange = activityRow({ id: '1::exec-2', price: 'much' });
    const orphan = activityRow({ id: '1::exec-3', order_id: 'gone' });
    answers({
      [ACTIVITIES]: { json: [strange, orphan, activityRow()] },
      'GET /v2/orders/venue-1': { json: orderRow() },
    });
    expect(await broker.executionsSince(0)).toMatchObject([{ executionId: 'exec-1' }]);
    expect(bad).toEqual([
      expect.stringMatching(/^ANSWER_MALFORMED executions, AAPL 1::exec-2: /),
      'ANSWER_MALFORMED executions, AAPL 1::exec-3: the venue does not tell its order',
    ]);
  });

  test('a question about whose they are that fails is no answer', async () => {
    answers({ [ACTIVITIES]: { json: [activityRow()] }, 'GET /v2/orders/venue-1': 'break' });
    await expect(broker.executionsSince(0)).rejects.toMatchObject({ kind: 'unknownOutcome' });
  });

  test('figures that the venue has corrected are the next revision', async () => {
    let row = activityRow();
    answers({ [BY_CLIENT_ID]: { json: orderRow() }, [ACTIVITIES]: () => ({ json: [row] }) });
    await broker.executionsOf(REFERENCE);
    row = activityRow({ price: '187.20' });
    expect(await broker.executionsOf(REFERENCE)).toMatchObject([
      { executionId: 'exec-1', revision: 1, price: 187_200_000_000_000_000_000n },
    ]);
    row = activityRow({ price: '187.20', qty: '0' });
    expect(await broker.executionsOf(REFERENCE)).toMatchObject([
      { executionId: 'exec-1', revision: 2, quantity: 0n },
    ]);
  });
});

test('a position that cannot be read is never flat: the listing is refused, and told', async () => {
  const held = { symbol: 'AAPL', asset_class: 'us_equity', side: 'short', qty: '-5' };
  answers({ 'GET /v2/positions': { json: [held, { ...held, symbol: 'MSFT', side: 'both' }] } });
  const refused = { kind: 'unknownOutcome', code: 'ANSWER_MALFORMED' };
  await expect(broker.positions()).rejects.toMatchObject(refused);
  expect(bad).toEqual([expect.stringContaining('positions, MSFT: ')]);
  answers({ 'GET /v2/positions': { json: [held] } });
  expect(await broker.positions()).toMatchObject([{ quantity: -5n * 10n ** 18n }]);
  answers({ 'GET /v2/positions': { json: { positions: [] } } });
  await expect(broker.positions()).rejects.toMatchObject(refused);
});

test('the balance is read from the account', async () => {
  const account = { currency: 'USD', equity: '1000', non_marginable_buying_power: '400' };
  answers({ 'GET /v2/account': { json: account } });
  expect(await broker.balance()).toMatchObject({ equity: { amount: 1000n * 10n ** 18n } });
});
