import { setImmediate as nextTurn } from 'node:timers/promises';
import {
  type Bar,
  type BarColumns,
  barOpenTime,
  type BarUnits,
  formatScaled,
  type Instrument,
  InvalidInput,
  toColumns,
} from '@ballast/domain';
import { unitsOf } from '../rolling/roll-stored.ts';

/** Bars of one week, and what their numbers are counted in. */
export type CountedWeek = {
  readonly bars: readonly Bar[];
  /** Index of its first bar among all. */
  readonly start: number;
  readonly units: BarUnits;
};

/** A file's bars, rising by time, week by week: no wider bar is made of two weeks. */
export function* countedWeeks(
  bars: readonly Bar[],
  { tickSize: price, lotSize: volume }: Pick<Instrument, 'tickSize' | 'lotSize'>,
): Generator<CountedWeek> {
  for (let start = 0; start < bars.length;) {
    const end = endOfWeek(bars, start);
    const week = bars.slice(start, end);
    yield { bars: week, start, units: unitsOf(week, { price, volume }) };
    start = end;
  }
}

/**
 * Whether wider bars can be made of a file's bars, exactly: the numbers of each, and the volume of
 * a week, counted in the units in which they will be. Before anything is stored, week by week with
 * a turn of the event loop in between.
 * @throws InvalidInput IMPORT_ROWS naming the first row that is too large; row 1 follows the header
 */
export async function checkNumbers(bars: readonly Bar[], instrument: Instrument): Promise<void> {
  for (const { bars: week, start, units } of countedWeeks(bars, instrument)) {
    const faulty = firstTooLarge(week, units);
    if (faulty !== null) throw tooLarge(week, faulty, { row: start + faulty + 1, units });
    await nextTurn();
  }
}

function endOfWeek(bars: readonly Bar[], start: number): number {
  const weekOf = (index: number): number =>
    barOpenTime('1w', 'continuous', bars[index]?.openTime ?? 0);
  const week = weekOf(start);
  let end = start + 1;
  while (end < bars.length && weekOf(end) === week) end += 1;
  return end;
}

/** Index of the first bar that is not exact in its units, or with which its week is not. */
function firstTooLarge(week: readonly Bar[], units: BarUnits): number | null {
  const columns = countedIn(week, units);
  if (columns === null) return week.findIndex((bar) => countedIn([bar], units) === null);
  let traded = 0;
  const at = columns.volume.findIndex((volume) => {
    traded += volume;
    return !Number.isSafeInteger(traded);
  });
  return at === -1 ? null : at;
}

function countedIn(bars: readonly Bar[], units: BarUnits): BarColumns | null {
  try {
    return toColumns(bars, units);
  } catch (error) {
    if (error instanceof InvalidInput && error.code === 'BAR_OFF_UNIT') return null;
    throw error;
  }
}

function tooLarge(
  week: readonly Bar[],
  index: number,
  { row, units }: { readonly row: number; readonly units: BarUnits },
): InvalidInput {
  const bar = week[index];
  const told = [bar?.openTime, bar?.open, bar?.high, bar?.low, bar?.close, bar?.volume].join(',');
  const steps = `prices in ${formatScaled(units.price)}, volumes in ${formatScaled(units.volume)}`;
  const why = `it, or the volume of its week, has more digits than stay exact with ${steps}`;
  return new InvalidInput('IMPORT_ROWS', `row ${row}: NUMBER_TOO_LARGE (${told}); ${why}`);
}
