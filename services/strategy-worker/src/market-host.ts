import type { Database } from '@ballast/db';
import type { Instrument, InstrumentId, MarketEvent, Quote } from '@ballast/domain';
import type { Logger, Metrics } from '@ballast/observability';
import { createHearing, type Decide } from './hearing.ts';
import { createKnownInstruments } from './known-instruments.ts';
import { createLiveParameters, strategiesFor } from './live-parameters.ts';
import { createMissedLeaves } from './missed-leaves.ts';
import { ofOneTime } from './said-words.ts';
import { createTrackBook, type TrackBook } from './track-book.ts';
import { createWideBars, WIDE_TIMEFRAMES, type WideBars } from './wide-bars.ts';
import { createCounts } from './worker-counts.ts';

/** How many tracks there are, of minutes and of wider bars, and how many of them are warm. */
export type WarmUp = Readonly<Record<'instruments' | 'warm' | 'wideTracks' | 'wideWarm', number>>;

/**
 * Keeps the latest quotes, feeds closed bars to the strategies and hands every word to `decide`.
 * `accept` and `look` may run at once.
 */
export type MarketHost = {
  /** Loads instruments and stored bars. */
  warmUp(): Promise<WarmUp>;
  seedQuotes(quotes: ReadonlyMap<InstrumentId, Quote>): void;
  /** Events in the order of the stream; a failing database or bus makes it throw. */
  accept(events: readonly MarketEvent[]): Promise<void>;
  /**
   * Takes the wider bars that have come into the store, and what is still to be left. It throws as
   * `accept` does.
   */
  look(): Promise<void>;
};

export function createMarketHost(options: {
  db: Database;
  account: string;
  decide: Decide;
  log: Logger;
  metrics: Metrics;
  /** Epoch ms. */
  now: () => number;
}): MarketHost {
  const { db, account, decide, log, now } = options;
  const counts = createCounts(options.metrics);
  const instruments = createKnownInstruments(db);
  const quotes = new Map<InstrumentId, Quote>();
  const wideBars = createWideBars(db);
  const parameters = createLiveParameters(db, now);
  const tracks = createTrackBook(db, {
    parameters,
    onHole({ instrument, timeframe, openTime }) {
      counts.holes.inc();
      log.warn({ instrument, timeframe, openTime }, 'bars missing before this one');
    },
  });
  const missedLeaves = createMissedLeaves(db, { account, tracks, parameters });
  const quoteOf = (id: InstrumentId): Quote | null => quotes.get(id) ?? null;
  const hearing = createHearing({ instruments, tracks, quoteOf, decide, counts, log });

  return {
    warmUp: async () =>
      warmUpAll(await instruments.current(now()), { tracks, wideBars, at: now() }),
    seedQuotes(list) {
      for (const [id, quote] of list) quotes.set(id, quote);
    },
    async accept(events) {
      for (const event of events) {
        if (event.kind === 'quote') quotes.set(event.quote.instrument, event.quote);
        if (event.kind !== 'bar') continue;
        counts.bars.inc();
        await hearing.hear([event.bar]);
      }
    },
    async look() {
      const all = await instruments.current(now());
      for (const timeframe of WIDE_TIMEFRAMES) {
        for (const bars of ofOneTime(await wideBars.due(all, timeframe, now()))) {
          counts.wideBars.inc({ timeframe }, bars.length);
          await hearing.hear(bars);
        }
      }
      for (const said of await missedLeaves()) await hearing.decideOn(said);
    },
  };
}

async function warmUpAll(
  instruments: readonly Instrument[],
  { tracks, wideBars, at }: { tracks: TrackBook; wideBars: WideBars; at: number },
): Promise<WarmUp> {
  const warmed = { instruments: instruments.length, warm: 0, wideTracks: 0, wideWarm: 0 };
  for (const instrument of instruments) {
    if (await tracks.warmUp(instrument, '1m')) warmed.warm += 1;
    for (const timeframe of WIDE_TIMEFRAMES) {
      if (strategiesFor(instrument, timeframe).length === 0) continue;
      const upTo = wideBars.historyUntil(instrument, timeframe, at);
      warmed.wideTracks += 1;
      if (await tracks.warmUp(instrument, timeframe, upTo)) warmed.wideWarm += 1;
    }
  }
  return warmed;
}
