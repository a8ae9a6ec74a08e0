import type { FaultSink, FeedFault } from '../faults.ts';

const SYMBOLS_PER_REQUEST = 200;
/** Corrections and cancels come with `trades` unasked. */
const CHANNELS = ['trades', 'quotes', 'bars', 'updatedBars'] as const;
/** Named in each answer; a simulated venue has no updated bars. */
const CONFIRMED = ['trades', 'quotes', 'bars'] as const;

type SubscriptionRequest = {
  readonly action: 'subscribe' | 'unsubscribe';
  readonly symbols: readonly string[];
};

/**
 * Asks for symbols, one request at a time, since answers do not say what they answer. A refused
 * request of several symbols is halved and asked again, so that each costs only itself.
 */
export class Subscriptions {
  readonly #send: (message: object) => void;
  readonly #fault: FaultSink;
  #wanted: ReadonlySet<string> = new Set();
  /** Asked for on this connection, whatever came of it. */
  readonly #asked = new Set<string>();
  readonly #queue: SubscriptionRequest[] = [];
  #pending: SubscriptionRequest | null = null;
  #sentAt = 0;
  #isOpen = false;

  constructor(send: (message: object) => void, fault: FaultSink) {
    this.#send = send;
    this.#fault = fault;
  }

  /** On a new connection, before its login. */
  reset(): void {
    this.#isOpen = false;
    this.#pending = null;
    this.#queue.length = 0;
    this.#asked.clear();
  }

  /** After the login. */
  open(now: number): void {
    this.#isOpen = true;
    this.#follow(now);
  }

  setWanted(symbols: ReadonlySet<string>, now: number): void {
    this.#wanted = symbols;
    this.#follow(now);
  }

  /** The venue's list of all that is subscribed. */
  confirmed(lists: Readonly<Record<string, unknown>>, now: number): void {
    const request = this.#pending;
    this.#pending = null;
    if (request === null) this.#fault('FEED_FRAME_MALFORMED', 'subscriptions not asked for');
    if (request?.action === 'subscribe') {
      const told = CONFIRMED.map((channel) => new Set(listOf(lists[channel])));
      for (const symbol of request.symbols) {
        if (!told.every((one) => one.has(symbol))) this.#fault('FEED_SUBSCRIBE_REFUSED', symbol);
      }
    }
    this.#next(now);
  }

  /** Gives false when nothing was asked that this could be about. */
  refused(code: FeedFault, message: string, now: number): boolean {
    const request = this.#pending;
    this.#pending = null;
    if (request === null) return false;
    const { action, symbols } = request;
    const [symbol] = symbols;
    if (symbols.length > 1) {
      const half = Math.ceil(symbols.length / 2);
      const halves = [symbols.slice(0, half), symbols.slice(half)];
      this.#queue.unshift(...halves.map((part) => ({ action, symbols: part })));
    } else if (action === 'subscribe') {
      const unknown = code === 'FEED_SUBSCRIBE_REFUSED' && /symbol/i.test(message);
      this.#fault(unknown ? 'FEED_SYMBOL_UNKNOWN' : code, `${symbol}: ${message}`);
    } else {
      this.#fault(code, `${symbol}, no longer wanted: ${message}`);
    }
    this.#next(now);
    return true;
  }

  /** Age in ms of the request that has no answer; 0 when there is none. */
  oldestAgeMs(now: number): number {
    return this.#pending === null ? 0 : now - this.#sentAt;
  }

  #follow(now: number): void {
    if (!this.#isOpen) return;
    const fresh = [...this.#wanted].filter((symbol) => !this.#asked.has(symbol));
    const gone = [...this.#asked].filter((symbol) => !this.#wanted.has(symbol));
    // First those that go: the venue counts symbols.
    this.#enqueue('unsubscribe', gone);
    this.#enqueue('subscribe', fresh);
    for (const symbol of gone) this.#asked.delete(symbol);
    for (const symbol of fresh) this.#asked.add(symbol);
    this.#next(now);
  }

  #enqueue(action: SubscriptionRequest['action'], symbols: readonly string[]): void {
    for (let index = 0; index < symbols.length; index += SYMBOLS_PER_REQUEST) {
      this.#queue.push({ action, symbols: symbols.slice(index, index + SYMBOLS_PER_REQUEST) });
    }
  }

  #next(now: number): void {
    if (this.#pending !== null || !this.#isOpen) return;
    this.#pending = this.#queue.shift() ?? null;
    if (this.#pending === null) return;
    this.#sentAt = now;
    const { action, symbols } = this.#pending;
    this.#send({ action, ...Object.fromEntries(CHANNELS.map((channel) => [channel, symbols])) });
  }
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}
