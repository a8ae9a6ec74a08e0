import { WebsocketClient } from 'bybit-api';
import type { BrokerStreamHandlers } from '../broker.ts';
import { readFill, readOrder, text } from './wire.ts';

const TOPICS = ['order', 'execution'];
/** The SDK's 1 s makes a busy event loop look like a dead venue. */
const PONG_MS = 5_000;

/**
 * Orders and executions as the venue pushes them. `onLive` comes after authentication and
 * subscription, each time anew: the SDK's own `reconnected` event fires before both.
 */
export function openPrivateStream(
  options: { key: string; secret: string; wsUrl: string; account: string },
  handlers: BrokerStreamHandlers,
): { close(): void } {
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
  client.on('update', (message) => {
    read(String(message.topic), () => {
      const data: unknown = message.data;
      const rows: unknown[] = Array.isArray(data) ? data : [];
      for (const row of rows) {
        if (message.topic === 'order') handlers.onReport(readOrder(row));
        if (message.topic !== 'execution') continue;
        const fill = readFill(row, account);
        if (fill !== null) handlers.onFill(fill);
      }
    });
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
  return { close: () => client.closeAll(true) };
}

/** The SDK's default logger prints raw messages to the console. */
const silent = { trace: () => undefined, info: () => undefined, error: () => undefined };
