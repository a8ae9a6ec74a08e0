import { once } from 'node:events';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { WebSocket } from 'ws';
import { KnownOrders } from './known-orders.ts';
import { Revisions } from './revisions.ts';
import { EXECUTED, update } from './sample-messages.fixture.ts';
import { openTradingStream } from './trading-stream.ts';
import { logIn, type ScriptedVenue, send, startVenue } from './venue.fixture.ts';

let venue: ScriptedVenue;
let known: KnownOrders;
let asked: string[];
let connections: number;
let news: string[];
let streams: { close(): void }[];

beforeEach(async () => {
  venue = await startVenue();
  known = new KnownOrders();
  [asked, news, streams, connections] = [[], [], [], 0];
});

afterEach(async () => {
  for (const stream of streams) stream.close();
  await venue.close();
});

function open(timing?: Parameters<typeof openTradingStream>[2]): void {
  const secrets = { key: 'k'.repeat(20), secret: 's'.repeat(40), url: venue.streamUrl };
  const stream = openTradingStream(
    { ...secrets, account: 'paper', known, revisions: new Revisions() },
    {
      onLive: () => news.push('live'),
      onDown: (reason) => news.push(`down ${reason}`),
      onReport: ({ venueOrderId, status }) => news.push(`report ${venueOrderId} ${status}`),
      onFill: ({ executionId, revision, quantity }) =>
        news.push(`fill ${executionId} r${revision} ${quantity / 10n ** 18n}`),
      onBadMessage: (code, detail) => news.push(`${code} ${detail}`),
    },
    timing,
  );
  streams.push(stream);
}

function listen(serve: (socket: WebSocket) => void = logIn): void {
  venue.onSocket = (socket) => {
    connections += 1;
    socket.on('message', (data: Buffer) => asked.push(JSON.parse(data.toString()).action));
    serve(socket);
  };
}

async function live(): Promise<void> {
  listen();
  open();
  await expect.poll(() => news).toContain('live');
  news.length = 0;
}

test('is live only after login and the confirmed channel, each time anew', async () => {
  await live();
  expect(asked).toEqual(['authenticate', 'listen']);
  for (const socket of venue.sockets.clients) socket.terminate();
  await expect.poll(() => news, { timeout: 5_000 }).toContain('live');
  expect(news).toEqual(['down connection lost', 'live']);
  expect(asked).toEqual(['authenticate', 'listen', 'authenticate', 'listen']);
});

test('an execution comes before the state of its order', async () => {
  await live();
  venue.push(update('new'));
  venue.push(update('fill', EXECUTED, { status: 'filled', filled_qty: '10' }));
  await expect.poll(() => news).toHaveLength(3);
  expect(news).toEqual(['report venue-1 working', 'fill exec-1 r0 10', 'report venue-1 filled']);
  expect(known.get('venue-1')).toMatchObject({ instrument: 'alpaca.stock:AAPL' });
});

test('corrections are revisions of the execution, and say nothing of the order', async () => {
  await live();
  venue.push(update('fill', EXECUTED));
  const first = { ...EXECUTED, execution_id: 'exec-1.1', previous_execution_id: 'exec-1' };
  venue.push(update('trade_correct', { ...first, price: '187.20' }));
  // Whatever quantity it names: what was taken back is nothing.
  const second = { ...first, execution_id: 'exec-1.2', previous_execution_id: 'exec-1.1' };
  venue.push(update('trade_bust', second));
  // One that names no other execution is about its own.
  venue.push(update('trade_bust', { ...EXECUTED, execution_id: 'exec-2' }));
  await expect.poll(() => news).toHaveLength(5);
  expect(news).toEqual([
    'fill exec-1 r0 10',
    'report venue-1 working',
    'fill exec-1 r1 10',
    'fill exec-1 r2 0',
    'fill exec-2 r1 0',
  ]);
});

