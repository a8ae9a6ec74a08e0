import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import type { Fill, OrderReport } from '@ballast/domain';
import { expect, onTestFinished } from 'vitest';
import type { Broker, BrokerStreamHandlers } from '../broker.ts';
import { ibkrBroker, type IbkrOptions } from './adapter.ts';

export const CODE = 'DU7654321';

type Field = string | number;
type Answer = (fields: readonly string[]) => readonly (readonly Field[])[];

export type ScriptedTws = {
  readonly port: number;
  readonly requests: string[][];
  /** By the number of the request; what is not here is not answered. */
  readonly answers: Map<string, Answer>;
  version: number;
  /** Instead of the login's messages. */
  greeting: readonly (readonly Field[])[];
  readonly sockets: Set<Socket>;
  connections: number;
  send(...fields: Field[]): void;
  raw(bytes: Buffer): void;
};

export function frame(fields: readonly Field[]): Buffer {
  const body = Buffer.from(fields.map((field) => `${field}\0`).join(''));
  const length = Buffer.alloc(4);
  length.writeUInt32BE(body.length);
  return Buffer.concat([length, body]);
}

/** The venue's socket, by hand: it answers as it is told to. */
export async function scriptedTws(): Promise<ScriptedTws> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => serve(tws, socket));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const tws: ScriptedTws = {
    port: address.port,
    requests: [],
    answers: new Map<string, Answer>([
      ['16', () => [[53, 1]]],
      ['49', () => [[49, 1, 1_790_000_000]]],
      ['7', (fields) => [[55, 1, fields[2] ?? '']]],
      ['99', () => [[102]]],
      ['61', () => [[62, 1]]],
      ['62', (fields) => [[64, 1, fields[2] ?? '']]],
    ]),
    version: 193,
    greeting: [
      [15, 1, CODE],
      [9, 1, 11],
      [4, 2, -1, 2104, 'farm OK', ''],
    ],
    sockets,
    connections: 0,
    send: (...fields) => tws.raw(frame(fields)),
    raw(bytes) {
      for (const socket of sockets) socket.write(bytes);
    },
  };
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy();
    server.close();
    await once(server, 'close');
  });
  return tws;
}

function serve(tws: ScriptedTws, socket: Socket): void {
  tws.connections += 1;
  socket.setNoDelay(true);
  tws.sockets.add(socket);
  socket.on('close', () => tws.sockets.delete(socket));
  socket.on('error', () => undefined);
  let pending = Buffer.alloc(0);
  let greeted = false;
  socket.on('data', (data) => {
    pending = Buffer.concat([pending, data]);
    if (!greeted && pending.length < 8) return;
    if (!greeted) pending = pending.subarray(4);
    while (pending.length >= 4 && pending.length >= 4 + pending.readUInt32BE()) {
      const size = pending.readUInt32BE();
      const body = pending.subarray(4, 4 + size).toString();
      pending = pending.subarray(4 + size);
      if (!greeted) {
        greeted = true;
        socket.write(frame([tws.version, '20261120 14:00:00 UTC']));
        continue;
      }
      const fields = body.split('\0').slice(0, -1);
      tws.requests.push(fields);
      const told =
        fields[0] === '71' ? tws.greeting : (tws.answers.get(fields[0] ?? '')?.(fields) ?? []);
      for (const message of told) socket.write(frame(message));
    }
  });
}

export type Watched = {
  readonly broker: Broker;
  readonly handlers: BrokerStreamHandlers;
  readonly stream: { close(): void };
  /** What the stream told, in short. */
  readonly news: string[];
  readonly reports: OrderReport[];
  readonly fills: Fill[];
  readonly bad: string[];
  readonly reserved: Map<string, number>;
};

/** The adapter with its stream open, and all that it told. */
export function watch(port: number, given: Partial<IbkrOptions> = {}): Watched {
  const reserved = new Map<string, number>();
  const watched: Omit<Watched, 'broker' | 'handlers' | 'stream'> = {
    news: [],
    reports: [],
    fills: [],
    bad: [],
    reserved,
  };
  const broker = ibkrBroker({
    account: 'paper',
    host: '127.0.0.1',
    port,
    clientId: 7,
    accountCode: null,
    shorting: true,
    timeZone: 'UTC',
    orderIds: {
      async reserve(id, atLeast) {
        const known = reserved.get(id);
        if (known !== undefined) return known;
        const next = Math.max(atLeast, ...[...reserved.values()].map((used) => used + 1));
        reserved.set(id, next);
        return next;
      },
    },
    now: () => 1_790_000_001_000,
    onBadRow: (code, detail) => void watched.bad.push(`${code} ${detail}`),
    ...given,
    timing: { retryFirstMs: 10, retryLastMs: 20, ...given.timing },
  });
  const handlers: BrokerStreamHandlers = {
    onLive: () => void watched.news.push('live'),
    onDown: (reason) => void watched.news.push(`down ${reason}`),
    onReport: (report) => void watched.reports.push(report),
    onFill: (fill) => void watched.fills.push(fill),
    onBadMessage: (code, detail) => void watched.bad.push(`${code} ${detail}`),
  };
  const stream = broker.openStream(handlers);
  onTestFinished(() => stream.close());
  return { broker, handlers, stream, ...watched };
}

/** A venue and an adapter that has logged in. */
export async function live(given: Parameters<typeof watch>[1] = {}): Promise<{
  tws: ScriptedTws;
  watched: Watched;
}> {
  const tws = await scriptedTws();
  const watched = watch(tws.port, given);
  await expect.poll(() => watched.news).toEqual(['live']);
  return { tws, watched };
}
