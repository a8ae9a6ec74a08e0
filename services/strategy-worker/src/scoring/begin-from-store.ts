import { barsBetween, type Database, recentBars } from '@ballast/db';
import {
  type Bar,
  barCloseTime,
  barSpanEnd,
  expectedOpenTimes,
  type Instrument,
  type Timeframe,
  TIMEFRAME_MS,
} from '@ballast/domain';
import { foldBars, type NumericBar, numericBar } from '@ballast/strategies';
import type { ScoredInstrument } from './scored-instrument.ts';

/** So many warm-ups are read: what an average began with is below a millionth then. */
const WARM_UPS = 2;

type History = {
  readonly timeframe: Timeframe;
  readonly bars: readonly NumericBar[];
  /** Where the next bar begins: minutes from here on are not in these. */
  readonly end: number | null;
};

/**
 * Begins an instrument anew: its stored bars of each board's timeframe, then the minutes after
 * them, from which the bar under way is made. Wide bars are stored seconds after their end.
 */
export async function beginFromStore(db: Database, one: ScoredInstrument): Promise<void> {
  const { instrument, placed } = one;
  const needed = new Map<Timeframe, number>();
  for (const { board } of placed) {
    const bars = WARM_UPS * (board.warmUp + 1);
    needed.set(board.timeframe, Math.max(bars, needed.get(board.timeframe) ?? 0));
  }
  const [newest] = await recentBars(db, instrument.id, '1m', 1);
  const last = newest?.openTime ?? null;
  const histories = await Promise.all(
    [...needed].map(([timeframe, count]) => history(db, instrument, { timeframe, count, last })),
  );
  const minutes = last === null ? [] : await minutesAfter(db, instrument, histories, last);
  for (const part of placed) {
    const { board, place } = part;
    const known = histories.find(({ timeframe }) => timeframe === board.timeframe);
    board.begin(place);
    for (const bar of known?.bars ?? []) board.stepBar(place, bar, one.known);
    const end = known?.end ?? Number.POSITIVE_INFINITY;
    part.fold = foldBars(board.timeframe, instrument.session, end);
    for (const minute of minutes) {
      if (minute.openTime < end) continue;
      for (const bar of part.fold.add(minute)) board.stepBar(place, bar, one.known);
    }
  }
  one.last = last;
}

async function history(
  db: Database,
  instrument: Instrument,
  { timeframe, count, last }: { timeframe: Timeframe; count: number; last: number | null },
): Promise<History> {
  const stored = await recentBars(db, instrument.id, timeframe, count);
  const until = (last ?? Number.NEGATIVE_INFINITY) + TIMEFRAME_MS['1m'];
  const { session } = instrument;
  const ended = stored.filter(({ openTime }) => {
    const close = barCloseTime(timeframe, session, openTime);
    return close !== null && close <= until;
  });
  const bars = withoutHole(ended, timeframe, instrument).map(numericBar);
  const newest = bars.at(-1);
  const end = newest === undefined ? null : barSpanEnd(timeframe, session, newest.openTime);
  return { timeframe, bars, end };
}

/** The longest run of bars that ends with the newest and lacks none by the session's calendar. */
function withoutHole(
  bars: readonly Bar[],
  timeframe: Timeframe,
  { session }: Instrument,
): readonly Bar[] {
  const step = TIMEFRAME_MS[timeframe];
  for (let at = bars.length - 1; at > 0; at -= 1) {
    const [before, after] = [bars[at - 1]?.openTime ?? NaN, bars[at]?.openTime ?? NaN];
    if (after === before + step) continue;
    const [from, to] = [before + 1, after];
    const lacks = expectedOpenTimes(timeframe, session, { from, to }).some((one) => one < after);
    if (lacks) return bars.slice(at);
  }
  return bars;
}

async function minutesAfter(
  db: Database,
  instrument: Instrument,
  histories: readonly History[],
  last: number,
): Promise<NumericBar[]> {
  const ends = histories.flatMap(({ end, timeframe }) =>
    end === null || timeframe === '1m' ? [] : [end],
  );
  const from = Math.min(...ends);
  if (from > last) return [];
  const stored = await barsBetween(db, instrument.id, '1m', { from, to: last });
  return stored.map(numericBar);
}
