import { expect, test } from 'vitest';
import { approved } from './sample-orders.fixture.ts';
import { CODE, frame, scriptedTws, watch } from './scripted-tws.fixture.ts';

const PLACE = '3';
const notSent = (code: string) => ({ kind: 'notSent', code });

test('is live after login and a first listing, not before', async () => {
  const tws = await scriptedTws();
  tws.answers.delete('16');
  const { news, broker } = watch(tws.port);
  await expect.poll(() => tws.requests.map(([id]) => id)).toEqual(['71', '16']);
  expect(tws.requests[0]).toEqual(['71', '2', '7', '']);
  expect(news).toEqual([]);
  await expect(broker.positions()).rejects.toMatchObject(notSent('NOT_CONNECTED'));
  tws.send(53, 1);
  await expect.poll(() => news).toEqual(['live']);
});

test('nothing asked while down is sent later, and each login is a new one', async () => {
  const tws = await scriptedTws();
  const { news, broker, reserved } = watch(tws.port);
  await expect.poll(() => news).toEqual(['live']);
  tws.greeting = [];
  for (const socket of tws.sockets) socket.destroy();
  await expect.poll(() => news).toContain('down CONNECTION_LOST');
  await expect(broker.submit(approved())).rejects.toMatchObject(notSent('NOT_CONNECTED'));
  expect(reserved.size).toBe(0);
  await expect.poll(() => tws.connections).toBe(2);
  tws.send(15, 1, CODE);
  tws.send(9, 1, 3);
  await expect.poll(() => news.at(-1)).toBe('live');
  await broker.openOrders();
  expect(tws.requests.filter(([id]) => id === PLACE)).toEqual([]);
});

test('a connection that falls silent is left for a new one', async () => {
  const tws = await scriptedTws();
  const { news } = watch(tws.port, { timing: { pingAfterMs: 20, silentMaxMs: 120 } });
  await expect.poll(() => news).toEqual(['live']);
  await expect.poll(() => tws.requests.filter(([id]) => id === '49').length).toBeGreaterThan(8);
  expect(news).toEqual(['live']);
  tws.answers.delete('49');
  await expect.poll(() => news.slice(0, 3)).toEqual(['live', 'down SILENT', 'live']);
});

test('a client id in use is said, and tried again slowly', async () => {
  const tws = await scriptedTws();
  tws.greeting = [[4, 2, -1, 326, 'Unable to connect as the client id is already in use', '']];
  const { news } = watch(tws.port, { timing: { retryRefusedMs: 60_000 } });
  await expect.poll(() => news).toEqual(['down CLIENT_ID_IN_USE']);
  expect(tws.connections).toBe(1);
});

test.for([
  ['another account than ours', { accountCode: 'DU1' }, 'down ACCOUNT_UNKNOWN'],
  ['several accounts and none named', {}, 'down ACCOUNT_AMBIGUOUS'],
] as const)('%s: never live', async ([, given, word]) => {
  const tws = await scriptedTws();
  tws.greeting = [
    [15, 1, `${CODE},DU2222222`],
    [9, 1, 1],
  ];
  const { news } = watch(tws.port, { ...given, timing: { retryRefusedMs: 60_000 } });
  await expect.poll(() => news.join()).toContain(word);
  expect(news).toHaveLength(1);
});

test('a version that the client does not speak is said', async () => {
  const tws = await scriptedTws();
  tws.version = 222;
  const { news } = watch(tws.port, { timing: { retryRefusedMs: 60_000 } });
  await expect.poll(() => news).toEqual(['down UNSUPPORTED_VERSION']);
});

test('a login that is never answered is given up', async () => {
  const tws = await scriptedTws();
  tws.greeting = [];
  const { news } = watch(tws.port, { timing: { liveWithinMs: 50 } });
  await expect.poll(() => news).toContain('down NO_LOGIN');
});

test('while the venue itself is cut off nothing is sent; back again, it is live anew', async () => {
  const tws = await scriptedTws();
  const { news, broker } = watch(tws.port);
  await expect.poll(() => news).toEqual(['live']);
  tws.send(4, 2, -1, 1100, 'Connectivity lost', '');
  await expect.poll(() => news).toEqual(['live', 'down IBKR_1100: Connectivity lost']);
  await expect(broker.submit(approved())).rejects.toMatchObject(notSent('VENUE_AWAY'));
  tws.send(4, 2, -1, 1102, 'Connectivity restored', '');
  await expect.poll(() => news.at(-1)).toBe('live');
  expect(tws.requests.filter(([id]) => id === PLACE)).toEqual([]);
});

test('no order leaves in the quiet window, while questions do', async () => {
  const tws = await scriptedTws();
  const { news, broker } = watch(tws.port, { quietWindow: (now) => now === 1_790_000_001_000 });
  await expect.poll(() => news).toEqual(['live']);
  await expect(broker.submit(approved())).rejects.toMatchObject(notSent('QUIET_WINDOW'));
  expect(await broker.openOrders()).toEqual([]);
  expect(tws.requests.filter(([id]) => id === PLACE)).toEqual([]);
});

test('messages that cannot be read are told and cost no other message', async () => {
  const tws = await scriptedTws();
  const { news, bad, broker } = watch(tws.port);
  await expect.poll(() => news).toEqual(['live']);
  const faulty = [
    // Bad JSON beside a rejection ends the process of a plain client.
    frame([4, 2, 11, 201, 'Order rejected', '{"broken']),
    frame([9_999, 'unknown message']),
    frame([3, 'too', 'short']),
    frame([5, 'no order']),
    frame([11, -1, 5, 'x']),
    frame([59, 1, 'e.01', 'much', 'USD', '', '', '']),
    // No end: a plain client glues it to the next.
    Buffer.concat([Buffer.from([0, 0, 0, 3]), Buffer.from('4\u00002')]),
  ];
  for (const bytes of faulty) tws.raw(bytes);
  tws.send(4, 2, -1, 1100, 'marker', '');
  await expect.poll(() => news).toEqual(['live', 'down IBKR_1100: marker']);
  expect(bad.length).toBeGreaterThanOrEqual(6);
  tws.send(4, 2, -1, 1102, 'back', '');
  await expect.poll(() => news.at(-1)).toBe('live');
  expect(await broker.openOrders()).toEqual([]);
  expect(tws.connections).toBe(1);
});

test.for([-4, 0, 0x7f_ff_ff_ff])('a frame of %i bytes ends the connection', async (size) => {
  const tws = await scriptedTws();
  const { news } = watch(tws.port);
  await expect.poll(() => news).toEqual(['live']);
  const length = Buffer.alloc(4);
  length.writeInt32BE(size);
  tws.raw(Buffer.concat([length, Buffer.from('4\0')]));
  await expect.poll(() => news[1]).toContain('down BAD_FRAME');
  await expect.poll(() => news.at(-1)).toBe('live');
});

test('close ends it for good', async () => {
  const tws = await scriptedTws();
  const { news, broker, handlers, stream } = watch(tws.port);
  await expect.poll(() => news).toEqual(['live']);
  expect(() => broker.openStream(handlers)).toThrow('open already');
  stream.close();
  await expect.poll(() => tws.sockets.size).toBe(0);
  await expect(broker.balance()).rejects.toMatchObject(notSent('NOT_CONNECTED'));
  const again = broker.openStream(handlers);
  await expect.poll(() => news).toEqual(['live', 'live']);
  expect(tws.connections).toBe(2);
  again.close();
});
