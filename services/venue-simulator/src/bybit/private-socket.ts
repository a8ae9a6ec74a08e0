import { randomUUID } from 'node:crypto';
import type { VenueEvent } from '@ballast/sim-core';
import type { Server } from '../server.ts';
import type { Client, Protocol } from '../sockets.ts';
import { executionJson, positionJson, walletJson } from './account-wire.ts';
import { VenueRefusal } from './codes.ts';
import { orderJson } from './order-wire.ts';
import { checkSocketAuth } from './signature.ts';
import { changeTopics } from './subscriptions.ts';

const KINDS = ['order', 'execution', 'position', 'wallet'] as const;
type Kind = (typeof KINDS)[number];

/** `/v5/private`: order, execution, position and wallet, also as `<topic>.linear`. */
export function createPrivateSocket(server: Server): Protocol {
  const clients = new Set<Client>();
  const isKnown = (topic: string): boolean =>
    KINDS.some((kind) => topic === kind || (kind !== 'wallet' && topic === `${kind}.linear`));

  const listener = {
    onAccount(events: readonly VenueEvent[]): void {
      for (const { kind, data } of framesOf(server, events)) {
        for (const topic of [kind, `${kind}.linear`]) {
          const takers = [...clients].filter((client) => client.topics.has(topic));
          if (takers.length === 0) continue;
          const frame = { id: randomUUID(), topic, creationTime: server.now(), data };
          const text = JSON.stringify(frame);
          for (const client of takers) client.push(text);
        }
      }
    },
  };
  server.venue.listeners.add(listener);

  return {
    clients,
    receive(client, message) {
      const { op, req_id: requestId } = message;
      const reply = (success: boolean, words: string): void =>
        client.reply({
          success,
          ret_msg: words,
          op: op ?? '',
          req_id: typeof requestId === 'string' ? requestId : '',
          conn_id: client.id,
        });
      const refuse = (code: string, words: string): void => {
        server.count('private', code);
        reply(false, words);
      };
      switch (op) {
        case 'ping':
          client.reply({
            req_id: requestId ?? '',
            op: 'pong',
            args: [String(server.now())],
            conn_id: client.id,
          });
          return;
        case 'auth':
          authenticate(server, client, message['args'], reply, refuse);
          return;
        case 'subscribe':
        case 'unsubscribe':
          if (!client.authenticated) return refuse('notAuthenticated', 'Request not authorized');
          changeTopics(client, message, isKnown, (code) => server.count('private', code));
          return;
        default:
          refuse('unknownOperation', 'error:unknown op');
      }
    },
    complain: (client, what) =>
      client.reply({ success: false, ret_msg: `error:${what}`, op: '', conn_id: client.id }),
    close: () => void server.venue.listeners.delete(listener),
  };
}

function authenticate(
  server: Server,
  client: Client,
  args: unknown,
  reply: (success: boolean, words: string) => void,
  refuse: (code: string, words: string) => void,
): void {
  try {
    checkSocketAuth(server.credentials, Array.isArray(args) ? args : [], server.now());
    client.authenticated = true;
    reply(true, '');
  } catch (error) {
    if (!(error instanceof VenueRefusal)) throw error;
    refuse(String(error.code), error.message);
  }
}

/** Neighbouring events of one kind travel in one frame, in the order of their happening. */
function framesOf(
  server: Server,
  events: readonly VenueEvent[],
): { kind: Kind; data: Record<string, unknown>[] }[] {
  const frames: { kind: Kind; data: Record<string, unknown>[] }[] = [];
  for (const event of events) {
    const data = eventJson(server, event);
    const last = frames.at(-1);
    if (last?.kind === event.kind) last.data.push(data);
    else frames.push({ kind: event.kind, data: [data] });
  }
  return frames;
}

function eventJson(server: Server, event: VenueEvent): Record<string, unknown> {
  const { account } = server.venue;
  switch (event.kind) {
    case 'order':
      return orderJson(event.order);
    case 'execution': {
      const instrument = account.instruments.get(event.execution.instrument);
      return executionJson(event.execution, instrument?.quoteCurrency ?? '');
    }
    case 'position':
      return positionJson(account, event.position);
    case 'wallet':
      return walletJson(account);
    default:
      return event satisfies never;
  }
}
