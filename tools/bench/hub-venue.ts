import { once } from 'node:events';
import { type WebSocket, WebSocketServer } from 'ws';
import { createPace, stampedId } from './pace.ts';

/**
 * Child process of the hub bench: a ByBit public socket that sends trade frames, either at a rate
 * or as fast as the client takes them. Driven over IPC: `{ rate }`, 0 = stop,
 * null = as fast as it goes.
 */
const TRADES_PER_FRAME_AT_FULL_SPEED = 10;
/** No more than this is left waiting in the socket: the client's pace is the sender's. */
const BUFFERED_BYTES_MAX = 262_144;
const FRAMES_PER_TURN = 50;

const server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false });
await once(server, 'listening');
let client: WebSocket | undefined;
let sequence = 0;
let timer: NodeJS.Timeout | undefined;
let atFullSpeed = false;

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

function flood(): void {
  if (!atFullSpeed || client === undefined) return;
  for (let sent = 0; sent < FRAMES_PER_TURN; sent += 1) {
    if (client.bufferedAmount > BUFFERED_BYTES_MAX) break;
    client.send(frame(TRADES_PER_FRAME_AT_FULL_SPEED));
  }
  setImmediate(flood);
}

process.on('message', (message: { rate: number | null }) => {
  clearInterval(timer);
  atFullSpeed = message.rate === null;
  if (message.rate === null) flood();
  else if (message.rate > 0) {
    const due = createPace(message.rate);
    timer = setInterval(() => {
      for (let count = due(); count > 0; count -= 1) client?.send(frame(1));
    }, 1);
  }
});
process.on('disconnect', () => process.exit(0));

const address = server.address();
if (address === null || typeof address === 'string') throw new Error('no port was given');
process.send?.({ url: `ws://127.0.0.1:${address.port}` });
