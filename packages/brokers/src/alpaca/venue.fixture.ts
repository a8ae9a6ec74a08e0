import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type WebSocket, WebSocketServer } from 'ws';

export type Asked = { readonly method: string; readonly url: URL; readonly body: string };
export type Answer = { readonly status?: number; readonly json?: unknown; readonly text?: string };

/** A venue that answers what it is told to, on real sockets. */
export type ScriptedVenue = {
  readonly restUrl: string;
  readonly streamUrl: string;
  /** Everything that was asked over HTTP, oldest first. */
  readonly asked: Asked[];
  readonly sockets: WebSocketServer;
  /** 'break' resets the connection instead of an answer. */
  answer: (asked: Asked) => Answer | 'break';
  onSocket: (socket: WebSocket) => void;
  push(frame: object | string): void;
  close(): Promise<void>;
};

export async function startVenue(): Promise<ScriptedVenue> {
  const http = createServer((request, response) => void serve(venue, request, response));
  const sockets = new WebSocketServer({ server: http, path: '/stream', perMessageDeflate: false });
  sockets.on('connection', (socket) => venue.onSocket(socket));
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  const address = http.address();
  if (address === null || typeof address === 'string') throw new Error('no port was given');
  const venue: ScriptedVenue = {
    restUrl: `http://127.0.0.1:${address.port}`,
    streamUrl: `ws://127.0.0.1:${address.port}/stream`,
    asked: [],
    sockets,
    answer: () => NOT_FOUND,
    onSocket: logIn,
    push(frame) {
      for (const socket of sockets.clients) send(socket, frame);
    },
    async close() {
      for (const socket of sockets.clients) socket.terminate();
      http.closeAllConnections();
      http.close();
      await once(http, 'close');
    },
  };
  return venue;
}

async function serve(
  venue: ScriptedVenue,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  let body = '';
  for await (const part of request) body += String(part);
  const asked = {
    method: request.method ?? '',
    url: new URL(request.url ?? '', 'http://venue'),
    body,
  };
  venue.asked.push(asked);
  const answer = venue.answer(asked);
  if (answer === 'break') {
    request.socket.destroy();
    return;
  }
  response.statusCode = answer.status ?? 200;
  if (response.statusCode === 204) response.end();
  else response.end(answer.text ?? JSON.stringify(answer.json));
}

/** JSON in binary frames, as at the venue. */
export function send(socket: WebSocket, frame: object | string): void {
  const written = typeof frame === 'string' ? frame : JSON.stringify(frame);
  socket.send(Buffer.from(written), { binary: true });
}

/** Says yes to every login and confirms every channel. */
export function logIn(socket: WebSocket): void {
  socket.on('message', (data: Buffer) => {
    const { action, data: said } = JSON.parse(data.toString());
    if (action === 'authenticate') {
      const status = 'authorized';
      send(socket, { stream: 'authorization', data: { status, action: 'authenticate' } });
    } else {
      send(socket, { stream: 'listening', data: { streams: said.streams } });
    }
  });
}

export const NOT_FOUND = { status: 404, json: { code: 40_410_000, message: 'order not found' } };

export const routeOf = ({ method, url }: Asked): string => `${method} ${url.pathname}`;

type Answers = Readonly<Record<string, Answer | 'break' | ((asked: Asked) => Answer)>>;

/** Answers by route, for example `GET /v2/orders`; what has no answer is not found. */
export function answerBy(venue: ScriptedVenue, routes: Answers): void {
  venue.answer = (asked) => {
    const answer = routes[routeOf(asked)] ?? NOT_FOUND;
    return typeof answer === 'function' ? answer(asked) : answer;
  };
}
