import { type Bar, decisionTime, type TradingSession } from '@ballast/domain';
import {
  isNext,
  type Known,
  type LeaveWord,
  numericBar,
  type Opinion,
  type StrategyRun,
  unbrokenEnd,
} from '@ballast/strategies';

/** What a strategy says of a bar; `score` is how much speaks for an entry, 0 to 100. */
export type TrackWord = { readonly strategy: StrategyRun['name']; readonly score: number } & (
  | { readonly word: 'enter'; readonly opinion: Opinion }
  | { readonly word: 'leave'; readonly opinion: LeaveWord }
);

export type TrackResult =
  | { readonly kind: 'repeated' }
  | { readonly kind: 'hole' }
  | { readonly kind: 'stepped'; readonly words: readonly TrackWord[] };

/** A word to leave, and the bar that it was said of. */
export type SaidLeave = { readonly bar: Bar; readonly word: TrackWord & { word: 'leave' } };

/**
 * The strategies of one instrument that look at bars of one width, fed with bars that follow each
 * other without a hole.
 */
export type InstrumentTrack = {
  /** Begins anew from stored bars, oldest first; what is said of them is history and not given. */
  warmUp(stored: readonly Bar[], known: Known): void;
  /**
   * @param known what was known beside the bars, at least when this one was decided on
   * @throws InvalidInput when the bar cannot be read; the track stays as it was.
   */
  accept(bar: Bar, known: Known): TrackResult;
  /** Every strategy has seen its warm-up. */
  isWarm(): boolean;
  barsSeen(): number;
  /** The newest bar seen is the one right before `bar`. */
  precedes(bar: Bar): boolean;
  /** The newest word of each strategy to leave each direction, history included. */
  leaves(): readonly SaidLeave[];
};

export function createTrack(
  start: () => readonly StrategyRun[],
  session: TradingSession,
): InstrumentTrack {
  let runs = start();
  let last: Bar | null = null;
  let bars = 0;
  const leaves = new Map<string, SaidLeave>();

  function step(bar: Bar, known: Known): TrackWord[] {
    const numeric = numericBar(bar);
    known.moveTo(decisionTime(bar.timeframe, session, bar.openTime));
    const words = runs.flatMap((run) => wordsOf(run, run.step(numeric, known.values)));
    last = bar;
    bars += 1;
    for (const word of words) {
      if (word.word !== 'leave') continue;
      leaves.set(`${word.strategy} ${word.opinion.direction}`, { bar, word });
    }
    return words;
  }

  return {
    warmUp(stored, known) {
      runs = start();
      last = null;
      bars = 0;
      leaves.clear();
      for (const bar of unbrokenEnd(stored, session)) step(bar, known);
    },
    accept(bar, known) {
      if (last !== null && bar.openTime <= last.openTime) return { kind: 'repeated' };
      if (last !== null && !isNext(last, bar, session)) return { kind: 'hole' };
      return { kind: 'stepped', words: step(bar, known) };
    },
    isWarm: () => runs.every((run) => bars >= run.warmUp),
    barsSeen: () => bars,
    precedes: (bar) => last !== null && isNext(last, bar, session),
    leaves: () => [...leaves.values()],
  };
}

/** What is held is left before anything is entered. */
function wordsOf(run: StrategyRun, opinion: Opinion | null): TrackWord[] {
  const of = { strategy: run.name, score: run.score() };
  const left = [run.leaves('long'), run.leaves('short')].flatMap((leave): TrackWord[] =>
    leave === null ? [] : [{ ...of, word: 'leave', opinion: leave }],
  );
  return opinion === null ? left : [...left, { ...of, word: 'enter', opinion }];
}
