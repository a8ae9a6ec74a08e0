import { encode } from '@msgpack/msgpack';
import {
  ANSWER,
  type FrameOutcome,
  type ProtocolLink,
  type SocketProtocol,
  UNUSABLE,
} from '../connection/protocol.ts';
import type { FeedFault } from '../faults.ts';
import type { FeedEvent, Route } from '../feed.ts';
import { StreamItems } from './stream-items.ts';
import { createFrameDecoder, described, isItem, type Item } from './stream-values.ts';
import { Subscriptions } from './subscriptions.ts';
import { venueErrorOf } from './venue-errors.ts';

export type AlpacaCredentials = { readonly key: string; readonly secret: string };

/** Told unasked, or of no use here: daily bars, halts, price bands, imbalances. */
const NOT_READ = new Set(['d', 's', 'l', 'i']);

/** The market-data stream of Alpaca: msgpack arrays both ways, greeting, login, subscriptions. */
export function createStreamProtocol(
  link: ProtocolLink,
  credentials: AlpacaCredentials,
  answerTimeoutMs: number,
): SocketProtocol {
  return new StreamProtocol(link, credentials, answerTimeoutMs);
}

class StreamProtocol implements SocketProtocol {
  readonly source = 'alpaca';
  readonly frames = 'binary';
  readonly ping = 'socket';
  readonly #link: ProtocolLink;
  readonly #credentials: AlpacaCredentials;
  readonly #answerTimeoutMs: number;
  readonly #decode = createFrameDecoder();
  readonly #subscriptions: Subscriptions;
  #items = new Map<string, StreamItems>();
  /** Given up on this connection: for a moment the venue still tells them. */
  readonly #gone = new Set<string>();
  #loginSince: number | null = null;

  constructor(link: ProtocolLink, credentials: AlpacaCredentials, answerTimeoutMs: number) {
    this.#link = link;
    this.#credentials = credentials;
    this.#answerTimeoutMs = answerTimeoutMs;
    this.#subscriptions = new Subscriptions((message) => link.send(encode(message)), link.fault);
  }

  onOpen(now: number): void {
    this.#loginSince = now;
    this.#gone.clear();
    this.#subscriptions.reset();
  }

  setRoutes(routes: readonly Route[], now: number): void {
    const before = this.#items;
    this.#items = new Map(
      routes.map((route) => [
        route.symbol,
        before.get(route.symbol) ?? new StreamItems(route, this.#link.fault),
      ]),
    );
    for (const symbol of before.keys()) if (!this.#items.has(symbol)) this.#gone.add(symbol);
    for (const symbol of this.#items.keys()) this.#gone.delete(symbol);
    this.#subscriptions.setWanted(new Set(this.#items.keys()), now);
  }

  overdue(now: number): FeedFault | null {
    const loginAgeMs = this.#loginSince === null ? 0 : now - this.#loginSince;
    const age = Math.max(loginAgeMs, this.#subscriptions.oldestAgeMs(now));
    return age > this.#answerTimeoutMs ? 'FEED_SUBSCRIBE_UNANSWERED' : null;
  }

  read(_text: string | null, bytes: Buffer, receivedTime: number): FrameOutcome {
    let items: unknown;
    try {
      items = this.#decode(bytes);
    } catch {
      return this.#unusable(`${bytes.length} bytes that are no msgpack`);
    }
    if (!Array.isArray(items)) return this.#unusable(`no list: ${typeof items}`);
    const events: FeedEvent[] = [];
    let isData = false;
    let answer: FrameOutcome = UNUSABLE;
    for (const item of items as readonly unknown[]) {
      if (!isItem(item)) {
        this.#unusable(`item ${typeof item}`);
        continue;
      }
      const control = this.#control(item, receivedTime);
      if (control?.kind === 'refused') return control;
      if (control !== null) answer = control;
      else if (this.#market(item, receivedTime, events)) isData = true;
    }
    return isData ? { kind: 'data', events } : answer;
  }

  /** Null for what is no answer to us. */
  #control(item: Item, now: number): FrameOutcome | null {
    switch (item['T']) {
      case 'success':
        if (item['msg'] === 'connected') {
          this.#link.send(encode({ action: 'auth', ...this.#credentials }));
        } else if (item['msg'] === 'authenticated') {
          this.#loginSince = null;
          this.#subscriptions.open(now);
        }
        return ANSWER;
      case 'subscription':
        this.#subscriptions.confirmed(item, now);
        return ANSWER;
      case 'error':
        return this.#error(item, now);
      default:
        return null;
    }
  }

  #error(item: Item, now: number): FrameOutcome {
    const { code, of, isPassing = false } = venueErrorOf(item['code']);
    const said = typeof item['msg'] === 'string' ? item['msg'].slice(0, 80) : '';
    const message = `${described(item['code'])} ${said}`;
    if (of === 'connection') return { kind: 'refused', code, message, isPassing };
    if (!this.#subscriptions.refused(code, message, now)) this.#link.fault(code, message);
    return ANSWER;
  }

  /** Whether the item told of the market. */
  #market(item: Item, receivedTime: number, events: FeedEvent[]): boolean {
    const { T: kind, S: symbol } = item;
    if (typeof kind === 'string' && NOT_READ.has(kind)) return true;
    const items = typeof symbol === 'string' ? this.#items.get(symbol) : undefined;
    if (items === undefined) {
      if (typeof symbol === 'string' && this.#gone.has(symbol)) return true;
      this.#link.fault('FEED_SYMBOL_UNKNOWN', described(symbol));
      return false;
    }
    const event = this.#event(items, item, kind, receivedTime);
    if (event === undefined) return false;
    if (event !== null) events.push(event);
    return true;
  }

  /** Undefined for a kind that is not known, null for an item that gives no event. */
  #event(
    items: StreamItems,
    item: Item,
    kind: unknown,
    receivedTime: number,
  ): FeedEvent | null | undefined {
    switch (kind) {
      case 't': {
        const trade = items.trade(item, receivedTime);
        return trade === null ? null : { kind: 'trade', trade };
      }
      case 'q': {
        const quote = items.quote(item, receivedTime);
        return quote === null ? null : { kind: 'quote', quote };
      }
      case 'b':
      case 'u': {
        const bar = items.bar(item, kind === 'b' ? 'closed' : 'corrected');
        return bar === null ? null : { kind: 'bar', bar };
      }
      case 'c':
        return items.correction(item, receivedTime);
      case 'x':
        return items.cancel(item, receivedTime);
      default:
        this.#link.fault('FEED_TOPIC_UNKNOWN', described(kind));
        return undefined;
    }
  }

  #unusable(sample: string): FrameOutcome {
    this.#link.fault('FEED_FRAME_MALFORMED', sample);
    return UNUSABLE;
  }
}
