import { setImmediate as nextTurn } from 'node:timers/promises';
import {
  type Bar,
  barAt,
  barCloseTime,
  type BarColumns,
  type BarUnits,
  expectedMinutes,
  type Instrument,
  rollUp,
  type Timeframe,
  TIMEFRAMES,
  toColumns,
} from '@ballast/domain';
import { countedWeeks } from './check-numbers.ts';

type Imported = Pick<Instrument, 'id' | 'session' | 'tickSize' | 'lotSize'>;

/** What every bar of a file says of itself. */
export function importedAs({ id }: Pick<Instrument, 'id'>, timeframe: Timeframe) {
  const said = { instrument: id, timeframe, tradeCount: 0 } as const;
  return { ...said, state: 'backfilled', source: 'import' } as const;
}

/**
 * Bars of each timeframe that is wider than theirs, of a file's bars alone; those that had ended by
 * `until` (epoch ms). Made week by week, in the units in which `checkNumbers` has found them exact:
 * the digits of one week may be too many for the volume of another. A turn of the event loop lies
 * between two weeks: of ten years of five minutes it takes seconds.
 */
export async function wideBars(
  bars: readonly Bar[],
  timeframe: Timeframe,
  instrument: Imported,
  until: number,
): Promise<Bar[][]> {
  const wider = TIMEFRAMES.slice(TIMEFRAMES.indexOf(timeframe) + 1).flatMap((wide) =>
    wide === '1m' ? [] : { wide, made: [] as Bar[] },
  );
  const { session } = instrument;
  for (const { bars: week, units } of countedWeeks(bars, instrument)) {
    let columns = toColumns(week, units);
    for (let index = 0; index < columns.length; index += 1) {
      columns.minutes[index] = expectedMinutes(timeframe, session, columns.openTime[index] ?? 0);
    }
    for (const { wide, made } of wider) {
      columns = rollUp(columns, wide, wide === '1w' ? 'continuous' : session);
      for (const bar of barsOf(columns, wide, units, instrument)) {
        if ((barCloseTime(wide, session, bar.openTime) ?? until) <= until) made.push(bar);
      }
    }
    await nextTurn();
  }
  return wider.map(({ made }) => made);
}

function barsOf(
  columns: BarColumns,
  timeframe: Timeframe,
  units: BarUnits,
  instrument: Imported,
): Bar[] {
  return Array.from(columns.openTime, (openTime, index) => {
    const whole = expectedMinutes(timeframe, instrument.session, openTime);
    return {
      ...importedAs(instrument, timeframe),
      ...barAt(columns, index, units),
      builtFrom: 'bars',
      missing: whole - (columns.minutes[index] ?? 0),
    };
  });
}
