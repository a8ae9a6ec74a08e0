import { createPrivateSocket } from './bybit/private-socket.ts';
import { createPublicSocket } from './bybit/public-socket.ts';
import { createRateLimit, type RateLimit } from './bybit/rate-limit.ts';
import { createRest } from './bybit/rest.ts';
import type { Credentials } from './bybit/signature.ts';
import { createTradeSocket } from './bybit/trade-socket.ts';
import { addControlRoutes } from './control.ts';
import { type Faults, noFaults } from './faults.ts';
import { openSockets } from './sockets.ts';
import { turn, type Venue } from './venue.ts';

export type LoggedRequest = {
  readonly method: string;
  /** Without its query. */
  readonly path: string;
  /** Empty where the request is about no single order. */
  readonly orderLinkId: string;
  /** Of a listing's later page; empty for the first. */
  readonly cursor: string;
  readonly at: number;
};

/** What all front ends share. */
export type Server = {
  readonly venue: Venue;
  readonly credentials: Credentials;
  readonly faults: Faults;
  readonly rateLimit: RateLimit;
  /** Requests that passed the signature check, oldest first. */
  readonly requests: LoggedRequest[];
  /** Adds to `requests`; the oldest go. */
  readonly remember: (request: LoggedRequest) => void;
  readonly now: () => number;
  /** Counts refused and faulty input by front end and code. */
  readonly count: (frontEnd: string, code: string) => void;
  /** Ends the process: what is in memory can no longer be trusted. */
  readonly fail: (error: Error) => void;
};

export type RunningServer = {
  readonly port: number;
  readonly restUrl: string;
  readonly publicWsUrl: string;
  readonly privateWsUrl: string;
  readonly tradeWsUrl: string;
  close(): Promise<void>;
};

const TURN_MS = 25;
const REQUESTS_MAX = 20_000;

/** One port for REST and the three sockets, and the clock that drives the venue. Loopback only. */
export async function startServer(options: {
  readonly venue: Venue;
  readonly credentials: Credentials;
  readonly port: number;
  readonly control: boolean;
  readonly count: Server['count'];
  readonly fail: Server['fail'];
}): Promise<RunningServer> {
  const requests: LoggedRequest[] = [];
  const server: Server = {
    venue: options.venue,
    credentials: options.credentials,
    faults: noFaults(),
    rateLimit: createRateLimit(),
    requests,
    remember(request) {
      requests.push(request);
      if (requests.length > REQUESTS_MAX) requests.shift();
    },
    now: Date.now,
    count: options.count,
    fail: options.fail,
  };
  const app = createRest(server);
  const sockets = openSockets(server, app.server, {
    '/v5/public/linear': createPublicSocket(server),
    '/v5/private': createPrivateSocket(server),
    '/v5/trade': createTradeSocket(server),
  });
  if (options.control) addControlRoutes(app, server, sockets);
  await app.listen({ port: options.port, host: '127.0.0.1' });
  const clock = setInterval(() => {
    try {
      turn(server.venue, server.now());
    } catch (error) {
      clearInterval(clock);
      options.fail(error instanceof Error ? error : new Error(String(error)));
    }
  }, TURN_MS);
  const address = app.server.address();
  const port = typeof address === 'object' && address !== null ? address.port : options.port;
  return {
    port,
    restUrl: `http://127.0.0.1:${port}`,
    publicWsUrl: `ws://127.0.0.1:${port}/v5/public/linear`,
    privateWsUrl: `ws://127.0.0.1:${port}/v5/private`,
    tradeWsUrl: `ws://127.0.0.1:${port}/v5/trade`,
    async close() {
      clearInterval(clock);
      sockets.close();
      await app.close();
    },
  };
}
