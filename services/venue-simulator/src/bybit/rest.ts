import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { InvalidInput } from '@ballast/domain';
import type { RequestFate, RequestKind } from '@ballast/sim-core';
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import type { LoggedRequest } from '../request-log.ts';
import { ACCOUNT_ROUTES } from './account-routes.ts';
import { CODE, VenueRefusal } from './codes.ts';
import { answerAfterMs, refusalFor } from './fates.ts';
import { isRecord, textOf } from './json.ts';
import type { Query } from './market-query.ts';
import { MARKET_ROUTES } from './market-routes.ts';
import { ORDER_ACTIONS, type OrderAction } from './order-actions.ts';
import type { LimitGroup } from './rate-limit.ts';
import { isAway, type Server } from './server.ts';
import { checkSignature } from './signature.ts';

const BODY_MAX_BYTES = 64 * 1024;
/** The tests' own door stays open while the venue is away. */
const CONTROL_PREFIX = '/control';

const ORDER_ROUTES: Readonly<Record<string, OrderAction>> = {
  '/v5/order/create': ORDER_ACTIONS.create,
  '/v5/order/amend': ORDER_ACTIONS.amend,
  '/v5/order/cancel': ORDER_ACTIONS.cancel,
  '/v5/order/cancel-all': ORDER_ACTIONS.cancelAll,
};

/** The v5 REST API: HTTP 200 with a retCode for every answer that the venue itself gives. */
export function createRest(server: Server): FastifyInstance {
  const app = Fastify({ bodyLimit: BODY_MAX_BYTES, forceCloseConnections: true });
  // The signature covers the bytes as they came, so nothing may parse them first.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body));
  app.addHook('onRequest', async (request, reply) => {
    if (isAway(server) && !request.url.startsWith(CONTROL_PREFIX)) hangUp(reply);
  });
  for (const [path, route] of Object.entries(MARKET_ROUTES)) {
    app.get(path, async (request, reply) => {
      const told = run(server, () => route(server.venue, queryOf(request), server.now()));
      await reply.send(envelope(server, told));
    });
  }
  for (const [path, route] of Object.entries(ACCOUNT_ROUTES)) {
    app.get(path, (request, reply) => {
      const query = queryOf(request);
      const asked = { group: 'query', payload: rawQuery(request), parse: () => query } as const;
      return handle(server, request, reply, { ...asked, kind: kindOf(query) }, () =>
        route(listedVenue(server, query), query, server.now()),
      );
    });
  }
  for (const [path, action] of Object.entries(ORDER_ROUTES)) {
    app.post(path, (request, reply) => {
      const payload = typeof request.body === 'string' ? request.body : '';
      const asked = { group: 'order', payload, parse: () => parseJson(payload) } as const;
      return handle(server, request, reply, { ...asked, kind: action.kind }, (body, fate) => {
        refuseAsPrepared(server);
        return action.act(server.venue, body, server.now(), fate);
      });
    });
  }
  app.setNotFoundHandler(async (request, reply) => {
    server.count('rest', 'unknownRoute');
    await reply.code(404).send(refused(server, CODE.notFound, `no such path: ${request.url}`));
  });
  app.setErrorHandler(async (error, _request, reply) => {
    const status = isRecord(error) ? Number(error['statusCode']) : Number.NaN;
    const told = error instanceof Error ? error.message : String(error);
    const faulty = error instanceof InvalidInput;
    if (faulty || (status >= 400 && status < 500)) {
      server.count('rest', 'requestError');
      await reply.code(faulty ? 400 : status).send(refused(server, CODE.parameter, told));
      return;
    }
    // For one, the journal could not be written: nothing may be acknowledged any more.
    server.fail(error instanceof Error ? error : new Error(told));
    await reply.code(500).send(refused(server, CODE.serverError, 'internal error'));
  });
  return app;
}

type Asked = {
  readonly kind: RequestKind;
  readonly group: LimitGroup;
  /** What the signature covers. */
  readonly payload: string;
  readonly parse: () => unknown;
};

