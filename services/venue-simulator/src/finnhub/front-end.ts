import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import { WebSocketServer } from 'ws';
import type { FrontEnd } from '../front-end.ts';
import { createTradeFeed, type TradeFeed } from '../trade-feed.ts';
import type { VenueListener } from '../venue.ts';
import { type Connection, serveConnection } from './connection.ts';
import { FRONT_END, type FinnhubOptions } from './options.ts';
import { tradesText } from './wire.ts';

const HOST = '127.0.0.1';
const FRAME_LIMIT_BYTES = 64 * 1024;

/** `ws://<host>/?token=<key>`: trades of stocks, and nothing else. Loopback only. */
export function createFinnhubFrontEnd(options: FinnhubOptions): FrontEnd {
  const { venue, faults, now, fail } = options;
  const door = openDoor(options);
  const feed = createTradeFeed({
    venue,
    faults,
    send(message) {
      const text = tradesText(message);
      if (text !== null) door.connection()?.tell(message.market.symbol, text);
    },
    breakConnections: door.breakConnections,
  });
  const listener = listenerOf(feed, fail);
  venue.listeners.add(listener);
  const closing = new AbortController();
  const { http, breakConnections } = door;
  return {
    async listen(wanted) {
      http.listen(wanted, HOST);
      await once(http, 'listening');
      const address = http.address();
      const port = typeof address === 'object' && address !== null ? address.port : wanted;
      return { port, wsUrl: `ws://${HOST}:${port}` };
    },
    breakConnections,
    async restart({ ms }) {
      door.stayAway(now() + ms);
      breakConnections();
      await wait(ms, undefined, { signal: closing.signal }).catch(() => undefined);
    },
    loseState: () => undefined,
    async close() {
      closing.abort();
      venue.listeners.delete(listener);
      feed.close();
      breakConnections();
      const closed = once(http, 'close');
      http.close();
      http.closeAllConnections();
      await closed;
    },
  };
}

type Door = {
  readonly http: Server;
  /** Of the one key that there is. */
  connection(): Connection | null;
  breakConnections(): void;
  /** Until then no connection is taken. */
  stayAway(until: number): void;
};

function openDoor(options: FinnhubOptions): Door {
  const { now, count } = options;
  const http = createServer((_request, response) => response.writeHead(404).end());
  const sockets = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    maxPayload: FRAME_LIMIT_BYTES,
    autoPong: false,
  });
  let connection: Connection | null = null;
  let awayUntil = 0;
  http.on('upgrade', (request: IncomingMessage, stream: Duplex, head: Buffer) => {
    stream.on('error', () => count(FRONT_END, 'connectionError'));
    if (now() < awayUntil) {
      stream.destroy();
      return;
    }
    const refusal = refusalOf(request, options.token, connection !== null);
    if (refusal !== null) {
      count(FRONT_END, refusal.slice(0, 3));
      stream.end(`HTTP/1.1 ${refusal}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
      return;
    }
    sockets.handleUpgrade(request, stream, head, (socket) => {
      const opened = serveConnection(options, socket, () => {
        if (connection === opened) connection = null;
      });
      connection = opened;
    });
  });
  return {
    http,
    connection: () => connection,
    breakConnections() {
      const broken = connection;
      connection = null;
      broken?.terminate();
    },
    stayAway(until) {
      awayUntil = until;
    },
  };
}

/** The status that a connection is refused with; null when it is taken. */
function refusalOf({ url }: IncomingMessage, token: string, isTaken: boolean): string | null {
  const given = URL.parse(url ?? '', 'ws://venue')?.searchParams.get('token');
  if (given !== token) return '401 Unauthorized';
  return isTaken ? '429 Too Many Requests' : null;
}

function listenerOf(feed: TradeFeed, fail: FinnhubOptions['fail']): VenueListener {
  return {
    onMarket(change) {
      try {
        feed.tell(change);
      } catch (error) {
        fail(error instanceof Error ? error : new Error(String(error)));
      }
    },
  };
}
