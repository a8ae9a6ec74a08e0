import { setTimeout as wait } from 'node:timers/promises';
import { InvalidInput } from '@ballast/domain';
import { CLEAN_REQUEST, type RequestFate, type RequestKind } from '@ballast/sim-core';
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { isRecord, textOf } from '../bybit/json.ts';
import { ACCOUNT_ROUTES } from './account-routes.ts';
import { BAR_ROUTES } from './bar-routes.ts';
import { MARKET_ROUTES } from './market-routes.ts';
import { ORDER_ROUTES } from './order-routes.ts';
import { POSITION_ROUTES } from './position-routes.ts';
import { AlpacaRefusal, CODE, invalid } from './refusal.ts';
import { type AlpacaServer, isAway } from './server.ts';

const BODY_MAX_BYTES = 64 * 1024;
/** How long the trading stream is ahead of an answer that is to come after it. */
const PUSH_LEAD_MS = 50;

/** One request that has passed the login. */
export type Asked = {
  readonly server: AlpacaServer;
  /** Last part of the path, where it has one. */
  readonly id: string;
  readonly query: Readonly<Record<string, string>>;
  readonly body: unknown;
  readonly fate: RequestFate;
  /** What a listing tells is as it was then. */
  readonly asOf: number;
  readonly now: number;
};
export type Answer = { readonly status: number; readonly json: unknown };
export type Route = {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly url: string;
  /** Null for what no fault meets. */
  readonly kind: RequestKind | null;
  /** @throws AlpacaRefusal */
  act(asked: Asked): Answer;
};

const ROUTES = [
  ...ORDER_ROUTES,
  ...ACCOUNT_ROUTES,
  ...POSITION_ROUTES,
  ...MARKET_ROUTES,
  ...BAR_ROUTES,
];

/** The trading API v2: a status and JSON for each answer, `{code, message}` for a refusal. */
export function createRest(server: AlpacaServer): FastifyInstance {
  const { count, fail } = server.options;
  const app = Fastify({ bodyLimit: BODY_MAX_BYTES, forceCloseConnections: true });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body));
  app.addHook('onRequest', async (_request, reply) => {
    if (isAway(server)) hangUp(reply);
  });
  for (const route of ROUTES) {
    const { method, url } = route;
    app.route({ method, url, handler: (request, reply) => serve(server, route, request, reply) });
  }
  app.setNotFoundHandler(async (_request, reply) => {
    count('alpaca', 'unknownRoute');
    await refuse(reply, new AlpacaRefusal(404, CODE.notFound, 'endpoint not found'));
  });
  app.setErrorHandler(async (error, _request, reply) => {
    const status = isRecord(error) ? Number(error['statusCode']) : Number.NaN;
    if (status >= 400 && status < 500) {
      count('alpaca', 'requestError');
      const told = error instanceof Error ? error.message : String(error);
      return refuse(reply, new AlpacaRefusal(status, CODE.body, told));
    }
    // For one, the journal could not be written: nothing may be acknowledged any more.
    fail(error instanceof Error ? error : new Error(String(error)));
    return refuse(reply, serverError());
  });
  return app;
}

/** One request, as its fate has it. */
async function serve(
  server: AlpacaServer,
  route: Route,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { faults } = server.options;
  const fate = route.kind === null ? CLEAN_REQUEST : faults.request(route.kind);
  const { carriedOut, refusal } = fate;
  const arrives = carriedOut || refusal !== null;
  const answer = arrives ? answerOf(server, route, request, reply, fate) : null;
  if (fate.answer === 'broken') return hangUp(reply);
  if (fate.answer === 'never' || answer === null) return reply.hijack();
  const waitMs = Math.max(fate.answerAfterMs, fate.pushFirst ? PUSH_LEAD_MS : 0);
  if (waitMs > 0) await wait(waitMs);
  if (answer instanceof AlpacaRefusal) return refuse(reply, answer);
  if (answer.status === 204) return reply.code(204).send();
  return reply.code(answer.status).type('application/json').send(JSON.stringify(answer.json));
}

function answerOf(
  server: AlpacaServer,
  route: Route,
  request: FastifyRequest,
  reply: FastifyReply,
  fate: RequestFate,
): Answer | AlpacaRefusal {
  const { options } = server;
  const now = options.now();
  try {
    admit(server, request, reply, now);
    const query = queryOf(request);
    const body = bodyOf(request);
    const orderLinkId = textOf(isRecord(body) ? body['client_order_id'] : undefined);
    const path = request.url.split('?')[0] ?? '';
    const cursor = query['page_token'] ?? '';
    options.remember({ method: request.method, path, orderLinkId, cursor, at: now });
    const ageMs = route.kind === 'listing' ? options.faults.listingAgeMs() : 0;
    const id = isRecord(request.params) ? textOf(request.params['id']) : '';
    const asked = { server, id, query, body, fate, asOf: now - ageMs, now };
    const answer = fate.carriedOut ? route.act(asked) : null;
    return fate.refusal === null && answer !== null ? answer : refusedByFault(fate.refusal);
  } catch (error) {
    const refusal = error instanceof InvalidInput ? invalid(error.message) : error;
    if (!(refusal instanceof AlpacaRefusal)) throw error;
    options.count('alpaca', String(refusal.code));
    return refusal;
  }
}

/** Login and rate limit. @throws AlpacaRefusal */
function admit(
  { options, rateLimit }: AlpacaServer,
  { headers }: FastifyRequest,
  reply: FastifyReply,
  now: number,
): void {
  const { key, secret } = options.credentials;
  if (headers['apca-api-key-id'] !== key || headers['apca-api-secret-key'] !== secret) {
    throw unauthorized();
  }
  const { limit, left, resetAt } = rateLimit.take(now);
  void reply.header('X-RateLimit-Limit', String(limit));
  void reply.header('X-RateLimit-Remaining', String(Math.max(0, left)));
  void reply.header('X-RateLimit-Reset', String(Math.floor(resetAt / 1_000)));
  if (left < 0) throw tooMany();
}

const unauthorized = (): AlpacaRefusal =>
  new AlpacaRefusal(401, CODE.unauthorized, 'request is not authorized');
const tooMany = (): AlpacaRefusal => new AlpacaRefusal(429, CODE.rateLimited, 'too many requests.');
const serverError = (): AlpacaRefusal =>
  new AlpacaRefusal(500, CODE.server, 'internal server error occurred');

/** No request has a time of the client's, so a wrong clock can only look like a wrong login. */
function refusedByFault(refusal: RequestFate['refusal']): AlpacaRefusal {
  if (refusal === 'rateLimit') return tooMany();
  return refusal === 'serverError' ? serverError() : unauthorized();
}

function refuse(reply: FastifyReply, refusal: AlpacaRefusal): FastifyReply {
  const { status, code, message, details } = refusal;
  const json = JSON.stringify({ code, message, ...details });
  return reply.code(status).type('application/json').send(json);
}

function hangUp(reply: FastifyReply): FastifyReply {
  reply.raw.socket?.destroy();
  return reply.hijack();
}

/** @throws AlpacaRefusal 400 for a body that is not JSON */
function bodyOf({ body }: FastifyRequest): unknown {
  if (typeof body !== 'string' || body === '') return undefined;
  try {
    return JSON.parse(body);
  } catch {
    throw new AlpacaRefusal(400, CODE.body, 'request body format is invalid');
  }
}

function queryOf({ url }: FastifyRequest): Readonly<Record<string, string>> {
  const mark = url.indexOf('?');
  return mark === -1 ? {} : Object.fromEntries(new URLSearchParams(url.slice(mark + 1)));
}
