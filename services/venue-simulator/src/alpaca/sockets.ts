import type { Server as HttpServer } from 'node:http';
import { type RawData, type WebSocket, WebSocketServer } from 'ws';
import type { AlpacaOptions } from './options.ts';

/** One connection to a stream; what a protocol keeps for it is its own business. */
export type StreamClient = {
  send(frame: string | Uint8Array): void;
  close(): void;
};

export type Stream = {
  /** Whether faults of public feeds meet it. */
  readonly isPublic: boolean;
  opened(client: StreamClient): void;
  received(client: StreamClient, bytes: Buffer): void;
  closed(client: StreamClient): void;
};

export type Streams = {
  /** Breaks each connection on a path, or on all, as a network does. */
  break(path?: string): void;
  close(): void;
};

/** Beyond this a frame is not even read: the connection closes with 1009. */
const FRAME_LIMIT_BYTES = 64 * 1024;
/** A client that reads this far behind is cut off, as at the venue. */
const BUFFERED_MAX_BYTES = 16 * 1024 * 1024;

export function openStreams(
  options: Pick<AlpacaOptions, 'faults' | 'count' | 'fail'>,
  http: HttpServer,
  streams: Readonly<Record<string, Stream>>,
  isAway: () => boolean = () => false,
): Streams {
  const { count } = options;
  const server = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    maxPayload: FRAME_LIMIT_BYTES,
    autoPong: false,
  });
  const connected = new Map<WebSocket, string>();
  http.on('upgrade', (request, socket, head) => {
    const path = URL.parse(request.url ?? '', 'http://venue')?.pathname ?? '';
    const stream = streams[path];
    socket.on('error', () => count('alpaca', 'connectionError'));
    if (isAway()) {
      socket.destroy();
      return;
    }
    if (stream === undefined) {
      count('alpaca', 'unknownPath');
      socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\n\r\n');
      return;
    }
    server.handleUpgrade(request, socket, head, (opened) => {
      connected.set(opened, path);
      opened.on('close', () => connected.delete(opened));
      serve(options, opened, stream);
    });
  });
  const breakAll = (path?: string): void => {
    for (const [socket, its] of connected) {
      if (path === undefined || its === path) socket.terminate();
    }
  };
  return {
    break: breakAll,
    close() {
      breakAll();
      server.close();
    },
  };
}

/** One connection, until it closes. */
function serve(
  { faults, count, fail }: Pick<AlpacaOptions, 'faults' | 'count' | 'fail'>,
  socket: WebSocket,
  stream: Stream,
): void {
  const state = (): ReturnType<typeof faults.socket> =>
    stream.isPublic ? faults.feedSocket() : faults.socket();
  const client: StreamClient = {
    send(frame) {
      if (state() !== 'open' || socket.readyState !== socket.OPEN) return;
      if (socket.bufferedAmount > BUFFERED_MAX_BYTES) {
        count('alpaca', 'slowReader');
        socket.terminate();
        return;
      }
      // The venue sends JSON in binary frames too.
      socket.send(frame, { binary: true });
    },
    close: () => socket.close(),
  };
  socket.on('ping', (data: Buffer) => {
    if (state() !== 'halfOpen') socket.pong(data);
  });
  socket.on('error', () => count('alpaca', 'connectionError'));
  socket.on('close', () => {
    stream.closed(client);
  });
  socket.on('message', (data) => {
    if (state() === 'halfOpen') return;
    try {
      stream.received(client, bytesOf(data));
    } catch (error) {
      fail(error instanceof Error ? error : new Error(String(error)));
    }
  });
  stream.opened(client);
}

function bytesOf(data: RawData): Buffer {
  return Array.isArray(data) ? Buffer.concat(data) : Buffer.from(new Uint8Array(data));
}
