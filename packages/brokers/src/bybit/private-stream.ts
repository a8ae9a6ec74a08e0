import { WebsocketClient } from 'bybit-api';
import type { BrokerStreamHandlers } from '../broker.ts';
import { rawText } from '../raw-text.ts';
import type { Category } from './category.ts';
import { list, readFill, readOrder, text, WireError } from './wire.ts';

const TOPICS = ['order', 'execution'];
/** The SDK's 1 s makes a busy event loop look like a dead venue. */
const PONG_MS = 5_000;

/** The venue takes 500 connections in five minutes from one address; the SDK never waits longer. */
const RECONNECT_MS = 1_000;

/**
 * The stream has no sound while no order moves: one that stays mute about an order for this long
 * after it was accepted is given up, though its pings are answered.
 */
const TOLD_WITHIN_MS = 5_000;
/** Accepted orders that the stream has not told of yet. */
const AWAITED_MAX = 1_000;

/** A client that is not live by then is given up for a new one: its login may never be answered. */
const LIVE_WITHIN_MS = 20_000;

type StreamOptions = {
  key: string;
  secret: string;
  wsUrl: string;
  account: string;
  category: Category;
};

export type Expected = { accepted(): void; refused(): void };

export type PrivateStream = {
  /** An order is about to be sent. Once the venue has accepted it, a live stream tells of it. */
  expect(clientOrderId: string): Expected;
  close(): void;
};

/**
 * Orders and executions as the venue pushes them. `onLive` comes after authentication and
 * subscription, each time anew: the SDK's own `reconnected` event fires before both. The SDK
 * reconnects by itself, but a socket that breaks during its login leaves it waiting for ever.
 */
export function openPrivateStream(
  options: StreamOptions,
  handlers: BrokerStreamHandlers,
): PrivateStream {
  let client: EndingClient | null = null;
  let timer: NodeJS.Timeout | null = null;
  let live = false;
  let closed = false;
  const awaited = new AwaitedOrders();
  const mute = (): void => {
    replace();
    watched.onDown('connected, but mute');
  };
  const watch = (): void => {
    timer ??= setTimeout(replace, LIVE_WITHIN_MS);
  };
  const watched: BrokerStreamHandlers = {
    ...handlers,
    onLive() {
      if (timer !== null) clearTimeout(timer);
      timer = null;
      live = true;
      handlers.onLive();
    },
    onDown(reason) {
      live = false;
      awaited.forget();
      if (!closed) watch();
      handlers.onDown(reason);
    },
    onReport(report) {
      awaited.told(report.clientOrderId);
      handlers.onReport(report);
    },
  };
  function replace(): void {
    timer = null;
    client?.end();
    client = openClient(options, watched);
    watch();
  }
  replace();
  return {
    expect(clientOrderId) {
      if (live) awaited.expect(clientOrderId);
      return {
        accepted: () => awaited.accepted(clientOrderId, mute),
        refused: () => awaited.told(clientOrderId),
      };
    },
    close() {
      closed = true;
      awaited.forget();
      if (timer !== null) clearTimeout(timer);
      client?.end();
    },
  };
}

/** Orders of which the stream has to say something: it is mute if it does not. */
class AwaitedOrders {
  /** Each with the timer that ends the wait; null before the venue's answer. */
  readonly #waits = new Map<string, NodeJS.Timeout | null>();

  expect(clientOrderId: string): void {
    if (this.#waits.size < AWAITED_MAX) this.#waits.set(clientOrderId, null);
  }

  accepted(clientOrderId: string, onMute: () => void): void {
    if (this.#waits.get(clientOrderId) !== null) return;
    this.#waits.set(clientOrderId, setTimeout(onMute, TOLD_WITHIN_MS));
  }

  told(clientOrderId: string): void {
    const wait = this.#waits.get(clientOrderId);
    if (wait !== null) clearTimeout(wait);
    this.#waits.delete(clientOrderId);
  }

  forget(): void {
    for (const clientOrderId of this.#waits.keys()) this.told(clientOrderId);
  }
}

/** The SDK's client goes on connecting when it is closed while it waits to do so. */
class EndingClient extends WebsocketClient {
  #ended = false;

  override async connect(
    ...given: Parameters<WebsocketClient['connect']>
  ): ReturnType<WebsocketClient['connect']> {
    return this.#ended ? undefined : super.connect(...given);
  }

  end(): void {
    this.#ended = true;
    this.removeAllListeners();
    this.closeAll(true);
  }
}

function openClient(options: StreamOptions, handlers: BrokerStreamHandlers): EndingClient {
  const { account, category, ...connection } = options;
  const client = new EndingClient(
    { ...connection, market: 'v5', pongTimeout: PONG_MS, reconnectTimeout: RECONNECT_MS },
    silent,
  );
  const read = (what: string, raw: unknown, reading: () => void): void => {
    try {
      reading();
    } catch (error) {
      handlers.onBadMessage('VENUE_MESSAGE_MALFORMED', `${what}: ${String(error)}`, rawText(raw));
    }
  };
  const pass = (topic: string, row: unknown): void => {
    if (topic === 'order') return handlers.onReport(readOrder(row, category));
    if (topic !== 'execution') throw new WireError('topic was not asked for');
    const fill = readFill(row, account, category);
    if (fill !== null) handlers.onFill(fill);
  };
  client.on('update', (message) => {
    const topic = String(message.topic);
    let rows: unknown[] = [];
    read(topic, message, () => {
      rows = list(message, 'data');
    });
    // Each row by itself: one that cannot be read must not take a fill along.
    for (const row of rows) read(topic, row, () => pass(topic, row));
  });
  client.on('response', (message) => {
    // A connection that fails is told the same way; all that the venue answers has an `op`.
    if (!('op' in message)) return handlers.onDown('connection failed');
    return read('response', message, () => {
      if (text(message, 'op') !== 'subscribe') return;
      if (Reflect.get(message, 'success') === true) handlers.onLive();
      else handlers.onDown(`subscription refused: ${rawText(Reflect.get(message, 'ret_msg'))}`);
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
