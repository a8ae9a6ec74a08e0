import { type Database, strategyTrades } from '@ballast/db';
import type { Instrument, InstrumentId, MarketEvent, Quote, Timeframe } from '@ballast/domain';
import type { Logger, Metrics } from '@ballast/observability';
import { createHearing, type Decide, type Hearing } from './hearing.ts';
import { createKnownInstruments, type KnownInstruments } from './known-instruments.ts';
import { createLiveParameters, strategiesFor } from './live-parameters.ts';
import { createMissedLeaves } from './missed-leaves.ts';
import { ofOneTime } from './said-words.ts';
import { createTrackBook, type TrackBook } from './track-book.ts';
import { createWideBars, WIDE_TIMEFRAMES, type WideBars } from './wide-bars.ts';
import { createCounts } from './worker-counts.ts';

/**
 * Keeps the latest quotes, feeds closed bars to the strategies and hands every word to `decide`.
 * `accept` and `look` may run at once.
 */
export type MarketHost = {
  /**
   * Loads instruments and their stored minutes. Resolves with how many instruments there are and
   * are warm. What has closed by now is history.
   */
  warmUp(): Promise<{ instruments: number; warm: number }>;
  seedQuotes(quotes: ReadonlyMap<InstrumentId, Quote>): void;
  /** Events in the order of the stream; a failing database or bus makes it throw. */
  accept(events: readonly MarketEvent[]): Promise<void>;
  /**
   * Takes the wider bars that have come into the store, and what is still to be left. The first
   * look begins their tracks, which takes several times as long as those of minutes; these go on
   * meanwhile. It throws as `accept` does.
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

  const followed = (at: number) => followedAt(db, { account, instruments, at });
  const parts = { tracks, hearing, wideBars, now };
  let begun = false;

  return {
    async warmUp() {
      const all = await followed(now());
      for (const [instrument, timeframe] of wideTracksOf(all)) {
        wideBars.historyUntil(instrument, timeframe, now());
      }
      let warm = 0;
      for (const instrument of all) if (await tracks.warmUp(instrument, '1m')) warm += 1;
      return { instruments: all.length, warm };
    },
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
      const all = await followed(now());
      if (!begun) {
        begun = true;
        log.info(await beginWide(all, parts), 'tracks of wider bars begun');
      }
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

/** What has left the universe is streamed for as long as it is held, and may have to be left. */
async function followedAt(
  db: Database,
  of: { readonly account: string; readonly instruments: KnownInstruments; readonly at: number },
): Promise<readonly Instrument[]> {
  const trades = await strategyTrades(db, of.account);
  return of.instruments.current(of.at, new Set(trades.map(({ instrument }) => instrument)));
}

/** Each track has its turn, so that minutes are heard in between. */
async function beginWide(
  instruments: readonly Instrument[],
  parts: { tracks: TrackBook; hearing: Hearing; wideBars: WideBars; now: () => number },
) {
  const { tracks, hearing, wideBars, now } = parts;
  const warmed = { wideTracks: 0, warm: 0 };
  for (const [instrument, timeframe] of wideTracksOf(instruments)) {
    const upTo = wideBars.historyUntil(instrument, timeframe, now());
    const isWarm = await hearing.inTurn(() => tracks.warmUp(instrument, timeframe, upTo));
    warmed.wideTracks += 1;
    if (isWarm) warmed.warm += 1;
  }
  return warmed;
}

function wideTracksOf(instruments: readonly Instrument[]): (readonly [Instrument, Timeframe])[] {
  return instruments.flatMap((instrument) =>
    WIDE_TIMEFRAMES.filter((timeframe) => strategiesFor(instrument, timeframe).length > 0).map(
      (timeframe) => [instrument, timeframe] as const,
    ),
  );
}
