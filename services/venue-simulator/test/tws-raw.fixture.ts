import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { expect, onTestFinished, vi } from 'vitest';
import { createFrameReader, encodeFrame } from '../src/tws/frame.ts';

export const GREETING = Buffer.concat([
  Buffer.from('API\0'),
  Buffer.from([0, 0, 0, 9]),
  Buffer.from('v100..193'),
]);

export type Raw = { readonly socket: Socket; readonly frames: (readonly string[])[] };

/** A client without a library, which can send what it likes. */
export async function raw(port: number): Promise<Raw> {
  const socket = connect({ host: '127.0.0.1', port });
  onTestFinished(() => void socket.destroy());
  const frames: (readonly string[])[] = [];
  const reader = createFrameReader({ greeting: () => undefined, frame: (f) => frames.push(f) });
  reader.read(GREETING);
  socket.on('data', (chunk) => void reader.read(chunk));
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  return { socket, frames };
}

export async function started(port: number, clientId = 1): Promise<Raw> {
  const client = await raw(port);
  client.socket.write(Buffer.concat([GREETING, encodeFrame([71, 2, clientId, ''])]));
  await vi.waitFor(() => expect(client.frames).toHaveLength(5));
  client.frames.length = 0;
  return client;
}
