import { once } from 'node:events';
import { type Instrument, instrumentId, parseQuantity, parseScaled } from '@ballast/domain';
import { type WebSocket, WebSocketServer } from 'ws';

export type ScriptedVenue = {
  readonly url: string;
  /** Frames that clients sent, oldest first, over all connections. */
  readonly received: { op: string; args?: string[]; req_id?: string }[];
  /** Paths that connections so far have asked for. */
  readonly paths: string[];
  /** Connections so far, also ended ones. */
  readonly connections: WebSocket[];
  /** Sends to the newest connection. */
  send(frame: unknown): void;
  sendText(text: string): void;
  stop(): Promise<void>;
};

type Script = {
  /** Answer to a request; null for silence. Default: success for everything. */
  answer?(request: { op: string; args?: string[] }): { success: boolean; ret_msg: string } | null;
  onConnection?(socket: WebSocket, index: number): void;
};

/** A socket server that says what the test tells it to. */
export async function startScriptedVenue(script: Script = {}): Promise<ScriptedVenue> {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false });
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port was given');
  const received: ScriptedVenue['received'] = [];
  const connections: WebSocket[] = [];
  const paths: string[] = [];
  server.on('connection', (socket, request) => {
    paths.push(request.url ?? '');
    connections.push(socket);
    script.onConnection?.(socket, connections.length - 1);
    socket.on('message', (data: Buffer) => {
      const request: ScriptedVenue['received'][number] = JSON.parse(data.toString());
      received.push(request);
      const answer = script.answer ? script.answer(request) : { success: true, ret_msg: '' };
      if (answer === null) return;
      const reply = { ...answer, op: request.op, req_id: request.req_id, conn_id: 'c' };
      socket.send(JSON.stringify(reply));
    });
  });

  function sendText(text: string): void {
    const newest = connections.at(-1);
    if (newest === undefined) throw new Error('nobody has connected');
    newest.send(text);
  }

  return {
    url: `ws://127.0.0.1:${address.port}`,
    received,
    paths,
    connections,
    sendText,
    send: (frame) => sendText(JSON.stringify(frame)),
    async stop() {
      for (const socket of server.clients) socket.terminate();
      server.close();
      await once(server, 'close');
    },
  };
}

export function linear(symbol: string, tickSize = '0.1'): Instrument {
  return {
    id: instrumentId('bybit', 'linear', symbol),
    baseCurrency: symbol.slice(0, 3),
    quoteCurrency: 'USDT',
    tickSize: parseScaled(tickSize),
    lotSize: parseScaled('0.001'),
    minQuantity: parseQuantity('0.001'),
    maxQuantity: parseQuantity('100'),
    minNotional: parseScaled('5'),
    multiplier: parseScaled('1'),
    sector: 'crypto',
    session: 'continuous',
  };
}

export function tradeFrame(symbol: string, ...items: Record<string, unknown>[]) {
  const data = items.map((item, index) => ({
    T: 1_700_000_000_000 + index,
    s: symbol,
    S: 'Buy',
    v: '0.010',
    p: '27451.00',
    L: 'PlusTick',
    i: `id-${index}`,
    BT: false,
    ...item,
  }));
  return { topic: `publicTrade.${symbol}`, type: 'snapshot', ts: 1_700_000_000_005, data };
}

export function tickerFrame(symbol: string, type: 'snapshot' | 'delta', fields: object) {
  return {
    topic: `tickers.${symbol}`,
    type,
    ts: 1_700_000_000_000,
    cs: 1,
    data: { symbol, ...fields },
  };
}
