import { WebsocketClient } from 'bybit-api';
import type { BrokerStreamHandlers } from '../broker.ts';
import { list, readFill, readOrder, text, WireError } from './wire.ts';

const TOPICS = ['order', 'execution'];
/** The SDK's 1 s makes a busy event loop look like a dead venue. */
const PONG_MS = 5_000;

/** A client that is not live by then is given up for a new one: its login may never be answered. */
const LIVE_WITHIN_MS = 20_000;

type StreamOptions = { key: string; secret: string; wsUrl: string; account: string };

/**
 * Orders and executions as the venue pushes them. `onLive` comes after authentication and
 * subscription, each time anew: the SDK's own `reconnected` event fires before both. The SDK
 * reconnects by itself, but a socket that breaks during its login leaves it waiting for ever.
 */
export function openPrivateStream(
  options: StreamOptions,
  handlers: BrokerStreamHandlers,
): { close(): void } {
  let client: WebsocketClient | null = null;
  let timer: NodeJS.Timeout | null = null;
  let closed = false;

  const watch = (): void => {
    timer ??= setTimeout(replace, LIVE_WITHIN_MS);
  };
  const watched: BrokerStreamHandlers = {
    ...handlers,
    onLive() {
      if (timer !== null) clearTimeout(timer);
      timer = null;
      handlers.onLive();
    },
    onDown(reason) {
      if (!closed) watch();
      handlers.onDown(reason);
    },
  };
  function replace(): void {
    timer = null;
    client?.removeAllListeners();
    client?.closeAll(true);
    client = openClient(options, watched);
    watch();
  }
  replace();
  return {
    close() {
      closed = true;
      if (timer !== null) clearTimeout(timer);
      client?.closeAll(true);
    },
  };
}

function openClient(options: StreamOptions, handlers: BrokerStreamHandlers): WebsocketClient {
  const { account, ...connection } = options;
  const client = new WebsocketClient(
    { ...connection, market: 'v5', pongTimeout: PONG_MS, reconnectTimeout: 500 },
    silent,
  );
  const read = (what: string, reading: () => void): void => {
    try {
      reading();
    } catch (error) {
      handlers.onBadMessage('VENUE_MESSAGE_MALFORMED', `${what}: ${String(error)}`);
    }
  };
  const pass = (topic: string, row: unknown): void => {
    if (topic === 'order') return handlers.onReport(readOrder(row));
    if (topic !== 'execution') throw new WireError('topic was not asked for');
    const fill = readFill(row, account);
    if (fill !== null) handlers.onFill(fill);
  };
  client.on('update', (message) => {
    const topic = String(message.topic);
    let rows: unknown[] = [];
    read(topic, () => {
      rows = list(message, 'data');
    });
    // Each row by itself: one that cannot be read must not take a fill along.
    for (const row of rows) read(topic, () => pass(topic, row));
  });
  client.on('response', (message) => {
    read('response', () => {
      if (text(message, 'op') !== 'subscribe') return;
      if (Reflect.get(message, 'success') === true) handlers.onLive();
      else handlers.onDown(`subscription refused: ${String(Reflect.get(message, 'ret_msg'))}`);
    });
  });
  client.on('reconnect', () => handlers.onDown('connection lost'));
  client.on('close', () => handlers.onDown('connection closed'));
  client.on('exception', () => handlers.onDown('stream exception'));
  void Promise.allSettled(client.subscribeV5(TOPICS, 'linear', true));
  return client;
}

/** The SDK's default logger prints raw messages to the console. */
const silent = { trace: () => undefined, info: () => undefined, error: () => undefined };
