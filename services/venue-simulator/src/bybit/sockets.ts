import type { Server as HttpServer } from 'node:http';
import { type RawData, type WebSocket, WebSocketServer } from 'ws';
import { isRecord } from './json.ts';
import { isAway, type Server } from './server.ts';

/** One connected client of a socket path. */
export type Client = {
  readonly id: string;
  readonly topics: Set<string>;
  authenticated: boolean;
  /** A reply to a request: goes out even while the socket is silent. */
  reply(frame: object): void;
  /** A push of data; `text` is JSON. */
  push(text: string): void;
  /** Breaks the connection, as a network does. */
  terminate(): void;
};

/** One path's protocol. */
export type Protocol = {
  /** Whether faults of public feeds meet it. */
  readonly isPublic: boolean;
  readonly clients: Set<Client>;
  /** A JSON object that a client sent. */
  receive(client: Client, message: Readonly<Record<string, unknown>>): void;
  /** The reply to something that is no JSON object, or too long. */
  complain(client: Client, what: string): void;
  close(): void;
};

export type Sockets = {
  /** Breaks each connection on a path, or on all. */
  terminate(path?: string): void;
  /** Sends raw text to each client of a path. */
  inject(path: string, text: string): void;
  close(): void;
};

const FRAME_MAX_BYTES = 64 * 1024;
/** Beyond this a frame is not even read: the connection closes with 1009. */
const FRAME_LIMIT_BYTES = 1024 * 1024;
/** A client that reads this far behind is cut off, as on the venue. */
const BUFFERED_MAX_BYTES = 16 * 1024 * 1024;

export function openSockets(
  server: Server,
  http: HttpServer,
  protocols: Readonly<Record<string, Protocol>>,
): Sockets {
  const sockets = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    maxPayload: FRAME_LIMIT_BYTES,
    autoPong: false,
  });
  const connected = new Map<WebSocket, string>();
  let count = 0;
  http.on('upgrade', (request, stream, head) => {
    const path = URL.parse(request.url ?? '', 'http://venue')?.pathname ?? '';
    const protocol = protocols[path];
    stream.on('error', () => server.count('socket', 'connectionError'));
    if (isAway(server)) {
      stream.destroy();
      return;
    }
    if (protocol === undefined) {
      server.count('socket', 'unknownPath');
      stream.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\n\r\n');
      return;
    }
    sockets.handleUpgrade(request, stream, head, (socket) => {
      count += 1;
      connected.set(socket, path);
      socket.on('close', () => connected.delete(socket));
      serve(server, protocol, socket, `sim-${count}`);
    });
  });
  const onPath = (path?: string): WebSocket[] =>
    [...connected]
      .filter(([, its]) => path === undefined || its === path)
      .map(([socket]) => socket);
  return {
    terminate: (path) => onPath(path).forEach((socket) => socket.terminate()),
    inject: (path, text) => onPath(path).forEach((socket) => socket.send(text)),
    close() {
      for (const protocol of Object.values(protocols)) protocol.close();
      for (const socket of connected.keys()) socket.terminate();
      sockets.close();
    },
  };
}

function serve(server: Server, protocol: Protocol, socket: WebSocket, id: string): void {
  const { faults } = server;
  const state = (): ReturnType<typeof faults.socket> =>
    protocol.isPublic ? faults.feedSocket() : faults.socket();
  const client: Client = {
    id,
    topics: new Set(),
    authenticated: false,
    reply(frame) {
      if (state() !== 'halfOpen') socket.send(JSON.stringify(frame));
    },
    terminate: () => socket.terminate(),
    push(text) {
      if (state() !== 'open' || socket.readyState !== socket.OPEN) return;
      if (socket.bufferedAmount > BUFFERED_MAX_BYTES) {
        server.count('socket', 'slowReader');
        socket.terminate();
        return;
      }
      socket.send(text);
    },
  };
  protocol.clients.add(client);
  socket.on('close', () => protocol.clients.delete(client));
  // ws closes the connection itself after an error (1009 for a frame beyond the limit).
  socket.on('error', () => server.count('socket', 'connectionError'));
  socket.on('ping', (data: Buffer) => {
    if (state() !== 'halfOpen') socket.pong(data);
  });
  socket.on('message', (data) => {
    if (state() === 'halfOpen') return;
    const message = readFrame(data);
    if (typeof message === 'string') {
      server.count('socket', message);
      protocol.complain(client, message);
      return;
    }
    protocol.receive(client, message);
  });
}

/** The JSON object in a frame, or what is wrong with it. */
function readFrame(data: RawData): Record<string, unknown> | 'FRAME_TOO_LARGE' | 'FRAME_MALFORMED' {
  const bytes = Array.isArray(data) ? Buffer.concat(data) : Buffer.from(new Uint8Array(data));
  if (bytes.length > FRAME_MAX_BYTES) return 'FRAME_TOO_LARGE';
  try {
    const parsed: unknown = JSON.parse(bytes.toString('utf8'));
    return isRecord(parsed) ? parsed : 'FRAME_MALFORMED';
  } catch {
    return 'FRAME_MALFORMED';
  }
}
