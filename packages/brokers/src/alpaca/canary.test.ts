import { inspect } from 'node:util';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { BrokerError } from '../broker-error.ts';
import type { Broker } from '../broker.ts';
import { connectTo } from './connected.fixture.ts';
import { cancelOrder, submitOrder } from './placement.ts';
import type { Asking } from './questions.ts';
import { activityRow, orderRow, REFERENCE, requestOf, update } from './sample-messages.fixture.ts';
import { type Answer, type ScriptedVenue, send, startVenue } from './venue.fixture.ts';

const KEY = 'PKCANARYKEY012345678';
const SECRET = 'canarySecret0123456789abcdefghijklmnopqr';
const QUOTED = `key ${KEY} secret ${SECRET}`;

let venue: ScriptedVenue;
let broker: Broker;
let asking: Asking;
/** Everything that comes out, as text. */
let out: string[];

function tell(...values: unknown[]): void {
  for (const value of values) {
    out.push(inspect(value, { depth: 9, showHidden: true }));
    if (value instanceof Error) out.push(String(value), value.stack ?? '', value.message);
  }
}

beforeEach(async () => {
  venue = await startVenue();
  out = [];
  for (const method of ['log', 'info', 'warn', 'error', 'debug'] as const) {
    vi.spyOn(console, method).mockImplementation(tell);
  }
  ({ broker, asking } = connectTo(venue, tell, { key: KEY, secret: SECRET }));
});

afterEach(async () => {
  vi.restoreAllMocks();
  await venue.close();
});

/** Every call of the adapter once; each of them has to fail or to tell a bad row. */
async function everyCall(): Promise<BrokerError[]> {
  const settled = await Promise.allSettled([
    submitOrder(asking, requestOf()),
    cancelOrder(asking, REFERENCE),
    broker.cancel({ ...REFERENCE, venueOrderId: 'venue-1' }),
    broker.findOrder(REFERENCE),
    broker.executionsOf(REFERENCE),
    broker.executionsSince(0),
    broker.openOrders(),
    broker.positions(),
    broker.balance(),
  ]);
  const errors: BrokerError[] = [];
  for (const outcome of settled) {
    if (outcome.status === 'fulfilled') continue;
    const reason: unknown = outcome.reason;
    tell(reason);
    if (!(reason instanceof BrokerError)) throw new Error('not a BrokerError', { cause: reason });
    errors.push(reason);
  }
  return errors;
}

function expectNoSecret(): void {
  expect(out.length).toBeGreaterThan(0);
  for (const text of out) {
    expect(text).not.toContain(KEY);
    expect(text).not.toContain(SECRET);
    expect(text).not.toContain(SECRET.slice(0, 12));
  }
}

const envelope = (status: number, code: unknown): Answer => ({
  status,
  json: { code, message: QUOTED, request: { headers: { 'APCA-API-SECRET-KEY': SECRET } } },
});

test.each<[string, Answer | 'break']>([
  ['400', envelope(400, 40_010_000)],
  ['401', envelope(401, 40_110_000)],
  ['403', envelope(403, 40_310_000)],
  ['404', envelope(404, 40_410_000)],
  ['422', envelope(422, 40_010_001)],
  ['429', envelope(429, 42_910_000)],
  ['500', envelope(500, 50_010_000)],
  ['a code made of the secret', envelope(422, SECRET)],
  ['a page of a proxy', { status: 502, text: `<html>${QUOTED}</html>` }],
  ['a page that says 200', { text: QUOTED }],
  ['a redirect', { status: 307, text: QUOTED }],
  ['no answer', 'break'],
  ['an object that is no order and no list', { json: { said: QUOTED } }],
  ['a list that is no list of orders', { json: [QUOTED, { symbol: QUOTED, id: QUOTED }] }],
  ['an amount', { json: [orderRow({ qty: SECRET }), activityRow({ price: SECRET })] }],
  ['a status and a class', { json: orderRow({ status: SECRET, asset_class: SECRET }) }],
])('nothing secret gets out of %s that quotes it', async (_name, answer) => {
  venue.answer = () => answer;
  const errors = await everyCall();
  expect(errors.length).toBeGreaterThan(2);
  expectNoSecret();
});

test('nothing secret gets out when nobody listens', async () => {
  const gone = venue;
  await gone.close();
  venue = await startVenue();
  ({ broker, asking } = connectTo(gone, tell, { key: KEY, secret: SECRET }));
  const errors = await everyCall();
  expect(errors).toHaveLength(9);
  expect(new Set(errors.map(({ kind }) => kind))).toEqual(new Set(['notSent']));
  expectNoSecret();
});

test('nothing secret gets out of a stream that quotes it', async () => {
  const frames: (object | string)[] = [
    { action: 'error', data: { error_message: QUOTED } },
    QUOTED,
    { stream: SECRET, data: {} },
    update(SECRET, {}, { qty: SECRET }),
    update('fill', { execution_id: 'x', price: SECRET, qty: '1' }, { asset_class: SECRET }),
    update('new', {}, { status: SECRET }),
    { stream: 'authorization', data: { status: 'unauthorized', message: QUOTED } },
  ];
  venue.onSocket = (socket) => {
    socket.once('message', () => {
      const status = 'authorized';
      send(socket, { stream: 'authorization', data: { status, action: 'authenticate' } });
      for (const frame of frames) send(socket, frame);
    });
  };
  const downs: string[] = [];
  const stream = broker.openStream({
    onLive: () => tell('live'),
    onDown: (reason) => {
      downs.push(reason);
      tell(reason);
    },
    onReport: tell,
    onFill: tell,
    onBadMessage: tell,
  });
  await expect.poll(() => downs).toContain('login refused');
  stream.close();
  expect(out.length).toBeGreaterThan(8);
  expectNoSecret();
});
