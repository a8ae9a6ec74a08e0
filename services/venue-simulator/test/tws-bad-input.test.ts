import { once } from 'node:events';
import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { createFrameReader, encodeFrame } from '../src/tws/frame.ts';
import { GREETING, raw, started } from './tws-raw.fixture.ts';
import { connect, errorsOf, openTws } from './tws.fixture.ts';

test('messages are cut the same however their bytes arrive', () => {
  const messages = fc.array(
    fc.array(
      fc.string().map((text) => text.replaceAll('\0', '')),
      { minLength: 1 },
    ),
  );
  fc.assert(
    fc.property(messages, fc.array(fc.integer({ min: 1, max: 9 })), (frames, cuts) => {
      const bytes = Buffer.concat([GREETING, ...frames.map(encodeFrame)]);
      const read: (readonly string[])[] = [];
      const versions: number[] = [];
      const reader = createFrameReader({
        greeting: (version) => versions.push(version),
        frame: (fields) => read.push(fields),
      });
      let from = 0;
      for (const length of [...cuts, bytes.length]) {
        expect(reader.read(bytes.subarray(from, from + length))).toBe(true);
        from += length;
      }
      expect(versions).toEqual([193]);
      expect(read).toEqual(frames.map((frame) => frame.map(String)));
    }),
  );
});

test.each([
  ['no greeting', Buffer.from('GET / HTTP/1.1\r\n\r\n')],
  [
    'no version',
    Buffer.concat([Buffer.from('API\0'), Buffer.from([0, 0, 0, 2]), Buffer.from('hi')]),
  ],
  ['a frame of no length', Buffer.concat([GREETING, Buffer.from([0, 0, 0, 0])])],
  ['a frame beyond any request', Buffer.concat([GREETING, Buffer.from([0, 255, 255, 255])])],
  ['a frame without its end', Buffer.concat([GREETING, Buffer.from([0, 0, 0, 1, 65])])],
  ['a request before the start', Buffer.concat([GREETING, encodeFrame([49, 1])])],
  [
    'a version of long ago',
    Buffer.concat([Buffer.from('API\0'), Buffer.from([0, 0, 0, 3]), Buffer.from('v76')]),
  ],
])('the connection ends: %s', async (_what, bytes) => {
  const tws = await openTws();
  const { socket } = await raw(tws.port);
  const closed = once(socket, 'close');
  socket.write(bytes);
  await closed;
  expect(tws.counts).toHaveLength(1);
  expect(tws.failures).toEqual([]);
});

test.each([
  ['an unknown message', [999, 1], ['-1', '320']],
  ['an order of three fields', [3, 5, 0], ['5', '320']],
  ['an order without an id', [3, 'x'], ['-1', '320']],
  ['a cancel without an id', [4], ['-1', '320']],
  ['executions without an id', [7, 3], ['-1', '320']],
  ['a summary of an unknown group', [62, 1, 8, 'Mine', 'x'], ['8', '321']],
])('refused in words: %s', async (_what, frame, expected) => {
  const tws = await openTws();
  const { socket, frames } = await started(tws.port);
  socket.write(encodeFrame(frame));
  await vi.waitFor(() => expect(frames.map((fields) => fields.slice(2, 4))).toEqual([expected]));
  expect(tws.failures).toEqual([]);
});

test('no input ends the process: any fields in any request', async () => {
  const tws = await openTws({ messagesPerSecond: 100_000 });
  const { socket, frames } = await started(tws.port);
  const ids = [1, 2, 3, 4, 5, 6, 7, 8, 9, 14, 15, 16, 17, 49, 58, 59, 61, 62, 63, 64, 71, 99];
  const text = fc.oneof(
    fc.constantFrom('', '0', '1', '-1', '2147483647', '1.7976931348623157e+308', 'AAPL', 'STK'),
    fc.constantFrom('BUY', 'LMT', 'USD', '1e-7', '10.5', 'All', '190'),
    fc.string({ maxLength: 5 }).map((value) => value.replaceAll('\0', '')),
  );
  const request = fc.tuple(
    fc.constantFrom(...ids),
    fc.array(text, { maxLength: 20 }),
    fc.array(text, { minLength: 117, maxLength: 117 }),
    fc.boolean(),
  );
  fc.assert(
    fc.property(request, ([id, short, long, isLong]) => {
      socket.write(encodeFrame([id, ...(isLong ? long : short)]));
    }),
    { numRuns: 500 },
  );
  socket.write(encodeFrame([49, 1]));
  await vi.waitFor(() => expect(frames.at(-1)?.[0]).toBe('49'));
  expect(tws.failures).toEqual([]);
});

test('one faulty client disturbs no other', async () => {
  const tws = await openTws();
  const client = await connect(tws.port, 2);
  const { socket } = await started(tws.port);
  const closed = once(socket, 'close');
  socket.write(Buffer.from([255, 255, 255, 255]));
  await closed;
  client.api.cancelOrder(1, {});
  await vi.waitFor(() => expect(errorsOf(client)).toEqual(['1 10147']));
});
