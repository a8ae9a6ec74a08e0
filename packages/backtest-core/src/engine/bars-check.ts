import {
  type Instrument,
  InvalidInput,
  isTradedBar,
  type Timeframe,
  TIMEFRAME_MS,
} from '@ballast/domain';
import { type Columns, type ColumnsFault, faultOf } from '@ballast/indicators';

const REASONS: Record<ColumnsFault['reason'], string> = {
  LENGTHS_DIFFER: 'the columns end here, and some do not',
  NOT_FINITE: 'a price is not a number, or the volume is below 0',
  TIME_NOT_ASCENDING: 'it does not open after the bar before it',
  OUTSIDE_LOW_TO_HIGH: 'open or close lie outside of low to high',
};

/** A run of bars that the session has and the data lack; open times of the first and the last. */
export type Hole = { readonly from: number; readonly to: number; readonly bars: number };

type Of = { readonly instrument: Instrument; readonly timeframe: Timeframe };

/** Bars in which nothing was wrong, and what they lack: of the very same columns, unchanged. */
export type SoundBars = WeakMap<Columns, Of & { readonly holes: readonly Hole[] }>;

/**
 * The bars that are missing among sound ones, looked for once where `known` is handed on.
 * @throws InvalidInput BARS_FAULTY
 */
export function holesInSound(
  { instrument, timeframe, bars }: Of & { readonly bars: Columns },
  known: SoundBars | null,
): readonly Hole[] {
  const before = known?.get(bars);
  if (before?.instrument === instrument && before.timeframe === timeframe) return before.holes;
  checkBars(instrument, bars);
  const holes = holesIn(instrument, timeframe, bars);
  known?.set(bars, { instrument, timeframe, holes });
  return holes;
}

/** @throws InvalidInput BARS_FAULTY with the row (from 0) and what is wrong with it */
export function checkBars(instrument: Instrument, bars: Columns): void {
  const fault = faultOf(bars);
  if (fault !== null) {
    const detail = `row ${fault.row} of ${instrument.id}: ${REASONS[fault.reason]}`;
    throw new InvalidInput('BARS_FAULTY', detail);
  }
  const { low } = bars;
  for (let row = 0; row < low.length; row += 1) {
    if ((low[row] ?? NaN) > 0) continue;
    throw new InvalidInput('BARS_FAULTY', `row ${row} of ${instrument.id}: a price of 0 or less`);
  }
}

/** @throws InvalidInput BARS_TOO_FEW where there is nothing after the warm-up */
export function checkLength(
  { id }: Instrument,
  { openTime: { length } }: Columns,
  warmUp: number,
): void {
  if (length > warmUp) return;
  const detail = `${id} has ${length} bars, and ${warmUp} are seen before the first word`;
  throw new InvalidInput('BARS_TOO_FEW', detail);
}

/**
 * Bars that are missing between the first and the last, by the session's calendar. Files of other
 * makers have bars that open by New York's clock: where that is put forward or back no bar is
 * missing, so one is only where it would have ended by the open of the next.
 */
export function holesIn(
  { session }: Pick<Instrument, 'session'>,
  timeframe: Timeframe,
  { openTime }: Columns,
): Hole[] {
  const step = TIMEFRAME_MS[timeframe];
  const holes: Hole[] = [];
  for (let row = 1; row < openTime.length; row += 1) {
    if (openTime[row] === (openTime[row - 1] ?? 0) + step) continue;
    const missing: number[] = [];
    const last = (openTime[row] ?? 0) - step;
    for (let at = (openTime[row - 1] ?? 0) + step; at <= last; at += step) {
      if (isTradedBar(timeframe, session, at)) missing.push(at);
    }
    const [from, to] = [missing[0], missing.at(-1)];
    if (from !== undefined && to !== undefined) holes.push({ from, to, bars: missing.length });
  }
  return holes;
}
