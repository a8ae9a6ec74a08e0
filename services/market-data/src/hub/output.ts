import {
  type Bar,
  type InstrumentId,
  type MarketEvent,
  type PublicTrade,
  type Quote,
  venueOf,
} from '@ballast/domain';
import { BARS_HELD_MS, HeldBars } from './held-bars.ts';
import { ToldBars, ToldTrades } from './told.ts';
import type { Outlet } from './tracked.ts';

/**
 * What a process that is not the active one holds back, in case that it becomes it, since another
 * was the active one for the last time, however long ago that is.
 */
const TRADES_HELD_MS = 15_000;
const TRADES_HELD_MAX = 100_000;

/** Where what leaves the hub goes to while this process is the active one. */
export type Target = {
  publish(event: MarketEvent): void;
  store(bars: readonly Bar[]): void;
};

/** What the streams say of what was let out before; times epoch ms. */
export type Published = {
  /** Of the last moments. */
  readonly events: readonly MarketEvent[];
  /** Of the last minutes: of as many as bars are held. */
  readonly bars: readonly Bar[];
  /**
   * By venue, where its stream has lost what was published: what was held before this moment was
   * let out by who was the active one then.
   */
  readonly goneBefore: ReadonlyMap<string, number>;
  /** The same of its bars. */
  readonly barsGoneBefore: ReadonlyMap<string, number>;
};

/**
 * The hub's outlet. Of two processes both build everything and one lets it out; the other holds the
 * last moments back, so that what the first had not let out when it ended follows from the second.
 */
export class Output implements Outlet {
  readonly #counts = { tradesHandedOver: 0, barsHandedOver: 0, tradesNotHeld: 0 };
  readonly #now: () => number;
  #target: Target | null = null;
  #activeAt: number;
  #trades: PublicTrade[] = [];
  /** First and last of those that found no room while nobody was the active one, by source. */
  #lost = new Map<string, readonly [PublicTrade, PublicTrade]>();
  /** Taken back: let out by us, and on no stream. */
  #back: { readonly trade: PublicTrade; readonly heldAt: number }[] = [];
  readonly #bars = new HeldBars();
  readonly #quotes = new Map<InstrumentId, Quote>();

  constructor(now: () => number) {
    this.#now = now;
    this.#activeAt = now();
  }

  get counts(): Readonly<Record<string, number>> {
    return { ...this.#counts, barsNotHeld: this.#bars.notHeld };
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
    if (this.#target === null) return this.#bars.hold(bar, this.#now(), this.#activeAt);
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
    this.#bars.activeElsewhere();
  }

  /** To be called now and then: lets go of what is too old to be needed. */
  forget(): void {
    const since = Math.min(this.#now(), this.#activeAt);
    const oldest = since - TRADES_HELD_MS;
    const first = this.#trades.findIndex(({ receivedTime }) => receivedTime >= oldest);
    if (first !== 0) this.#trades = first === -1 ? [] : this.#trades.slice(first);
    if (this.#back.length > 0) this.#back = this.#back.filter(({ heldAt }) => heldAt >= oldest);
    this.#bars.forget(since - BARS_HELD_MS);
  }

  /** What was let out and did not arrive, since this process is not the active one any more. */
  takeBack(events: readonly MarketEvent[]): void {
    const heldAt = this.#now();
    this.#bars.takeBack(barsOf(events), heldAt);
    for (const event of events) {
      if (event.kind === 'trade') this.#back.push({ trade: event.trade, heldAt });
      else if (event.kind === 'quote') this.#takeBackQuote(event.quote);
    }
  }

  /**
   * Lets out from now on, first what is held and was not published by the process before.
   * @returns the bars of it; and trades and bars at the bounds of what nobody has let out, and
   * nobody does
   */
  open(
    target: Target,
    published: Published,
  ): { readonly bars: Bar[]; readonly lost: MarketEvent[] } {
    this.forget();
    const lost = [...this.#lost.values()].flat();
    const told = new ToldTrades(published.events);
    const newTrades = [...this.#back, ...this.#trades.map(heldSinceHeard)]
      .filter(({ trade, heldAt }) => !isBefore(published.goneBefore, trade, heldAt))
      .map(({ trade }) => trade)
      .filter((trade) => !told.has(trade));
    const bars = this.#bars.takeOver(new ToldBars(published.bars), (bar, heldAt) =>
      isBefore(published.barsGoneBefore, bar, heldAt),
    );
    this.#counts.tradesHandedOver += newTrades.length;
    this.#counts.barsHandedOver += bars.published.length;
    target.store(bars.stored);
    for (const event of inOrder(newTrades, bars.published)) target.publish(event);
    for (const quote of this.#quotes.values()) target.publish({ kind: 'quote', quote });
    this.#target = target;
    this.#trades = [];
    this.#back = [];
    this.#lost.clear();
    this.#quotes.clear();
    const lostBars = this.#bars.takeLost();
    return {
      bars: bars.published,
      lost: [
        ...lost.map((trade): MarketEvent => ({ kind: 'trade', trade })),
        ...lostBars.map((bar): MarketEvent => ({ kind: 'bar', bar })),
      ],
    };
  }

  /** Holds back from now on. */
  close(): void {
    this.#target = null;
  }

  #shorten(): void {
    for (const trade of this.#trades.slice(0, -TRADES_HELD_MAX)) {
      if (trade.receivedTime < this.#activeAt) continue;
      this.#counts.tradesNotHeld += 1;
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

/** Whether it was held at a moment of which the stream of its venue says nothing any more. */
function isBefore(
  gone: ReadonlyMap<string, number>,
  { instrument }: { readonly instrument: InstrumentId },
  heldAt: number,
): boolean {
  return heldAt < (gone.get(venueOf(instrument)) ?? Number.NEGATIVE_INFINITY);
}

const barsOf = (events: readonly MarketEvent[]): Bar[] =>
  events.flatMap((event) => (event.kind === 'bar' ? [event.bar] : []));

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

const heldSinceHeard = (trade: PublicTrade) => ({ trade, heldAt: trade.receivedTime });
