import type { MarketPublisher } from '@ballast/bus';
import type { Bar, Instrument, InstrumentId, MarketEvent } from '@ballast/domain';
import { type FeedEvent, type FeedHandlers, type FeedState, isMarketEvent } from '@ballast/feeds';
import type { Logger } from '@ballast/observability';
import { BarBuilder, type BarOutcome } from './bar-builder.ts';
import type { BarStore } from './bar-store.ts';
import { createTradeFilter, type TradeFilter } from './trade-filter.ts';

type PipelineOptions = {
  instruments: readonly Instrument[];
  publisher: Pick<MarketPublisher, 'publish'>;
  barStore: Pick<BarStore, 'add'>;
  log: Logger;
  /** Start of the first minute whose bar is wanted, epoch ms. */
  begin: number;
  now: () => number;
};

type PerInstrument = { readonly filter: TradeFilter; readonly builder: BarBuilder };

/**
 * From the feed's events to the bus and the bar store: each trade once, quotes,
 * each closed bar once.
 */
export class Pipeline implements FeedHandlers {
  readonly #options: PipelineOptions;
  readonly #perInstrument: ReadonlyMap<InstrumentId, PerInstrument>;
  readonly #withoutQuote: Set<InstrumentId>;
  readonly #allQuoted = Promise.withResolvers<void>();
  readonly #counts = { trades: 0, quotes: 0, barsOfTrades: 0, barsOfVenue: 0 };
  readonly #troubles = { lateTrades: 0, barsCorrected: 0, barsMissing: 0, barsOutOfOrder: 0 };
  #feed: { state: FeedState; reason: string; since: number; lastDataAt: number };

  constructor(options: PipelineOptions) {
    this.#options = options;
    this.#perInstrument = new Map(
      options.instruments.map(({ id }) => [
        id,
        { filter: createTradeFilter(), builder: new BarBuilder(id, options.begin) },
      ]),
    );
    this.#withoutQuote = new Set(this.#perInstrument.keys());
    this.#feed = { state: 'connecting', reason: '', since: options.now(), lastDataAt: 0 };
  }

  onEvents(events: FeedEvent[]): void {
    this.#feed.lastDataAt = this.#options.now();
    for (const event of events) if (isMarketEvent(event)) this.#onEvent(event);
  }

  onState(state: FeedState, reason: string): void {
    const since = this.#options.now();
    this.#feed = { ...this.#feed, state, reason, since };
    for (const { builder } of this.#perInstrument.values()) {
      builder.setLive(state === 'live' ? since : null);
    }
  }

  venueBar(bar: Bar): void {
    const own = this.#perInstrument.get(bar.instrument);
    if (own !== undefined) this.#settle(own.builder.venueBar(bar));
  }

  tick(): void {
    const now = this.#options.now();
    for (const { builder } of this.#perInstrument.values()) this.#settle(builder.tick(now));
  }

  /** Instruments with a closed minute that has no bar yet, and the oldest such minute. */
  awaited(): { instrument: InstrumentId; openTime: number }[] {
    return [...this.#perInstrument].flatMap(([instrument, { builder }]) => {
      const openTime = builder.oldestAwaited();
      return openTime === null ? [] : [{ instrument, openTime }];
    });
  }

  /** Resolves once every instrument has had a quote. */
  allQuoted(): Promise<void> {
    return this.#allQuoted.promise;
  }

  withoutQuote(): InstrumentId[] {
    return [...this.#withoutQuote];
  }

  /** State of the feed with the time it began; `lastDataAt` 0 before the first data. Epoch ms. */
  feed(): { state: FeedState; reason: string; since: number; lastDataAt: number } {
    return { ...this.#feed };
  }

  counts(): Record<string, number> {
    const filtered = { repeatedTrades: 0, tradesFromTheFuture: 0, tradesOutOfOrder: 0 };
    for (const { filter } of this.#perInstrument.values()) {
      filtered.repeatedTrades += filter.counts.repeated;
      filtered.tradesFromTheFuture += filter.counts.fromTheFuture;
      filtered.tradesOutOfOrder += filter.counts.outOfOrder;
    }
    return { ...this.#counts, ...this.#troubles, ...filtered };
  }

  #onEvent(event: MarketEvent): void {
    if (event.kind === 'bar') {
      this.venueBar(event.bar);
    } else if (event.kind === 'quote') {
      if (this.#perInstrument.has(event.quote.instrument)) this.#onQuote(event);
    } else {
      const own = this.#perInstrument.get(event.trade.instrument);
      if (own === undefined || own.filter.judge(event.trade) !== 'new') return;
      this.#counts.trades += 1;
      // The bar that this trade closes goes out before the trade itself.
      this.#settle(own.builder.trade(event.trade));
      this.#options.publisher.publish(event);
    }
  }

  #onQuote(event: Extract<MarketEvent, { kind: 'quote' }>): void {
    this.#counts.quotes += 1;
    this.#options.publisher.publish(event);
    if (!this.#withoutQuote.delete(event.quote.instrument)) return;
    if (this.#withoutQuote.size === 0) this.#allQuoted.resolve();
  }

  #settle(outcomes: readonly BarOutcome[]): void {
    for (const outcome of outcomes) this.#settleOne(outcome);
  }

  #settleOne(outcome: BarOutcome): void {
    const { log, barStore, publisher } = this.#options;
    switch (outcome.kind) {
      case 'bar': {
        const { bar, inOrder } = outcome;
        if (bar.builtFrom === 'trades') this.#counts.barsOfTrades += 1;
        else this.#counts.barsOfVenue += 1;
        barStore.add([bar]);
        if (inOrder) publisher.publish({ kind: 'bar', bar });
        else this.#troubles.barsOutOfOrder += 1;
        return;
      }
      case 'corrected': {
        const { built, bar } = outcome;
        this.#troubles.barsCorrected += 1;
        log.warn({ code: 'BAR_CORRECTED', built, bar }, 'bar differs from the venue');
        barStore.add([bar]);
        publisher.publish({ kind: 'bar', bar });
        return;
      }
      case 'missing':
        this.#troubles.barsMissing += 1;
        log.error({ code: 'BAR_MISSING', openTime: outcome.openTime }, 'no bar for a minute');
        return;
      case 'lateTrade':
        this.#troubles.lateTrades += 1;
        return;
      default:
        outcome satisfies never;
    }
  }
}
