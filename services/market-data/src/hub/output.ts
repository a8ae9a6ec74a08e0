import type { Bar, InstrumentId, MarketEvent, PublicTrade, Quote } from '@ballast/domain';
import type { Outlet } from './tracked.ts';

/** What a process that is not the active one holds back, in case that it becomes it. */
const TRADES_HELD_MS = 15_000;
const TRADES_HELD_MAX = 100_000;
const BARS_HELD_MS = 15 * 60_000;

/** Where what leaves the hub goes to while this process is the active one. */
export type Target = {
  publish(event: MarketEvent): void;
  store(bars: readonly Bar[]): void;
};

/**
 * The hub's outlet. Of two processes both build everything and one lets it out; the other holds the
 * last moments back, so that what the first had not let out when it ended follows from the second.
 */
export class Output implements Outlet {
  readonly counts = { tradesHandedOver: 0, barsHandedOver: 0 };
  readonly #now: () => number;
  #target: Target | null = null;
  #trades: PublicTrade[] = [];
  #bars: { readonly bar: Bar; readonly heldAt: number }[] = [];
  readonly #quotes = new Map<InstrumentId, Quote>();

  constructor(now: () => number) {
    this.#now = now;
  }

  trade(trade: PublicTrade): void {
    if (this.#target !== null) return this.#target.publish({ kind: 'trade', trade });
    this.#trades.push(trade);
    if (this.#trades.length > 2 * TRADES_HELD_MAX)
      this.#trades = this.#trades.slice(-TRADES_HELD_MAX);
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

  /** To be called now and then: lets go of what is too old to be needed. */
  forget(): void {
    const now = this.#now();
    const oldest = now - TRADES_HELD_MS;
    const first = this.#trades.findIndex(({ receivedTime }) => receivedTime >= oldest);
    if (first !== 0) this.#trades = first === -1 ? [] : this.#trades.slice(first);
    this.#bars = this.#bars.filter(({ heldAt }) => heldAt >= now - BARS_HELD_MS);
  }

  /**
   * Lets out from now on, first what is held and was not published by the process before.
   * @param published what the streams have got since `since` (epoch ms): bars that were held before
   * then were let out by who was the active one
   */
  open(target: Target, published: readonly MarketEvent[], since: number): void {
    this.forget();
    const trades = new Set<string>();
    const bars = new Set<string>();
    for (const event of published) {
      if (event.kind === 'trade') trades.add(tradeKey(event.trade));
      else if (event.kind === 'bar') bars.add(barKey(event.bar));
    }
    const newTrades = this.#trades.filter((trade) => !trades.has(tradeKey(trade)));
    const lately = this.#bars.filter(({ heldAt }) => heldAt >= since).map(({ bar }) => bar);
    const newBars = lately.filter((bar) => !bars.has(barKey(bar)));
    this.counts.tradesHandedOver += newTrades.length;
    this.counts.barsHandedOver += newBars.length;
    target.store(this.#bars.map(({ bar }) => bar));
    for (const event of inOrder(newTrades, newBars)) target.publish(event);
    for (const quote of this.#quotes.values()) target.publish({ kind: 'quote', quote });
    this.#target = target;
    this.#trades = [];
    this.#bars = [];
    this.#quotes.clear();
  }

  /** Holds back from now on. */
  close(): void {
    this.#target = null;
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

const tradeKey = ({ instrument, source, venueTradeId }: PublicTrade): string =>
  `${instrument} ${source} ${venueTradeId}`;
const barKey = ({ instrument, openTime, state, open, high, low, close, volume }: Bar): string =>
  [instrument, openTime, state === 'corrected', open, high, low, close, volume].join(' ');
