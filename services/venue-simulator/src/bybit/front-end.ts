import { setTimeout as wait } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';
import type { FrontEnd } from '../front-end.ts';
import { rememberAccounts } from '../past-accounts.ts';
import { forgetOrders } from '../venue.ts';
import { createPrivateSocket } from './private-socket.ts';
import { createPublicSocket } from './public-socket.ts';
import { createRateLimit } from './rate-limit.ts';
import { createRest } from './rest.ts';
import type { Server } from './server.ts';
import { openSockets, type Sockets } from './sockets.ts';
import { createTradeSocket } from './trade-socket.ts';

export const PRIVATE_PATH = '/v5/private';
export const PUBLIC_PATH = '/v5/public/linear';
const TRADE_PATH = '/v5/trade';

export type BybitFrontEnd = FrontEnd & {
  /** Its routes; more can be added until it listens. */
  readonly app: FastifyInstance;
  readonly sockets: Pick<Sockets, 'terminate' | 'inject'>;
  /** The next orders are refused with a code of the venue. */
  refuseNext(count: number, code: number): void;
};

/** One port for REST and the three sockets. Loopback only. */
export function createBybitFrontEnd(
  options: Omit<Server, 'past' | 'rateLimit' | 'refusing' | 'awayUntil'>,
): BybitFrontEnd {
  const server: Server = {
    ...options,
    past: rememberAccounts(options.venue, options.now),
    rateLimit: createRateLimit(),
    refusing: { count: 0, code: 0 },
    awayUntil: 0,
  };
  const app = createRest(server);
  const publicSocket = createPublicSocket(server);
  const sockets = openSockets(server, app.server, {
    [PUBLIC_PATH]: publicSocket,
    [PRIVATE_PATH]: createPrivateSocket(server),
    [TRADE_PATH]: createTradeSocket(server),
  });
  const closing = new AbortController();
  return {
    app,
    sockets,
    refuseNext: (count, code) => void Object.assign(server.refusing, { count, code }),
    async listen(wanted) {
      await app.listen({ port: wanted, host: '127.0.0.1' });
      const address = app.server.address();
      const port = typeof address === 'object' && address !== null ? address.port : wanted;
      return {
        port,
        restUrl: `http://127.0.0.1:${port}`,
        publicWsUrl: `ws://127.0.0.1:${port}${PUBLIC_PATH}`,
        privateWsUrl: `ws://127.0.0.1:${port}${PRIVATE_PATH}`,
        tradeWsUrl: `ws://127.0.0.1:${port}${TRADE_PATH}`,
      };
    },
    breakConnections: () => sockets.terminate(),
    async restart({ ms }) {
      server.awayUntil = server.now() + ms;
      sockets.terminate();
      publicSocket.restart();
      await wait(ms, undefined, { signal: closing.signal }).catch(() => undefined);
    },
    loseState: () => forgetOrders(server.venue, server.now()),
    async close() {
      closing.abort();
      server.past.close();
      sockets.close();
      await app.close();
    },
  };
}
