import { randomUUID } from 'node:crypto';
import { CLEAN_PUSH, type PushFate, type VenueEvent } from '@ballast/sim-core';
import { createOutbox } from '../outbox.ts';
import { executionJson, positionJson, walletJson } from './account-wire.ts';
import { VenueRefusal } from './codes.ts';
import { orderJson } from './order-wire.ts';
import type { Server } from './server.ts';
import { checkSocketAuth } from './signature.ts';
import type { Client, Protocol } from './sockets.ts';
import { changeTopics } from './subscriptions.ts';

const KINDS = ['order', 'execution', 'position', 'wallet'] as const;
type Kind = (typeof KINDS)[number];
type TopicFrame = { readonly kind: Kind; readonly data: Record<string, unknown>[] };

/** `/v5/private`: order, execution, position and wallet, also as `<topic>.linear`. */
export function createPrivateSocket(server: Server): Protocol {
  const clients = new Set<Client>();
  const isKnown = (topic: string): boolean =>
    KINDS.some((kind) => topic === kind || (kind !== 'wallet' && topic === `${kind}.linear`));

  const send = ({ kind, data }: TopicFrame): void => tell(clients, kind, data, server.now());
  const outbox = createOutbox(send, () => {
    for (const client of clients) client.terminate();
  });
  const listener = {
    onAccount(events: readonly VenueEvent[]): void {
      for (const { frame, fate } of framesOf(server, events)) outbox.push(frame, fate);
    },
  };
  server.venue.listeners.add(listener);

  return {
    isPublic: false,
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
    close() {
      outbox.close();
      server.venue.listeners.delete(listener);
    },
  };
}

function tell(clients: Set<Client>, kind: Kind, data: TopicFrame['data'], now: number): void {
  for (const topic of [kind, `${kind}.linear`]) {
    const takers = [...clients].filter((client) => client.topics.has(topic));
    if (takers.length === 0) continue;
    const text = JSON.stringify({ id: randomUUID(), topic, creationTime: now, data });
    for (const client of takers) client.push(text);
  }
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

/**
 * Neighbouring events of one kind travel in one frame, in the order of their happening. One that
 * meets a fault travels alone.
 */
function framesOf(
  server: Server,
  events: readonly VenueEvent[],
): { readonly frame: TopicFrame; readonly fate: PushFate }[] {
  const frames: { readonly frame: TopicFrame; readonly fate: PushFate }[] = [];
  for (const event of events) {
    const data = eventJson(server, event);
    const fate = fateOf(server, event);
    const last = frames.at(-1);
    const joins = last?.frame.kind === event.kind && last.fate === CLEAN_PUSH;
    if (joins && fate === CLEAN_PUSH) last.frame.data.push(data);
    else frames.push({ frame: { kind: event.kind, data: [data] }, fate });
  }
  return frames;
}

function fateOf({ faults }: Server, { kind }: VenueEvent): PushFate {
  if (kind === 'execution') return faults.push('fill');
  return kind === 'order' ? faults.push('order') : CLEAN_PUSH;
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
