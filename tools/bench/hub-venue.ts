import { once } from 'node:events';
import { type WebSocket, WebSocketServer } from 'ws';
import { createPace, stampedId } from './pace.ts';

/**
 * Child process of the hub bench: a ByBit public socket that sends trade frames, either at a rate
 * or as fast as the client takes them. Driven over IPC: `{ rate, trades }`: trades a second, 0 =
 * stop, null = as fast as it goes; and how many a frame has.
 */
type Order = { rate: number | null; trades: number };

const FRAMES_PER_TURN = 200;
/** At full speed frames are ready-made: what the source costs is no part of either side. */
const FRAMES = 2_000;

const server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false });
await once(server, 'listening');
let client: WebSocket | undefined;
let sequence = 0;
let timer: NodeJS.Timeout | undefined;
let run = 0;

server.on('connection', (socket) => {
  client = socket;
  socket.on('message', (data: Buffer) => {
    const request: unknown = JSON.parse(data.toString());
    if (typeof request === 'object' && request !== null) answer(socket, request);
  });
});

function answer(socket: WebSocket, request: { op?: unknown; req_id?: unknown }): void {
  const { op, req_id } = request;
  socket.send(JSON.stringify({ success: true, ret_msg: op === 'ping' ? 'pong' : '', op, req_id }));
}

function frame(trades: number): string {
  const data: string[] = [];
  for (let index = 0; index < trades; index += 1) {
    sequence += 1;
    const price = `${60_000 + (sequence % 997)}.${sequence % 10}0`;
    data.push(
      `{"T":${Date.now()},"s":"BTCUSDT","S":"Buy","v":"0.0${1 + (sequence % 9)}0","p":"${price}",` +
        `"L":"PlusTick","i":"${stampedId(sequence)}","BT":false,"seq":${sequence}}`,
    );
  }
  const head = `"topic":"publicTrade.BTCUSDT","type":"snapshot","ts":${Date.now()}`;
  return `{${head},"data":[${data.join(',')}]}`;
}

/** The next turn begins when the socket has taken this one: nothing spins while it is full. */
function flood(own: number, frames: readonly Buffer[]): void {
  if (own !== run || client === undefined) return;
  for (let sent = 1; sent <= FRAMES_PER_TURN; sent += 1) {
    sequence += 1;
    const done = sent < FRAMES_PER_TURN ? undefined : () => flood(own, frames);
    client.send(frames[sequence % FRAMES] ?? '', { binary: false }, done);
  }
}

process.on('message', ({ rate, trades }: Order) => {
  clearInterval(timer);
  run += 1;
  if (rate === null) {
    flood(
      run,
      Array.from({ length: FRAMES }, () => Buffer.from(frame(trades))),
    );
  } else if (rate > 0) {
    const due = createPace(rate / trades);
    timer = setInterval(() => {
      for (let count = due(); count > 0; count -= 1) client?.send(frame(trades));
    }, 1);
  }
});
process.on('disconnect', () => process.exit(0));

const address = server.address();
if (address === null || typeof address === 'string') throw new Error('no port was given');
process.send?.({ url: `ws://127.0.0.1:${address.port}` });
