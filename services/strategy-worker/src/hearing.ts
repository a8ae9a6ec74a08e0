import { type Bar, InvalidInput, type Instrument, type Quote } from '@ballast/domain';
import type { Logger } from '@ballast/observability';
import type { Outcome } from './entry-decision.ts';
import type { TrackWord } from './instrument-track.ts';
import type { KnownInstruments } from './known-instruments.ts';
import { inOrder, type SaidWord } from './said-words.ts';
import type { TrackBook } from './track-book.ts';
import { createTurns } from './turns.ts';
import { countOutcome, type WorkerCounts } from './worker-counts.ts';

export type Decide = (input: {
  readonly bar: Bar;
  readonly judged: TrackWord;
  readonly instrument: Instrument;
  readonly quote: Quote | null;
}) => Promise<Outcome>;

type Parts = {
  readonly instruments: KnownInstruments;
  readonly tracks: TrackBook;
  readonly quoteOf: (id: Instrument['id']) => Quote | null;
  readonly decide: Decide;
  readonly counts: WorkerCounts;
  readonly log: Logger;
};

/**
 * From closed bars to decisions. Many may ask at once: each bar and each decision has its turn,
 * since a gate looks at what was asked for before.
 */
export type Hearing = {
  /** Bars of one time: all are heard before anything is decided, as in a backtest. */
  hear(bars: readonly Bar[]): Promise<void>;
  decideOn(said: SaidWord): Promise<void>;
  /** Of other work on the tracks. */
  inTurn<T>(work: () => Promise<T>): Promise<T>;
};

export function createHearing({ instruments, tracks, counts, log, ...parts }: Parts): Hearing {
  const inTurn = createTurns();

  async function knownOf(bar: Bar): Promise<Instrument | undefined> {
    const instrument = await instruments.of(bar);
    if (instrument !== undefined) return instrument;
    counts.unknownInstrument.inc();
    log.warn({ instrument: bar.instrument }, 'bar of an instrument that is not stored');
    return undefined;
  }

  async function wordsOn(bar: Bar): Promise<readonly TrackWord[]> {
    const instrument = await knownOf(bar);
    if (instrument === undefined) return [];
    try {
      const words = await tracks.wordsOn(bar, instrument);
      if (words !== 'repeated') return words;
      counts.repeatedBars.inc();
    } catch (error) {
      if (!(error instanceof InvalidInput)) throw error;
      counts.malformedBars.inc();
      log.error({ err: error, instrument: bar.instrument }, 'bar left out');
    }
    return [];
  }

  async function decideOn({ bar, word: judged }: SaidWord): Promise<void> {
    const instrument = await knownOf(bar);
    if (instrument === undefined) return;
    const quote = parts.quoteOf(bar.instrument);
    countOutcome(counts, judged, await parts.decide({ bar, judged, instrument, quote }));
  }

  return {
    async hear(bars) {
      const said: SaidWord[] = [];
      for (const bar of bars) {
        for (const word of await inTurn(() => wordsOn(bar))) said.push({ bar, word });
      }
      for (const one of inOrder(said)) await inTurn(() => decideOn(one));
    },
    decideOn: (said) => inTurn(() => decideOn(said)),
    inTurn,
  };
}
