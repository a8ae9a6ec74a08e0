import {
  type Bar,
  type InstrumentId,
  type MarketEvent,
  type PublicTrade,
  type Quote,
  venueOf,
} from '@ballast/domain';
import { Told } from './told.ts';
import type { Outlet } from './tracked.ts';

/**
 * What a process that is not the active one holds back, in case that it becomes it: of trades as
 * much since another was the active one for the last time, however long ago that is.
 */
const TRADES_HELD_MS = 15_000;
const TRADES_HELD_MAX = 100_000;
const BARS_HELD_MS = 15 * 60_000;

/** Where what leaves the hub goes to while this process is the active one. */
export type Target = {
  publish(event: MarketEvent): void;
  store(bars: readonly Bar[]): void;
};

/** What the streams say of what was let out before; times epoch ms. */
export type Published = {
  readonly events: readonly MarketEvent[];
  /** From when on they were read. */
  readonly since: number;
  /**
   * By venue, where its stream has lost what was published: what was held before this moment was
   * let out by who was the active one then.
   */
  readonly goneBefore: ReadonlyMap<string, number>;
};

type HeldBar = { readonly bar: Bar; readonly heldAt: number };

/**
 * The hub's outlet. Of two processes both build everything and one lets it out; the other holds the
 * last moments back, so that what the first had not let out when it ended follows from the second.
 */
export class Output implements Outlet {
  readonly counts = { tradesHandedOver: 0, barsHandedOver: 0, tradesNotHeld: 0 };
  readonly #now: () => number;
  #target: Target | null = null;
  #activeAt: number;
  #trades: PublicTrade[] = [];
  /** First and last of those that found no room while nobody was the active one, by source. */
  #lost = new Map<string, readonly [PublicTrade, PublicTrade]>();
  /** Taken back: let out by us, and on no stream. */
  #back: { readonly trade: PublicTrade; readonly heldAt: number }[] = [];
  #bars: HeldBar[] = [];
  readonly #quotes = new Map<InstrumentId, Quote>();

  constructor(now: () => number) {
    this.#now = now;
    this.#activeAt = now();
  }

  get isOpen(): boolean {
    return this.#target !== null;
  }

