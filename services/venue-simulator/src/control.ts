import { parsePrice } from '@ballast/domain';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { executionJson, positionJson, walletJson } from './bybit/account-wire.ts';
import { orderJson } from './bybit/order-wire.ts';
import type { Server } from './server.ts';
import type { Sockets } from './sockets.ts';
import { moveMarket } from './venue.ts';

const control = z.object({
  fault: z.enum([
    'dropNextReply',
    'dropNextRequest',
    'delayNextReply',
    'rejectNext',
    'muteStreams',
    'unmuteStreams',
    'dropPrivateStream',
    'dropPublicStream',
    'freezePrices',
    'thawPrices',
    'malformedFrame',
    'oversizedFrame',
  ]),
  ms: z.number().int().positive().max(600_000).optional(),
  count: z.number().int().positive().max(1_000).default(1),
  code: z.number().int().default(10_016),
});
const priceMove = z.object({ symbol: z.string(), price: z.string() });
const OVERSIZED_BYTES = 4 * 1024 * 1024;

/** Faults and insight for tests. These routes exist only when the environment asks for them. */
export function addControlRoutes(app: FastifyInstance, server: Server, sockets: Sockets): void {
  app.post('/control', async (request, reply) => {
    const given = control.safeParse(readJson(request.body));
    if (!given.success) return reply.code(400).send({ error: given.error.message });
    applyFault(server, sockets, given.data);
    return { ok: true };
  });
  app.post('/control/price', async (request, reply) => {
    const given = priceMove.safeParse(readJson(request.body));
    if (!given.success) return reply.code(400).send({ error: given.error.message });
    const market = server.venue.markets.get(given.data.symbol);
    if (market === undefined) return reply.code(400).send({ error: 'symbol is not traded here' });
    const target = Number(parsePrice(given.data.price) / market.instrument.tickSize);
    moveMarket(server.venue, market, target, server.now());
    return { ok: true };
  });
  app.get('/control/requests', async () => ({ requests: server.requests }));
  app.get('/control/state', async () => {
    const { venue } = server;
    const orders = [...venue.account.open.values(), ...venue.history.values()];
    return {
      orders: orders.map(orderJson),
      executions: venue.executions.map((execution) =>
        executionJson(
          execution,
          venue.account.instruments.get(execution.instrument)?.quoteCurrency ?? '',
        ),
      ),
      positions: [...venue.account.positions.values()].map((position) =>
        positionJson(venue.account, position),
      ),
      wallet: walletJson(venue.account),
    };
  });
}

function applyFault(server: Server, sockets: Sockets, given: z.infer<typeof control>): void {
  const { faults, venue } = server;
  const { ms, count } = given;
  switch (given.fault) {
    case 'dropNextReply':
      faults.dropNextReply = count;
      return;
    case 'dropNextRequest':
      faults.dropNextRequest = count;
      return;
    case 'delayNextReply':
      faults.delayNextReply = { count, ms: ms ?? 1_000 };
      return;
    case 'rejectNext':
      faults.rejectNext = { count, code: given.code };
      return;
    case 'muteStreams':
      faults.muteStreams = true;
      later(ms, () => (faults.muteStreams = false));
      return;
    case 'unmuteStreams':
      faults.muteStreams = false;
      return;
    case 'dropPrivateStream':
      return sockets.terminate('/v5/private');
    case 'dropPublicStream':
      return sockets.terminate('/v5/public/linear');
    case 'freezePrices':
      venue.frozen = true;
      later(ms, () => (venue.frozen = false));
      return;
    case 'thawPrices':
      venue.frozen = false;
      return;
    case 'malformedFrame':
      return sockets.inject('/v5/public/linear', '{"topic":"publicTrade.BTCUSDT","data":[{');
    case 'oversizedFrame':
      return sockets.inject('/v5/public/linear', `{"topic":"${'x'.repeat(OVERSIZED_BYTES)}"}`);
    default:
      given.fault satisfies never;
  }
}

function later(ms: number | undefined, act: () => void): void {
  if (ms !== undefined) setTimeout(act, ms).unref();
}

function readJson(body: unknown): unknown {
  if (typeof body !== 'string') return undefined;
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
