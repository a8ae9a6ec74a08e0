import type { Database } from '@ballast/db';
import {
  type Bar,
  InvalidInput,
  type Instrument,
  type InstrumentId,
  type MarketEvent,
  type Quote,
} from '@ballast/domain';
import type { Logger, Metrics } from '@ballast/observability';
import type { Outcome } from './decision.ts';
import type { TrackOpinion } from './instrument-track.ts';
import { createKnownInstruments } from './known-instruments.ts';
import { createLiveParameters } from './live-parameters.ts';
import { createTrackBook } from './track-book.ts';

export type Decide = (input: {
  readonly bar: Bar;
  readonly judged: TrackOpinion;
  readonly instrument: Instrument;
  readonly quote: Quote | null;
}) => Promise<Outcome>;

/**
 * Keeps the latest quotes, feeds closed bars to the strategies and hands every opinion to `decide`.
 */
export type MarketHost = {
  /**
   * Loads instruments and stored bars. Resolves with how many instruments there are and are warm.
   */
  warmUp(): Promise<{ instruments: number; warm: number }>;
  seedQuotes(quotes: ReadonlyMap<InstrumentId, Quote>): void;
  /** Events in the order of the stream; a failing database or bus makes it throw. */
  accept(events: readonly MarketEvent[]): Promise<void>;
};

export function createMarketHost(options: {
  db: Database;
  decide: Decide;
  log: Logger;
  metrics: Metrics;
  /** Epoch ms. */
  now: () => number;
}): MarketHost {
  const { db, decide, log } = options;
  const counts = createCounts(options.metrics);
  const instruments = createKnownInstruments(db);
  const quotes = new Map<InstrumentId, Quote>();
  const tracks = createTrackBook(db, {
    parameters: createLiveParameters(db, options.now),
    onHole({ instrument, openTime }) {
      counts.holes.inc();
      log.warn({ instrument, openTime }, 'bars missing before this one');
    },
  });

  async function onBar(bar: Bar): Promise<void> {
    counts.bars.inc();
    const instrument = await instruments.of(bar);
    if (instrument === undefined) {
      counts.unknownInstrument.inc();
      log.warn({ instrument: bar.instrument }, 'bar of an instrument that is not stored');
      return;
    }
    const quote = quotes.get(bar.instrument) ?? null;
    for (const judged of await opinionsOn(bar)) {
      countOutcome(counts, judged, await decide({ bar, judged, instrument, quote }));
    }
  }

  async function opinionsOn(bar: Bar): Promise<readonly TrackOpinion[]> {
    try {
      const opinions = await tracks.opinionsOn(bar);
      if (opinions !== 'repeated') return opinions;
      counts.repeatedBars.inc();
    } catch (error) {
      if (!(error instanceof InvalidInput)) throw error;
      counts.malformedBars.inc();
      log.error({ err: error, instrument: bar.instrument }, 'bar left out');
    }
    return [];
  }

  return {
    async warmUp() {
      const ids = await instruments.load();
      let warm = 0;
      for (const id of ids) if (await tracks.warmUp(id)) warm += 1;
      return { instruments: ids.length, warm };
    },
    seedQuotes(list) {
      for (const [id, quote] of list) quotes.set(id, quote);
    },
    async accept(events) {
      for (const event of events) {
        if (event.kind === 'quote') quotes.set(event.quote.instrument, event.quote);
        else if (event.kind === 'bar') await onBar(event.bar);
      }
    },
  };
}

type Counts = ReturnType<typeof createCounts>;

function countOutcome(counts: Counts, { strategy }: TrackOpinion, outcome: Outcome): void {
  if (outcome.kind === 'repeated') return counts.repeatedSignals.inc({ strategy });
  counts.signals.inc({ strategy });
  if (outcome.kind === 'blocked') counts.blocked.inc({ gate: outcome.gate });
  else if (outcome.kind === 'asked') counts.asked.inc({ strategy });
  else counts.unsent.inc({ strategy });
}

function createCounts(metrics: Metrics) {
  return {
    bars: metrics.counter('ballast_strategy_worker_bars_total', 'Closed bars read from the stream'),
    repeatedBars: metrics.counter(
      'ballast_strategy_worker_bars_repeated_total',
      'Bars that had been seen already',
    ),
    holes: metrics.counter(
      'ballast_strategy_worker_bar_holes_total',
      'Bars with a hole before them',
    ),
    malformedBars: metrics.counter(
      'ballast_strategy_worker_bars_malformed_total',
      'Bars that could not be read',
    ),
    unknownInstrument: metrics.counter(
      'ballast_strategy_worker_bars_unknown_instrument_total',
      'Bars nobody knows',
    ),
    signals: metrics.counter('ballast_strategy_worker_signals_total', 'Signals stored', [
      'strategy',
    ]),
    repeatedSignals: metrics.counter(
      'ballast_strategy_worker_signals_repeated_total',
      'Decided earlier',
      ['strategy'],
    ),
    blocked: metrics.counter('ballast_strategy_worker_signals_blocked_total', 'Signals blocked', [
      'gate',
    ]),
    asked: metrics.counter('ballast_strategy_worker_trades_asked_total', 'Trades asked for', [
      'strategy',
    ]),
    unsent: metrics.counter(
      'ballast_strategy_worker_trades_not_sent_total',
      'Asked, but not on the bus',
      ['strategy'],
    ),
  };
}