  trade(trade: PublicTrade): void {
    if (this.#target !== null) return this.#target.publish({ kind: 'trade', trade });
    this.#trades.push(trade);
    if (this.#trades.length > 2 * TRADES_HELD_MAX) this.#shorten();
  }

  quote(quote: Quote): void {
    if (this.#target !== null) this.#target.publish({ kind: 'quote', quote });
    else this.#quotes.set(quote.instrument, quote);
  }

  bar(bar: Bar, inOrder: boolean): void {
    if (this.#target === null) {
      this.#bars.push({ bar, heldAt: this.#now() });
      return;
    }
    this.#target.store([bar]);
    if (inOrder) this.#target.publish({ kind: 'bar', bar });
  }

  /** When the oldest of what was taken back was heard: it may be on a stream after all. */
  takenBackSince(): number {
    return this.#back.reduce(
      (oldest, { trade }) => Math.min(oldest, trade.receivedTime),
      Number.POSITIVE_INFINITY,
    );
  }

  /** There was an active process at this moment (epoch ms), this one or another. */
  activeUntil(at: number): void {
    this.#activeAt = at;
    this.#lost.clear();
  }

  /** To be called now and then: lets go of what is too old to be needed. */
  forget(): void {
    const now = this.#now();
    const oldest = Math.min(now, this.#activeAt) - TRADES_HELD_MS;
    const first = this.#trades.findIndex(({ receivedTime }) => receivedTime >= oldest);
    if (first !== 0) this.#trades = first === -1 ? [] : this.#trades.slice(first);
    if (this.#back.length > 0) this.#back = this.#back.filter(({ heldAt }) => heldAt >= oldest);
    this.#bars = this.#bars.filter(({ heldAt }) => heldAt >= now - BARS_HELD_MS);
  }

  /** What was let out and did not arrive, since this process is not the active one any more. */
  takeBack(events: readonly MarketEvent[]): void {
    const heldAt = this.#now();
    for (const event of events) {
      if (event.kind === 'trade') this.#back.push({ trade: event.trade, heldAt });
      else if (event.kind === 'bar') this.#bars.push({ bar: event.bar, heldAt });
      else this.#takeBackQuote(event.quote);
    }
  }

  /**
   * Lets out from now on, first what is held and was not published by the process before.
   * Bars that were held before the streams were read were let out by who was the active one.
   * @returns trades at the bounds of what nobody has let out, and nobody does
   */
  open(target: Target, published: Published): MarketEvent[] {
    this.forget();
    const lost = [...this.#lost.values()].flat();
    const told = new Told(published.events);
    const isGone = ({ instrument }: { instrument: InstrumentId }, heldAt: number): boolean =>
      heldAt < (published.goneBefore.get(venueOf(instrument)) ?? Number.NEGATIVE_INFINITY);
    const newTrades = [...this.#back, ...this.#trades.map(heldSinceHeard)]
      .filter(({ trade, heldAt }) => !isGone(trade, heldAt) && !told.hasTrade(trade))
      .map(({ trade }) => trade);
    const isOfAnother = ({ bar, heldAt }: HeldBar): boolean =>
      heldAt < published.since || told.isOfAnother(bar);
    const lately = this.#bars.filter(
      ({ bar, heldAt }) => heldAt >= published.since && !isGone(bar, heldAt),
    );
    const closed = new Set(lately.filter(({ bar }) => bar.state !== 'corrected').map(minuteOf));
    // What was not closed lately the other has told, and longer ago than its events say.
    const newBars = lately
      .filter(
        (one) => one.bar.state !== 'corrected' || closed.has(minuteOf(one)) || !isOfAnother(one),
      )
      .map(({ bar }) => bar)
      .filter((bar) => !told.hasBar(bar));
    this.counts.tradesHandedOver += newTrades.length;
    this.counts.barsHandedOver += newBars.length;
    target.store(toStore(this.#bars, isOfAnother));
    for (const event of inOrder(newTrades, newBars)) target.publish(event);
    for (const quote of this.#quotes.values()) target.publish({ kind: 'quote', quote });
    this.#target = target;
    this.#trades = [];
    this.#back = [];
    this.#bars = [];
    this.#lost.clear();
    this.#quotes.clear();
    return lost.map((trade): MarketEvent => ({ kind: 'trade', trade }));
  }

  /** Holds back from now on. */
  close(): void {
    this.#target = null;
  }

  #shorten(): void {
    for (const trade of this.#trades.slice(0, -TRADES_HELD_MAX)) {
      if (trade.receivedTime < this.#activeAt) continue;
      this.counts.tradesNotHeld += 1;
      const key = `${trade.instrument} ${trade.source}`;
      this.#lost.set(key, [this.#lost.get(key)?.[0] ?? trade, trade]);
    }
    this.#trades = this.#trades.slice(-TRADES_HELD_MAX);
  }

  #takeBackQuote(quote: Quote): void {
    const held = this.#quotes.get(quote.instrument);
    if (held !== undefined && held.receivedTime > quote.receivedTime) return;
    this.#quotes.set(quote.instrument, quote);
  }
}

/** A bar goes out before the trades of the time after it. */
function inOrder(trades: readonly PublicTrade[], bars: readonly Bar[]): MarketEvent[] {
  const timed = [
    ...bars.map((bar) => ({ at: bar.openTime + 60_000, event: { kind: 'bar', bar } as const })),
    ...trades.map((trade) => {
      return { at: trade.receivedTime, event: { kind: 'trade', trade } as const };
    }),
  ];
  return timed.toSorted((a, b) => a.at - b.at).map(({ event }) => event);
}

/**
 * What we have corrected of a bar that another let out is a bar of ours, that nobody was told: of
 * another source's, which is stored, it says nothing. One of ours that is stored is corrected by
 * other numbers all the same, but once: of several corrections the last has to be the one.
 */
function toStore(held: readonly HeldBar[], isOfAnother: (one: HeldBar) => boolean): Bar[] {
  const isOurs = (one: HeldBar): boolean => one.bar.state === 'corrected' && isOfAnother(one);
  const last = new Map(held.filter(isOurs).map((one) => [minuteOf(one), one]));
  return held
    .filter((one) => !isOurs(one) || last.get(minuteOf(one)) === one)
    .map((one) => (isOurs(one) ? { ...one.bar, state: 'closed' } : one.bar));
}

const minuteOf = ({ bar }: HeldBar): string => `${bar.instrument} ${bar.openTime}`;
const heldSinceHeard = (trade: PublicTrade) => ({ trade, heldAt: trade.receivedTime });
