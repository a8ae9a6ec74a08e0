import { parsePrice } from '@ballast/domain';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { executionJson, positionJson, walletJson } from './bybit/account-wire.ts';
import { PRIVATE_PATH, PUBLIC_PATH } from './bybit/front-end.ts';
import { isRecord } from './bybit/json.ts';
import { orderJson } from './bybit/order-wire.ts';
import { ALL_FAULT_NAMES } from './fault-rules.ts';
import { IMPOSSIBLE } from './fault-venues.ts';
import type { OpenedVenue } from './opened-venue.ts';
import { addRecordRoutes } from './record-routes.ts';
import { moveMarket } from './venue.ts';

const ms = z.number().int().positive().max(86_400_000).optional();
const count = z.number().int().positive().max(100_000).optional();

const faultOrder = z.strictObject({
  fault: z.enum(ALL_FAULT_NAMES),
  on: z
    .enum(['submit', 'cancel', 'replace', 'query', 'listing', 'order', 'fill', 'trade', 'book'])
    .optional(),
  count,
  rate: z.number().min(0).max(1).optional(),
  ms,
  percent: z.number().int().min(0).max(100).optional(),
  variant: z.string().optional(),
});
const clearing = z.strictObject({ clear: z.enum([...ALL_FAULT_NAMES, 'all']) });
/** What a test may do to a venue beside its faults. */
const action = z.strictObject({
  action: z.enum(['breakConnections', 'freezePrices', 'thawPrices', 'loseState']),
  ms,
});
/** What only ByBit's front end has. */
const bybitAction = z.discriminatedUnion('action', [
  z.strictObject({
    action: z.enum(['dropPrivateStream', 'dropPublicStream', 'malformedFrame', 'oversizedFrame']),
  }),
  z.strictObject({
    action: z.literal('rejectNext'),
    /** 0 takes back what was prepared. */
    count: z.number().int().min(0).max(1_000).default(1),
    code: z.number().int(),
  }),
]);
const control = z.union([faultOrder, clearing, action, bybitAction]);
type Control = z.infer<typeof control>;

const priceMove = z.object({ symbol: z.string(), price: z.string() });
const OVERSIZED_BYTES = 4 * 1024 * 1024;

/**
 * Faults and insight for tests: `?venue=` names one of those that are open, without it the first.
 * These routes exist only when the environment asks for them.
 */
export function addControlRoutes(app: FastifyInstance, opened: readonly OpenedVenue[]): void {
  app.post('/control', async (request, reply) => {
    const given = control.safeParse(readJson(request.body));
    if (!given.success) return reply.code(400).send({ error: given.error.message });
    return attempt(reply, () => {
      carryOut(meant(request.query, opened), given.data);
      return { ok: true };
    });
  });
  app.post('/control/price', async (request, reply) => {
    const given = priceMove.safeParse(readJson(request.body));
    if (!given.success) return reply.code(400).send({ error: given.error.message });
    return attempt(reply, () => {
      const { venue } = meant(request.query, opened);
      const market = venue.markets.get(given.data.symbol);
      if (market === undefined) throw new RangeError('symbol is not traded here');
      const target = Number(parsePrice(given.data.price) / market.instrument.tickSize);
      moveMarket(venue, market, target, Date.now());
      return { ok: true };
    });
  });
  addRecordRoutes(app, (query) => meant(query, opened).venue);
  app.get('/control/requests', async (request, reply) =>
    attempt(reply, () => ({ requests: meant(request.query, opened).requests })),
  );
  app.get('/control/faults', async (request, reply) =>
    attempt(reply, () => Object.fromEntries(meant(request.query, opened).plan.counts)),
  );
  app.get('/control/state', async (request, reply) =>
    attempt(reply, () => stateOf(meant(request.query, opened))),
  );
}

/** @throws RangeError for what this venue does not have */
function carryOut({ name, venue, plan, frontEnd, bybit }: OpenedVenue, given: Control): void {
  if ('fault' in given) {
    const why = IMPOSSIBLE[name][given.fault];
    if (why !== undefined) throw new RangeError(`${name} cannot have ${given.fault}: ${why}`);
    return plan.order(given);
  }
  if ('clear' in given) return plan.clear(given.clear === 'all' ? undefined : given.clear);
  switch (given.action) {
    case 'breakConnections':
      return frontEnd.breakConnections();
    case 'loseState':
      return frontEnd.loseState();
    case 'freezePrices':
      venue.frozen = true;
      if (given.ms !== undefined) setTimeout(() => (venue.frozen = false), given.ms).unref();
      return;
    case 'thawPrices':
      venue.frozen = false;
      return;
    case 'dropPrivateStream':
    case 'dropPublicStream':
    case 'malformedFrame':
    case 'oversizedFrame':
    case 'rejectNext':
      if (bybit === null) throw new RangeError(`${given.action} is not offered at ${name}`);
      return carryOutAtBybit(bybit, given);
    default:
      given satisfies never;
  }
}

function carryOutAtBybit(
  { sockets, refuseNext }: NonNullable<OpenedVenue['bybit']>,
  given: z.infer<typeof bybitAction>,
): void {
  switch (given.action) {
    case 'dropPrivateStream':
      return sockets.terminate(PRIVATE_PATH);
    case 'dropPublicStream':
      return sockets.terminate(PUBLIC_PATH);
    case 'malformedFrame':
      return sockets.inject(PUBLIC_PATH, '{"topic":"publicTrade.BTCUSDT","data":[{');
    case 'oversizedFrame':
      return sockets.inject(PUBLIC_PATH, `{"topic":"${'x'.repeat(OVERSIZED_BYTES)}"}`);
    case 'rejectNext':
      return refuseNext(given.count, given.code);
    default:
      given satisfies never;
  }
}

/** In ByBit's words, whichever venue it is. */
function stateOf({ venue, frontEnd }: OpenedVenue): Record<string, unknown> {
  const { account, history, executions } = venue;
  const linkIdOf = (linkId: string, orderId: string): string =>
    linkId === '' ? (frontEnd.clientOrderIdOf?.(orderId) ?? '') : linkId;
  return {
    orders: [...account.open.values(), ...history.values()].map((order) => ({
      ...orderJson(order),
      orderLinkId: linkIdOf(order.linkId, order.id),
    })),
    executions: executions.map((execution) => {
      const currency = account.instruments.get(execution.instrument)?.quoteCurrency ?? '';
      const orderLinkId = linkIdOf(execution.linkId, execution.orderId);
      return { ...executionJson(execution, currency), orderLinkId };
    }),
    positions: [...account.positions.values()].map((position) => positionJson(account, position)),
    wallet: walletJson(account),
  };
}

function meant(query: unknown, opened: readonly OpenedVenue[]): OpenedVenue {
  const wanted = isRecord(query) ? query['venue'] : undefined;
  const found = opened.find(({ name }) => wanted === undefined || name === wanted);
  if (found === undefined) throw new RangeError(`venue ${String(wanted)} is not open`);
  return found;
}

async function attempt(
  reply: { code(status: number): { send(body: object): unknown } },
  act: () => Record<string, unknown>,
): Promise<unknown> {
  try {
    return act();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return reply.code(400).send({ error: error.message });
  }
}

function readJson(body: unknown): unknown {
  if (typeof body !== 'string') return undefined;
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
