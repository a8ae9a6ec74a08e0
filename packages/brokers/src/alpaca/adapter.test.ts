import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Broker } from '../broker.ts';
import { connectTo } from './connected.fixture.ts';
import { cancelOrder, submitOrder } from './placement.ts';
import type { Asking } from './questions.ts';
import { ENTRY, orderRow, REFERENCE, requestOf } from './sample-messages.fixture.ts';
import {
  type Answer,
  answerBy,
  NOT_FOUND,
  routeOf,
  type ScriptedVenue,
  startVenue,
} from './venue.fixture.ts';

const REPEATED = {
  status: 422,
  json: { code: 40_010_001, message: 'client_order_id must be unique' },
};
const BY_CLIENT_ID = 'GET /v2/orders:by_client_order_id';

let venue: ScriptedVenue;
let broker: Broker;
let asking: Asking;

beforeEach(async () => {
  venue = await startVenue();
  ({ broker, asking } = connectTo(venue, () => undefined));
});

afterEach(async () => {
  await venue.close();
});

const asks = (): string[] => venue.asked.map(routeOf);
const answers = (routes: Parameters<typeof answerBy>[1]): void => answerBy(venue, routes);

describe('submit', () => {
  const submit = () => submitOrder(asking, requestOf());

  test('sends the order once, in the words of the venue', async () => {
    answers({ 'POST /v2/orders': { json: orderRow() } });
    expect(await submit()).toEqual({ venueOrderId: 'venue-1' });
    expect(venue.asked.map(({ body }) => JSON.parse(body))).toEqual([
      {
        client_order_id: ENTRY,
        symbol: 'AAPL',
        qty: '10',
        side: 'buy',
        type: 'limit',
        time_in_force: 'gtc',
        limit_price: '187.5',
      },
    ]);
  });

  test('a repeated id is an order that is there already, when it is the same order', async () => {
    answers({ 'POST /v2/orders': REPEATED, [BY_CLIENT_ID]: { json: orderRow() } });
    expect(await submit()).toEqual({ venueOrderId: 'venue-1' });
    expect(asks()).toEqual(['POST /v2/orders', BY_CLIENT_ID]);
    expect(venue.asked[1]?.url.searchParams.get('client_order_id')).toBe(ENTRY);
  });

  test.each<[string, Answer]>([
    ['another order', { json: orderRow({ qty: '11' }) }],
    ['an order that is not told', NOT_FOUND],
  ])('an id that is taken by %s proves nothing', async (_name, answer) => {
    answers({ 'POST /v2/orders': REPEATED, [BY_CLIENT_ID]: answer });
    const expected = { kind: 'unknownOutcome', code: 'CLIENT_ORDER_ID_TAKEN' };
    await expect(submit()).rejects.toMatchObject(expected);
  });

  test('a repeated id whose order cannot be looked up proves nothing', async () => {
    answers({ 'POST /v2/orders': REPEATED, [BY_CLIENT_ID]: 'break' });
    await expect(submit()).rejects.toMatchObject({ kind: 'unknownOutcome' });
  });

  test.each<[string, Answer]>([
    ['rate', { status: 429, json: { code: 42_910_000, message: 'too many requests.' } }],
    ['key', { status: 401, json: { code: 40_110_000, message: 'not authorized' } }],
    ['no', { status: 403, json: { code: 40_310_000, message: 'forbidden' } }],
  ])('a repeated id is there, whatever the %s of the question about it', async (_name, answer) => {
    answers({ 'POST /v2/orders': REPEATED, [BY_CLIENT_ID]: answer });
    await expect(submit()).rejects.toMatchObject({ kind: 'unknownOutcome' });
  });

  test('a lost answer is never asked for by sending again', async () => {
    answers({ 'POST /v2/orders': 'break' });
    await expect(submit()).rejects.toMatchObject({ kind: 'unknownOutcome' });
    expect(asks()).toEqual(['POST /v2/orders']);
  });

  test('an answer about another order proves nothing', async () => {
    answers({ 'POST /v2/orders': { json: orderRow({ client_order_id: 'other' }) } });
    const expected = { kind: 'unknownOutcome', code: 'ANSWER_MALFORMED' };
    await expect(submit()).rejects.toMatchObject(expected);
  });

  test('an order that the venue has no word for is not sent', async () => {
    const order = requestOf({ reduceOnly: true });
    await expect(submitOrder(asking, order)).rejects.toMatchObject({ kind: 'rejected' });
    expect(asks()).toEqual([]);
  });
});

describe('cancel', () => {
  test('goes by the id of the venue', async () => {
    answers({ 'DELETE /v2/orders/venue-1': { status: 204 } });
    await broker.cancel({ ...REFERENCE, venueOrderId: 'venue-1' });
    expect(asks()).toEqual(['DELETE /v2/orders/venue-1']);
  });

  test('asks for the id of an order that was never confirmed', async () => {
    answers({ [BY_CLIENT_ID]: { json: orderRow() }, 'DELETE /v2/orders/venue-1': { status: 204 } });
    await broker.cancel(REFERENCE);
    expect(asks()).toEqual([BY_CLIENT_ID, 'DELETE /v2/orders/venue-1']);
  });

  test('an order that is unknown or over is not cancelled', async () => {
    await expect(broker.cancel(REFERENCE)).rejects.toMatchObject({ code: 'ORDER_NOT_FOUND' });
    const over = { code: 42_210_000, message: 'order is already in "filled" state' };
    answers({ 'DELETE /v2/orders/venue-1': { status: 422, json: over } });
    const reference = { ...REFERENCE, venueOrderId: 'venue-1' };
    const expected = { kind: 'rejected', code: 'ALPACA_42210000' };
    await expect(broker.cancel(reference)).rejects.toMatchObject(expected);
  });

  test('without an answer to the question before it, it was surely not sent', async () => {
    answers({ [BY_CLIENT_ID]: { status: 502, text: '<html>' } });
    await expect(cancelOrder(asking, REFERENCE)).rejects.toMatchObject({ kind: 'notSent' });
    expect(asks()).toEqual([BY_CLIENT_ID]);
  });
});

test('says what the venue can do', () => {
  expect(broker.capabilities).toMatchObject({ exits: 'reserved', shorting: true, postOnly: false });
});
