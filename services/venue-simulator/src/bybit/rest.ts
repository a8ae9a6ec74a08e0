import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { InvalidInput } from '@ballast/domain';
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import type { LoggedRequest, Server } from '../server.ts';
import { ACCOUNT_ROUTES } from './account-routes.ts';
import { CODE, VenueRefusal } from './codes.ts';
import { isRecord, textOf } from './json.ts';
import { MARKET_ROUTES, type Query } from './market-routes.ts';
import { cancelAll, ORDER_ACTIONS, type OrderAction } from './order-actions.ts';
import type { LimitGroup } from './rate-limit.ts';
import { checkSignature } from './signature.ts';

const BODY_MAX_BYTES = 64 * 1024;

const ORDER_ROUTES: Readonly<Record<string, OrderAction>> = {
  '/v5/order/create': ORDER_ACTIONS.create,
  '/v5/order/amend': ORDER_ACTIONS.amend,
  '/v5/order/cancel': ORDER_ACTIONS.cancel,
  '/v5/order/cancel-all': cancelAll,
};

/** The v5 REST API: HTTP 200 with a retCode for every answer that the venue itself gives. */
export function createRest(server: Server): FastifyInstance {
  const app = Fastify({ bodyLimit: BODY_MAX_BYTES, forceCloseConnections: true });
  // The signature covers the bytes as they came, so nothing may parse them first.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body));
  for (const [path, route] of Object.entries(MARKET_ROUTES)) {
    app.get(path, async (request, reply) => {
      await answer(server, reply, () => route(server.venue, queryOf(request), server.now()));
    });
  }
  for (const [path, route] of Object.entries(ACCOUNT_ROUTES)) {
    app.get(path, async (request, reply) => {
      await answer(server, reply, () => {
        admit(server, request, reply, 'query', rawQuery(request));
        const query = queryOf(request);
        server.remember(logged(request, query, server.now()));
        return route(server.venue, query, server.now());
      });
    });
  }
  for (const [path, action] of Object.entries(ORDER_ROUTES)) {
    app.post(path, (request, reply) => handleOrder(server, request, reply, action));
  }
  app.setNotFoundHandler(async (request, reply) => {
    server.count('rest', 'unknownRoute');
    await reply.code(404).send(envelope(server, CODE.notFound, `no such path: ${request.url}`, {}));
  });
  app.setErrorHandler(async (error, _request, reply) => {
    const status = isRecord(error) ? Number(error['statusCode']) : Number.NaN;
    const told = error instanceof Error ? error.message : String(error);
    const faulty = error instanceof InvalidInput;
    if (faulty || (status >= 400 && status < 500)) {
      server.count('rest', 'requestError');
      await reply.code(faulty ? 400 : status).send(envelope(server, CODE.parameter, told, {}));
      return;
    }
    // For one, the journal could not be written: nothing may be acknowledged any more.
    server.fail(error instanceof Error ? error : new Error(told));
    await reply.code(500).send(envelope(server, CODE.serverError, 'internal error', {}));
  });
  return app;
}

async function handleOrder(
  server: Server,
  request: FastifyRequest,
  reply: FastifyReply,
  action: OrderAction,
): Promise<void> {
  const { faults } = server;
  if (spend(faults, 'dropNextRequest')) return hangUp(reply);
  const body = typeof request.body === 'string' ? request.body : '';
  const dropped = spend(faults, 'dropNextReply');
  const slow = faults.delayNextReply.count > 0;
  if (slow) faults.delayNextReply.count -= 1;
  const { code, message, result } = run(server, () => {
    admit(server, request, reply, 'order', body);
    const parsed = parseJson(body);
    server.remember(logged(request, parsed, server.now()));
    if (faults.rejectNext.count > 0) {
      faults.rejectNext.count -= 1;
      throw new VenueRefusal(faults.rejectNext.code, 'rejected by a test fault');
    }
    return action(server.venue, parsed, server.now());
  });
  if (dropped) return hangUp(reply);
  if (slow) await wait(faults.delayNextReply.ms);
  await reply.send(envelope(server, code, message, result));
}

async function answer(
  server: Server,
  reply: FastifyReply,
  make: () => Record<string, unknown>,
): Promise<void> {
  const { code, message, result } = run(server, make);
  await reply.send(envelope(server, code, message, result));
}

function run(
  server: Server,
  make: () => Record<string, unknown>,
): { code: number; message: string; result: Record<string, unknown> } {
  try {
    return { code: CODE.ok, message: 'OK', result: make() };
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

function envelope(server: Server, retCode: number, retMsg: string, result: object): object {
  return { retCode, retMsg, result, retExtInfo: {}, time: server.now() };
}

function spend(faults: Server['faults'], name: 'dropNextReply' | 'dropNextRequest'): boolean {
  if (faults[name] === 0) return false;
  faults[name] -= 1;
  return true;
}

function hangUp(reply: FastifyReply): void {
  reply.hijack();
  reply.raw.socket?.destroy();
}

function rawQuery(request: FastifyRequest): string {
  const raw = request.raw.url ?? '';
  const mark = raw.indexOf('?');
  return mark === -1 ? '' : raw.slice(mark + 1);
}

function queryOf(request: FastifyRequest): Query {
  return Object.fromEntries(new URLSearchParams(rawQuery(request)));
}
