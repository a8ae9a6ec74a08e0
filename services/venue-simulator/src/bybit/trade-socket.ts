import { randomUUID } from 'node:crypto';
import { CODE, VenueRefusal } from './codes.ts';
import { answerAfterMs, refusalFor } from './fates.ts';
import { isRecord, textOf } from './json.ts';
import { ORDER_ACTIONS, type OrderAction } from './order-actions.ts';
import { LIMIT_PER_SECOND } from './rate-limit.ts';
import type { Server } from './server.ts';
import { checkSocketAuth, checkTime, RECEIVE_WINDOW_DEFAULT_MS } from './signature.ts';
import type { Client, Protocol } from './sockets.ts';

const ACTIONS: Readonly<Record<string, OrderAction>> = {
  'order.create': ORDER_ACTIONS.create,
  'order.amend': ORDER_ACTIONS.amend,
  'order.cancel': ORDER_ACTIONS.cancel,
};
/** Request ids remembered for each connection, newest last. */
const REQUEST_IDS_MAX = 10_000;

type Message = Readonly<Record<string, unknown>>;

/** `/v5/trade`: orders over a socket. */
export function createTradeSocket(server: Server): Protocol {
  const clients = new Set<Client>();
  const requestIds = new WeakMap<Client, Set<string>>();

  const idsOf = (client: Client): Set<string> => {
    const known = requestIds.get(client) ?? new Set<string>();
    requestIds.set(client, known);
    return known;
  };

  return {
    isPublic: false,
    clients,
    receive(client, message) {
      const { op } = message;
      if (op === 'ping') {
        client.reply({
          retCode: 0,
          retMsg: 'OK',
          op: 'pong',
          data: [String(server.now())],
          connId: client.id,
        });
        return;
      }
      try {
        if (op === 'auth') {
          const args = Array.isArray(message['args']) ? message['args'] : [];
          checkSocketAuth(server.credentials, args, server.now());
          client.authenticated = true;
          client.reply({ retCode: 0, retMsg: 'OK', op: 'auth', connId: client.id });
          return;
        }
        serve(server, client, idsOf(client), message);
      } catch (error) {
        if (!(error instanceof VenueRefusal)) throw error;
        server.count('trade', String(error.code));
        client.reply(ack(server, client, message, error.code, error.message, {}));
      }
    },
    complain: (client, what) =>
      client.reply({ retCode: CODE.parameter, retMsg: what, op: '', connId: client.id }),
    close: () => undefined,
  };
}

/** @throws VenueRefusal */
function serve(server: Server, client: Client, known: Set<string>, message: Message): void {
  const action = admit(server, client, known, message);
  const fate = server.faults.request(action.kind);
  const { carriedOut, refusal, answer } = fate;
  const body: unknown = Array.isArray(message['args']) ? message['args'][0] : undefined;
  const orderLinkId = isRecord(body) ? textOf(body['orderLinkId']) : '';
  const now = server.now();
  if (carriedOut || refusal !== null) {
    server.remember({
      method: 'WS',
      path: textOf(message['op']),
      orderLinkId,
      cursor: '',
      at: now,
    });
  }
  const data = carriedOut ? action.act(server.venue, body, now, fate) : {};
  if (answer === 'broken') client.terminate();
  if (answer !== 'sent') return;
  if (refusal === 'serverError') throw new VenueRefusal(CODE.serverError, 'server error');
  if (refusal !== null) throw refusalFor(refusal, now);
  const reply = (): void => client.reply(ack(server, client, message, CODE.ok, 'OK', data));
  const waitMs = answerAfterMs(fate);
  if (waitMs === 0) reply();
  else setTimeout(reply, waitMs).unref();
}

/** Login, request id, time and rate of a request. @throws VenueRefusal */
function admit(server: Server, client: Client, known: Set<string>, message: Message): OrderAction {
  const { op, reqId, header } = message;
  if (!client.authenticated) throw new VenueRefusal(CODE.unknownKey, 'not authenticated');
  const action = typeof op === 'string' && Object.hasOwn(ACTIONS, op) ? ACTIONS[op] : undefined;
  if (action === undefined) throw new VenueRefusal(CODE.unknownOperation, 'op type is not found');
  if (typeof reqId === 'string') {
    if (known.has(reqId)) throw new VenueRefusal(CODE.repeatedRequestId, 'reqId is duplicate');
    known.add(reqId);
    for (const oldest of known) {
      if (known.size <= REQUEST_IDS_MAX) break;
      known.delete(oldest);
    }
  }
  const given = isRecord(header) ? header : {};
  const window = textOf(given['X-BAPI-RECV-WINDOW']) || RECEIVE_WINDOW_DEFAULT_MS;
  checkTime(textOf(given['X-BAPI-TIMESTAMP']), window, server.now());
  const { left } = server.rateLimit.take('order', server.now());
  if (left < 0) throw new VenueRefusal(CODE.rateLimited, 'Too many visits');
  return action;
}

function ack(
  server: Server,
  client: Client,
  message: Message,
  retCode: number,
  retMsg: string,
  data: object,
): object {
  const now = server.now();
  return {
    reqId: message['reqId'] ?? '',
    retCode,
    retMsg,
    op: message['op'] ?? '',
    data,
    retExtInfo: {},
    header: {
      'X-Bapi-Limit': String(LIMIT_PER_SECOND.order),
      'X-Bapi-Limit-Status': String(LIMIT_PER_SECOND.order),
      'X-Bapi-Limit-Reset-Timestamp': String(now),
      Traceid: randomUUID().replaceAll('-', ''),
      Timenow: String(now),
    },
    connId: client.id,
  };
}
