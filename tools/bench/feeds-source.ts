import { once } from 'node:events';
import { type WebSocket, WebSocketServer } from 'ws';

/**
 * Child process of the feeds bench: a ByBit public socket that sends ready-made trade frames to
 * whoever is connected, as fast as they are taken.
 */
const FRAMES = 2_000;
/** No more than this is left waiting in the socket: the client's pace is the sender's. */
const BUFFERED_BYTES_MAX = 1_048_576;
const FRAMES_PER_TURN = 200;
const TRADES_PER_FRAME = Number(process.argv[2]);

const frames = Array.from({ length: FRAMES }, (_, index) => Buffer.from(frame(index)));
const server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false });
await once(server, 'listening');
let client: WebSocket | undefined;
let next = 0;

server.on('connection', (socket) => {
  client = socket;
  socket.on('close', () => {
    if (client === socket) client = undefined;
  });
  socket.on('message', (data: Buffer) => {
    const request: unknown = JSON.parse(data.toString());
    if (typeof request !== 'object' || request === null) return;
    const { op, req_id } = request as { op?: unknown; req_id?: unknown };
    socket.send(JSON.stringify({ success: true, ret_msg: '', op, req_id }));
  });
});

function flood(): void {
  for (let sent = 0; sent < FRAMES_PER_TURN && client !== undefined; sent += 1) {
    if (client.bufferedAmount > BUFFERED_BYTES_MAX) break;
    next = (next + 1) % FRAMES;
    client.send(frames[next] ?? '', { binary: false });
  }
  setImmediate(flood);
}

function frame(index: number): string {
  const data: string[] = [];
  for (let trade = 0; trade < TRADES_PER_FRAME; trade += 1) {
    const number = index * TRADES_PER_FRAME + trade;
    const price = `${60_000 + (number % 997)}.${number % 10}0`;
    const id = `2290000000-0000-4000-8000-${String(number).padStart(12, '0')}`.slice(2);
    data.push(
      `{"T":${1_790_000_000_000 + number},"s":"BTCUSDT","S":"${number % 2 === 0 ? 'Buy' : 'Sell'}",` +
        `"v":"0.0${1 + (number % 9)}0","p":"${price}","L":"PlusTick","i":"${id}","BT":false}`,
    );
  }
  const head = `"topic":"publicTrade.BTCUSDT","type":"snapshot","ts":${1_790_000_000_000 + index}`;
  return `{${head},"data":[${data.join(',')}]}`;
}

flood();
process.on('disconnect', () => process.exit(0));
const address = server.address();
if (address === null || typeof address === 'string') throw new Error('no port was given');
process.send?.({ url: `ws://127.0.0.1:${address.port}` });