test('the end of an order is told in our words; an unknown one is not guessed', async () => {
  await live();
  venue.push(update('replaced', {}, { status: 'replaced', replaced_by: 'venue-2' }));
  venue.push(update('waltz', {}, { status: 'dancing' }));
  await expect.poll(() => news).toHaveLength(3);
  expect(news).toEqual([
    'report venue-1 cancelled',
    'VENUE_EVENT_UNRECOGNISED waltz',
    'report venue-1 unrecognised',
  ]);
});

test('what cannot be read is told, and takes nothing else along', async () => {
  await live();
  venue.push(update('fill', { ...EXECUTED, price: 'much' }, { status: 'filled' }));
  venue.push(update('fill', EXECUTED, { updated_at: 'late' }));
  venue.push({ stream: 'trade_updates' });
  venue.push('no JSON');
  venue.push('[]');
  venue.push({ action: 'error', data: { error_message: 'too slow' } });
  venue.push(update('new'));
  await expect.poll(() => news).toContain('report venue-1 working');
  const malformed = (what: string) => expect.stringContaining(`VENUE_MESSAGE_MALFORMED ${what}`);
  expect(news).toEqual([
    malformed('fill: '),
    'report venue-1 filled',
    'fill exec-1 r0 10',
    malformed('order: '),
    malformed('event: '),
    malformed('order: '),
    malformed('order: '),
    malformed('no JSON message'),
    'VENUE_MESSAGE_UNRECOGNISED undefined',
    'VENUE_STREAM_ERROR too slow',
    'report venue-1 working',
  ]);
});

test('a refused login is told and tried again', async () => {
  listen((socket) => {
    const status = connections < 3 ? 'unauthorized' : 'authorized';
    if (status === 'authorized') return logIn(socket);
    socket.on('message', () => {
      send(socket, { stream: 'authorization', data: { status, action: 'authenticate' } });
    });
  });
  open();
  await expect.poll(() => news, { timeout: 5_000 }).toContain('live');
  expect(news).toEqual(['down login refused', 'down login refused', 'live']);
});

test('a channel that is not given is no stream', async () => {
  listen((socket) => {
    socket.on('message', (data: Buffer) => {
      const login = JSON.parse(data.toString()).action === 'authenticate';
      const status = 'authorized';
      if (login) send(socket, { stream: 'authorization', data: { status } });
      else send(socket, { stream: 'listening', data: { streams: [] } });
    });
  });
  open();
  await expect.poll(() => news).toEqual(['down channel refused']);
});

const FAST = { liveWithinMs: 300, quietMs: 40, answerMs: 300 };

test('a login that is never answered is given up for a new connection', async () => {
  listen((socket) => {
    if (connections > 1) logIn(socket);
  });
  open(FAST);
  await expect.poll(() => news, { timeout: 5_000 }).toContain('live');
  expect(news).toEqual(['down no login in time', 'live']);
});

test('a quiet stream is asked to confirm, a mute one is given up', async () => {
  let mute = false;
  listen((socket) => {
    socket.on('message', (data: Buffer) => {
      if (mute) return;
      const { action } = JSON.parse(data.toString());
      const status = 'authorized';
      if (action === 'authenticate') send(socket, { stream: 'authorization', data: { status } });
      else send(socket, { stream: 'listening', data: { streams: ['trade_updates'] } });
    });
  });
  open(FAST);
  await expect.poll(() => asked.filter((action) => action === 'listen').length).toBeGreaterThan(3);
  expect(news).toEqual(['live']);
  expect(connections).toBe(1);
  mute = true;
  await expect.poll(() => news).toContain('down connected, but mute');
  mute = false;
  await expect.poll(() => news.at(-1), { timeout: 5_000 }).toBe('live');
  expect(connections).toBeGreaterThan(1);
});

test('close ends the stream for good', async () => {
  await live();
  const ended = [...venue.sockets.clients].map((socket) => once(socket, 'close'));
  for (const stream of streams) stream.close();
  await Promise.all(ended);
  // Longer than the pause before a new connection.
  const signal = AbortSignal.timeout(900);
  const quiet = once(venue.sockets, 'connection', { signal });
  await expect(quiet).rejects.toMatchObject({ name: 'AbortError' });
  expect(connections).toBe(1);
  expect(news).toEqual([]);
});
