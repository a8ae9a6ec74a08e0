import { type Database, knownColumns, recentBars, strategyParametersHistory } from '@ballast/db';
import {
  type Bar,
  decisionTime,
  type Instrument,
  type StrategyName,
  TIMEFRAME_MS,
  type TradeDirection,
  type TradingSession,
} from '@ballast/domain';
import {
  BITCOIN,
  forgottenWholly,
  isNext,
  Known,
  numericBar,
  type Opinion,
  startRun,
  STRATEGY_BY_NAME,
  type StrategyRun,
  unbrokenEnd,
} from '@ballast/strategies';
import type { MadeFrom } from './bars-then.ts';
import type { Said } from './same-opinion.ts';

/** More of them where the averages are slow. */
const BARS_MIN = 1_000;

/** From `from` up to but without `to`, epoch ms. */
export type Stretch = { readonly from: number; readonly to: number };

export type SaidOfBar = {
  readonly opinion: Opinion | null;
  /** The word to leave what is held on a side; null where that was not said. */
  leaves(direction: TradeDirection): Said | null;
};

export type ReplayedWord = SaidOfBar & {
  readonly madeFrom: MadeFrom;
  /** What is said of the bar by other bars, or by other parameters. */
  again(bars: readonly Bar[], change?: Pick<Segment, 'parameters'>): SaidOfBar;
};

/** What a strategy says of an instrument's bars that close in a stretch. */
export type Replayed = {
  /** Open times of the bars on which it speaks for an entry. */
  readonly spoken: readonly number[];
  wordOn(openTime: number): ReplayedWord;
};

/** A stretch in which the parameters stay as they are. */
export type Segment = Stretch & { readonly parameters: unknown };

export async function segmentsOf(
  db: Database,
  strategy: StrategyName,
  { from, to }: Stretch,
): Promise<Segment[]> {
  const history = await strategyParametersHistory(db, strategy);
  const starts = [from, ...history.map((row) => row.effectiveFrom)]
    .filter((at) => at >= from && at < to)
    .toSorted((a, b) => a - b);
  return [...new Set(starts)].map((start, index, all) => {
    const inForce = history
      .filter((row) => row.effectiveFrom <= start)
      .toSorted((a, b) => a.effectiveFrom - b.effectiveFrom || a.seq - b.seq)
      .at(-1);
    return { from: start, to: all[index + 1] ?? to, parameters: inForce?.parameters };
  });
}

/** Each segment with bars enough before it, begun anew after a hole, as live. */
export async function replayStretch(
  db: Database,
  strategy: StrategyName,
  instrument: Instrument,
  segments: readonly Segment[],
): Promise<Replayed> {
  const words = new Map<number, Word>();
  for (const segment of segments) {
    const read = await replaySegment(db, { strategy, instrument, segment });
    for (const [openTime, word] of read) words.set(openTime, word);
  }
  const spoken = [...words].flatMap(([openTime, { opinion }]) => (opinion ? [openTime] : []));
  return {
    spoken,
    wordOn(openTime) {
      const word = words.get(openTime);
      const { session } = instrument;
      if (word === undefined) return notStored(openTime, session);
      const { bars, from, row, warmUp, left, again } = word;
      const madeFrom = { bars: bars.slice(from, row + 1), session, barOpenTime: openTime, warmUp };
      const leaves = (direction: TradeDirection): Said | null => left[direction];
      return { opinion: word.opinion, leaves, madeFrom, again };
    },
  };
}

const NOTHING: SaidOfBar = { opinion: null, leaves: () => null };

const notStored = (barOpenTime: number, session: TradingSession): ReplayedWord => ({
  ...NOTHING,
  again: () => NOTHING,
  madeFrom: { bars: [], session, barOpenTime, warmUp: 0 },
});

/** What is said of a bar, and where among which bars those lie that it was made from. */
type Word = {
  readonly opinion: Opinion | null;
  readonly left: Readonly<Record<TradeDirection, Said | null>>;
  readonly bars: readonly Bar[];
  readonly from: number;
  readonly row: number;
  readonly warmUp: number;
  readonly again: ReplayedWord['again'];
};

async function replaySegment(
  db: Database,
  of: {
    readonly strategy: StrategyName;
    readonly instrument: Instrument;
    readonly segment: Segment;
  },
): Promise<Map<number, Word>> {
  const { instrument, segment } = of;
  const { from, to, parameters } = segment;
  const strategy = STRATEGY_BY_NAME[of.strategy];
  const { timeframe } = strategy;
  const decided = (openTime: number): number =>
    decisionTime(timeframe, instrument.session, openTime);
  let run = startRun(strategy, parameters);
  const reach = Math.max(BARS_MIN, forgottenWholly(run.warmUp) + 1);
  const count = reach + 1 + Math.ceil((to - from) / TIMEFRAME_MS[timeframe]);
  const stored = await recentBars(db, instrument.id, timeframe, count, to - 1);
  const bars = stored.filter(({ openTime }) => decided(openTime) < to);
  const begin = decided(bars[0]?.openTime ?? from);
  const about = { instrument: instrument.id, regimeOf: BITCOIN, from: begin, until: to };
  const columns = await knownColumns(db, strategy.needs, about);
  const known = new Known(columns);
  const words = new Map<number, Word>();
  let begun = 0;
  for (const [row, bar] of bars.entries()) {
    const before = bars[row - 1];
    if (before !== undefined && !isNext(before, bar, instrument.session)) {
      run = startRun(strategy, parameters);
      begun = row;
    }
    known.moveTo(decided(bar.openTime));
    const opinion = run.step(numericBar(bar), known.values);
    if (decided(bar.openTime) < from) continue;
    const left = { long: run.leaves('long'), short: run.leaves('short') };
    const first = Math.max(begun, row + 1 - reach);
    const again: Word['again'] = (other, change = segment) =>
      saidOnLast(unbrokenEnd(other, instrument.session), bar.openTime, {
        run: startRun(strategy, change.parameters),
        known: new Known(columns),
        decided,
      });
    words.set(bar.openTime, { opinion, left, bars, from: first, row, warmUp: run.warmUp, again });
  }
  return words;
}

/** What a strategy that begins with these bars says of the last one, which is to be that one. */
function saidOnLast(
  bars: readonly Bar[],
  openTime: number,
  by: {
    readonly run: StrategyRun;
    readonly known: Known;
    readonly decided: (openTime: number) => number;
  },
): SaidOfBar {
  const { run, known, decided } = by;
  if (bars.at(-1)?.openTime !== openTime) return NOTHING;
  let opinion: Opinion | null = null;
  for (const bar of bars) {
    known.moveTo(decided(bar.openTime));
    opinion = run.step(numericBar(bar), known.values);
  }
  return { opinion, leaves: (direction) => run.leaves(direction) };
}
