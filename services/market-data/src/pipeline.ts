import type { MarketPublisher } from '@ballast/bus';
import type { Bar, Instrument, InstrumentId, MarketEvent } from '@ballast/domain';
import type { FeedHandlers, FeedState } from '@ballast/feeds';
import type { Logger } from '@ballast/observability';

import { type BarBuilder, type BarOutcome, createBarBuilder } from './bar-builder.ts';
import type { BarStore } from './bar-store.ts';
import { createTradeFilter } from './trade-filter.ts';

type PipelineOptions = {
  instruments: readonly Instrument[];
  publisher: Pick<MarketPublisher, 'publish'>;
  barStore: Pick<BarStore, 'add'>;
  log: Logger;
  /** Start of the first minute whose bar is wanted, epoch ms. */
  begin: number;
  now: () => number;
};

/** From the feed's events to the bus and the bar store: each trade once, quotes, each closed bar once. */
export function createPipeline(options: PipelineOptions) {
  const { publisher, barStore, log, now } = options;
  const perInstrument = new Map(
    options.instruments.map(({ id }) => [
      id,
      { filter: createTradeFilter(), builder: createBarBuilder(id, options.begin) },
    ]),
  );
  const withoutQuote = new Set<InstrumentId>(perInstrument.keys());
  const allQuoted = Promise.withResolvers<void>();
  const counts = { trades: 0, quotes: 0, barsOfTrades: 0, barsOfVenue: 0 };
  const troubles = { lateTrades: 0, barMismatches: 0, barsMissing: 0, barsOutOfOrder: 0 };
  const feed = { state: 'connecting', reason: '', since: now(), lastDataAt: 0 };

  function onEvents(events: MarketEvent[]): void {
    feed.lastDataAt = now();
    for (const event of events) onEvent(event);
  }

  function onEvent(event: MarketEvent): void {
    if (event.kind === 'quote') {
      if (!perInstrument.has(event.quote.instrument)) return;
      counts.quotes += 1;
      publisher.publish(event);
      if (withoutQuote.delete(event.quote.instrument) && withoutQuote.size === 0)
        allQuoted.resolve();
      return;
    }
    if (event.kind === 'bar') {
      venueBar(event.bar);
      return;
    }
    const own = perInstrument.get(event.trade.instrument);
    if (own === undefined || own.filter.judge(event.trade) !== 'new') return;
    counts.trades += 1;
    // The bar that this trade closes goes out before the trade itself.
    settle(own.builder.trade(event.trade));
    publisher.publish(event);
  }

  function onState(state: FeedState, reason: string): void {
    Object.assign(feed, { state, reason, since: now() });
    for (const { builder } of perInstrument.values())
      builder.setLive(state === 'live' ? now() : null);
  }

  function venueBar(bar: Bar): void {
    const own = perInstrument.get(bar.instrument);
    if (own !== undefined) settle(own.builder.venueBar(bar));
  }

  function settle(outcomes: readonly BarOutcome[]): void {
    for (const outcome of outcomes) settleOne(outcome);
  }

  function settleOne(outcome: BarOutcome): void {
    switch (outcome.kind) {
      case 'bar':
        if (outcome.bar.source === 'trades') counts.barsOfTrades += 1;
        else counts.barsOfVenue += 1;
        barStore.add([outcome.bar]);
        if (outcome.inOrder) publisher.publish({ kind: 'bar', bar: outcome.bar });
        else troubles.barsOutOfOrder += 1;
        return;
      case 'mismatch':
        troubles.barMismatches += 1;
        log.warn(
          { code: 'BAR_MISMATCH', built: outcome.built, venue: outcome.venue },
          'bars differ',
        );
        return;
      case 'missing':
        troubles.barsMissing += 1;
        log.error({ code: 'BAR_MISSING', openTime: outcome.openTime }, 'no bar for a minute');
        return;
      case 'lateTrade':
        troubles.lateTrades += 1;
        return;
      default:
        outcome satisfies never;
    }
  }

  return {
    handlers: { onEvents, onState } satisfies FeedHandlers,
    venueBar,
    tick(): void {
      for (const { builder } of perInstrument.values()) settle(builder.tick(now()));
    },
    /** Instruments with a closed minute that has no bar yet, and the oldest such minute. */
    awaited: (): { instrument: InstrumentId; openTime: number }[] =>
      [...perInstrument].flatMap(([instrument, { builder }]) => awaitedOf(instrument, builder)),
    /** Resolves once every instrument has had a quote. */
    allQuoted: allQuoted.promise,
    withoutQuote: (): InstrumentId[] => [...withoutQuote],
    feed: (): typeof feed => ({ ...feed }),
    counts(): Record<string, number> {
      const filtered = { repeatedTrades: 0, tradesFromTheFuture: 0, tradesOutOfOrder: 0 };
      for (const { filter } of perInstrument.values()) {
        filtered.repeatedTrades += filter.counts.repeated;
        filtered.tradesFromTheFuture += filter.counts.fromTheFuture;
        filtered.tradesOutOfOrder += filter.counts.outOfOrder;
      }
      return { ...counts, ...troubles, ...filtered };
    },
  };
}

export type Pipeline = ReturnType<typeof createPipeline>;

function awaitedOf(instrument: InstrumentId, builder: BarBuilder) {
  const openTime = builder.oldestAwaited();
  return openTime === null ? [] : [{ instrument, openTime }];
}