/** One signed request, as its fate has it. */
async function handle(
  server: Server,
  request: FastifyRequest,
  reply: FastifyReply,
  { kind, group, payload, parse }: Asked,
  act: (body: unknown, fate: RequestFate) => Record<string, unknown>,
): Promise<FastifyReply> {
  const fate = server.faults.request(kind);
  const { carriedOut, refusal } = fate;
  const arrives = carriedOut || refusal !== null;
  const told = !arrives
    ? NOTHING
    : run(server, () => {
        admit(server, request, reply, group, payload);
        const body = parse();
        server.remember(logged(request, body, server.now()));
        const result = carriedOut ? act(body, fate) : {};
        if (refusal === null || refusal === 'serverError') return result;
        throw refusalFor(refusal, server.now());
      });
  if (fate.answer === 'broken') return hangUp(reply);
  if (fate.answer === 'never') return reply.hijack();
  const waitMs = answerAfterMs(fate);
  if (waitMs > 0) await wait(waitMs);
  if (refusal !== 'serverError') return reply.send(envelope(server, told));
  return reply.code(502).type('text/html').send('<html>502 Bad Gateway</html>');
}

/** With an order's id one order is asked for, else the listing. */
function kindOf(query: Query): RequestKind {
  const one = query['orderId'] ?? query['orderLinkId'] ?? '';
  return one === '' ? 'listing' : 'query';
}

function listedVenue(server: Server, query: Query): Server['venue'] {
  const ageMs = kindOf(query) === 'listing' ? server.faults.listingAgeMs() : 0;
  return ageMs === 0 ? server.venue : server.past.asOf(server.now() - ageMs);
}

/** @throws VenueRefusal while answers are prepared */
function refuseAsPrepared({ refusing }: Server): void {
  if (refusing.count === 0) return;
  refusing.count -= 1;
  throw new VenueRefusal(refusing.code, 'refused as prepared');
}

type Told = {
  readonly code: number;
  readonly message: string;
  readonly result: Record<string, unknown>;
};
const NOTHING: Told = { code: CODE.ok, message: 'OK', result: {} };

function run(server: Server, make: () => Record<string, unknown>): Told {
  try {
    return { ...NOTHING, result: make() };
  } catch (error) {
    if (!(error instanceof VenueRefusal)) throw error;
    server.count('rest', String(error.code));
    return { code: error.code, message: error.message, result: {} };
  }
}

/** Signature, time window and rate limit of a signed request. @throws VenueRefusal */
function admit(
  server: Server,
  request: FastifyRequest,
  reply: FastifyReply,
  group: LimitGroup,
  payload: string,
): void {
  const now = server.now();
  checkSignature(server.credentials, request.headers, payload, now);
  const { limit, left, resetAt } = server.rateLimit.take(group, now);
  void reply.header('X-Bapi-Limit', String(limit));
  void reply.header('X-Bapi-Limit-Status', String(Math.max(0, left)));
  void reply.header('X-Bapi-Limit-Reset-Timestamp', String(resetAt));
  void reply.header('Traceid', randomUUID().replaceAll('-', ''));
  if (left < 0)
    throw new VenueRefusal(CODE.rateLimited, 'Too many visits. Exceeded the API Rate Limit.');
}

function logged(request: FastifyRequest, asked: unknown, at: number): LoggedRequest {
  const told = (name: string): string => (isRecord(asked) ? textOf(asked[name]) : '');
  const path = request.url.split('?')[0] ?? '';
  const [orderLinkId, cursor] = [told('orderLinkId'), told('cursor')];
  return { method: request.method, path, orderLinkId, cursor, at };
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    throw new VenueRefusal(CODE.parameter, 'params error: body is not JSON');
  }
}

function envelope(server: Server, { code, message, result }: Told): object {
  return { retCode: code, retMsg: message, result, retExtInfo: {}, time: server.now() };
}

const refused = (server: Server, code: number, message: string): object =>
  envelope(server, { ...NOTHING, code, message });

function hangUp(reply: FastifyReply): FastifyReply {
  reply.raw.socket?.destroy();
  return reply.hijack();
}

function rawQuery(request: FastifyRequest): string {
  const raw = request.raw.url ?? '';
  const mark = raw.indexOf('?');
  return mark === -1 ? '' : raw.slice(mark + 1);
}

function queryOf(request: FastifyRequest): Query {
  return Object.fromEntries(new URLSearchParams(rawQuery(request)));
}
