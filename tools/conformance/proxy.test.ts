import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openProxy, type Proxy } from './proxy.ts';

let venue: Server;
let proxy: Proxy;
let arrived: string[];

beforeEach(async () => {
  arrived = [];
  venue = createServer((socket) => {
    socket.on('data', (bytes: Buffer) => {
      arrived.push(bytes.toString());
      socket.write('state New');
    });
    socket.on('error', () => socket.destroy());
  });
  venue.listen(0, '127.0.0.1');
  await once(venue, 'listening');
  const address = venue.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  proxy = await openProxy(address.port);
});

afterEach(async () => {
  await proxy.close();
  venue.close();
  await once(venue, 'close');
});

async function say(text: string): Promise<{ socket: Socket; answer: string }> {
  const socket = connect(proxy.port, '127.0.0.1');
  socket.write(text);
  const [answer]: Buffer[] = await once(socket, 'data');
  return { socket, answer: String(answer) };
}

test('passes both ways, and changes a word of the venue alone', async () => {
  expect((await say('New order')).answer).toBe('state New');
  proxy.change({ from: 'New', to: 'Odd' });
  expect((await say('New order')).answer).toBe('state Odd');
  expect(arrived).toEqual(['New order', 'New order']);
});

test('out of reach it keeps no connection and takes none, then all again', async () => {
  const { socket } = await say('first');
  const ended = once(socket, 'close');
  await proxy.reachable(false);
  await ended;
  await expect(say('second')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  await proxy.reachable(true);
  await say('third');
  expect(arrived).toEqual(['first', 'third']);
});
