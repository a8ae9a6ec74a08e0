import { once } from 'node:events';
import { type WebSocket, WebSocketServer } from 'ws';
import { benchSymbols } from './bench-instrument.ts';
import { createPace } from './pace.ts';

/**
 * Child process of the push bench: a ByBit public socket with a trade or a quote of one symbol
 * after the other, at a steady rate.
 */
const symbols = benchSymbols(Number(process.argv[2]));
const due = createPace(Number(process.argv[3]));
const server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false });
await once(server, 'listening');
let client: WebSocket | undefined;
let sequence = 0;

server.on('connection', (socket) => {
  client = socket;
  socket.on('message', (data: Buffer) => {
    const request: unknown = JSON.parse(data.toString());
    if (typeof request !== 'object' || request === null) return;
    const { op, req_id } = request as { op?: unknown; req_id?: unknown };
    socket.send(JSON.stringify({ success: true, ret_msg: '', op, req_id }));
  });
});

function frame(): string {
  sequence += 1;
  const symbol = symbols[sequence % symbols.length] ?? '';
  const price = `${60_000 + (sequence % 997)}.${sequence % 10}0`;
  const at = Date.now();
  if (sequence % 2 === 0) {
    return `{"topic":"publicTrade.${symbol}","type":"snapshot","ts":${at},"data":[{"T":${at},"s":"${symbol}","S":"Buy","v":"0.010","p":"${price}","L":"PlusTick","i":"push-${sequence}","BT":false}]}`;
  }
  return `{"topic":"tickers.${symbol}","type":"snapshot","ts":${at},"cs":${sequence},"data":{"symbol":"${symbol}","lastPrice":"${price}","bid1Price":"${price}","bid1Size":"1.5","ask1Price":"${price}","ask1Size":"2.5"}}`;
}

setInterval(() => {
  for (let count = due(); count > 0; count -= 1) client?.send(frame());
}, 2);
process.on('disconnect', () => process.exit(0));
const address = server.address();
if (address === null || typeof address === 'string') throw new Error('no port was given');
process.send?.({ url: `ws://127.0.0.1:${address.port}` });
