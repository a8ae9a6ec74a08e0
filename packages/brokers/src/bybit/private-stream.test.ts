import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { WebSocketServer } from 'ws';
import { openPrivateStream, type PrivateStream } from './private-stream.ts';
import { ENTRY, executionRow, orderRow } from './sample-messages.fixture.ts';

let server: WebSocketServer;
let ops: string[];
let news: string[];
let stream: PrivateStream;

beforeEach(async () => {
  [ops, news] = [[], []];
  server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  await once(server, 'listening');
  server.on('connection', (socket) => {
    ops.push('connected');
    socket.on('message', (data: Buffer) => {
      const { op, req_id } = JSON.parse(data.toString());
      ops.push(op);
      news.push(`asked ${op}`);
      socket.send(JSON.stringify({ success: true, ret_msg: '', op, req_id, conn_id: 'c' }));
    });
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port was given');
  const wsUrl = `ws://127.0.0.1:${address.port}`;
  stream = openPrivateStream(
    { key: 'k'.repeat(18), secret: 's'.repeat(36), wsUrl, account: 'paper', category: 'linear' },
    {
      onLive: () => news.push('live'),
      onDown: () => news.push('down'),
      onReport: (report) => news.push(`report ${report.venueOrderId}`),
      onFill: (fill) => news.push(`fill ${fill.executionId}`),
      onBadMessage: (code) => news.push(code),
    },
  );
  await expect.poll(() => news).toContain('live');
});

afterEach(async () => {
  stream.close();
  for (const socket of server.clients) socket.terminate();
  server.close();
  await once(server, 'close');
});

function push(topic: string, data: unknown): void {
  for (const socket of server.clients) socket.send(JSON.stringify({ id: '1', topic, data }));
}

test('is live only after authentication and subscription, each time anew', async () => {
  expect(news).toEqual(['asked auth', 'asked subscribe', 'live']);
  news.length = 0;
  for (const socket of server.clients) socket.terminate();
  await expect.poll(() => news, { timeout: 5_000 }).toContain('live');
  expect(news).toEqual(['down', 'asked auth', 'asked subscribe', 'live']);
});

test('a row that cannot be read is told, and the rows after it still arrive', async () => {
  news.length = 0;
  push('execution', [
    executionRow(),
    executionRow({ execPrice: 'x' }),
    executionRow({ execId: '2' }),
  ]);
  push('order', [orderRow({ qty: '?' }), orderRow({ orderId: 'v2' })]);
  push('order', 'no list');
  await expect.poll(() => news).toHaveLength(6);
  const bad = 'VENUE_MESSAGE_MALFORMED';
  expect(news).toEqual(['fill x-1', bad, 'fill 2', bad, 'report v2', bad]);
});

test('a venue that cannot be reached has said nothing that could not be read', async () => {
  const told: string[] = [];
  const tell = (what: string) => () => void told.push(what);
  const nowhere = openPrivateStream(
    {
      ...{ key: 'k'.repeat(18), secret: 's'.repeat(36), account: 'paper' },
      ...{ category: 'linear', wsUrl: 'ws://127.0.0.1:1' },
    },
    {
      ...{ onLive: tell('live'), onReport: tell('report'), onFill: tell('fill') },
      onDown: (reason) => told.push(reason),
      onBadMessage: (code) => told.push(code),
    },
  );
  await expect.poll(() => told.length).toBeGreaterThan(0);
  nowhere.close();
  expect(told[0]).toBe('connection failed');
});

test('close ends the stream for good', async () => {
  const ended = [...server.clients].map((socket) => once(socket, 'close'));
  stream.close();
  await Promise.all(ended);
  // Longer than the client's pause before it connects anew.
  const quiet = once(server, 'connection', { signal: AbortSignal.timeout(900) });
  await expect(quiet).rejects.toMatchObject({ name: 'AbortError' });
  expect(ops.filter((op) => op === 'connected')).toHaveLength(1);
});

describe('a stream that answers pings and tells nothing', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
  afterEach(() => void vi.useRealTimers());

  test('is given up some time after an order was accepted that it does not tell of', () => {
    news.length = 0;
    stream.expect('mute').accepted();
    vi.advanceTimersByTime(4_999);
    expect(news).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(news).toEqual(['down']);
  });

  test('an order told before its answer, refused or never answered is not waited for', async () => {
    const early = stream.expect(ENTRY);
    stream.expect('refused').refused();
    stream.expect('open');
    news.length = 0;
    push('order', [orderRow()]);
    await expect.poll(() => news).toEqual(['report venue-1']);
    early.accepted();
    vi.advanceTimersByTime(60_000);
    expect(news).toEqual(['report venue-1']);
  });
});
