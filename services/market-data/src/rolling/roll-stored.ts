import { barsBetween, type Database, saveBars } from '@ballast/db';
import {
  type Bar,
  barAt,
  barCloseTime,
  type BarColumns,
  barOpenTime,
  type BarState,
  barSpanEnd,
  type BarUnits,
  expectedMinutes,
  type Instrument,
  rollUpAll,
  TIMEFRAMES,
  toColumns,
  type WideTimeframe,
} from '@ballast/domain';

type Rolled = Pick<Instrument, 'id' | 'session' | 'tickSize' | 'lotSize'>;
type Stretch = { readonly from: number; readonly to: number };

export const WIDE_TIMEFRAMES: readonly WideTimeframe[] = TIMEFRAMES.filter(
  (timeframe) => timeframe !== '1m',
);

/**
 * Makes the wider bars anew that hold the minutes from `from` to `to` (open times, epoch ms) and
 * had ended by `until`, from the minutes that are stored.
 * @param timeframes those that are wanted; the widest says how much is read
 * @returns how many bars were stored
 * @throws InvalidInput BAR_OFF_UNIT where a stored minute is off the instrument's tick or lot
 */
export async function rollStored(
  db: Database,
  instrument: Rolled,
  roll: Stretch & {
    readonly until: number;
    readonly state: Exclude<BarState, 'forming'>;
    readonly timeframes: readonly WideTimeframe[];
  },
): Promise<number> {
  const { timeframes, until, state } = roll;
  const { id, session, tickSize, lotSize } = instrument;
  const wanted = new Map(timeframes.map((wide) => [wide, bounds(wide, session, roll)]));
  const all = [...wanted.values()];
  const minutes = await barsBetween(db, id, '1m', {
    from: Math.min(...all.map(({ first }) => first)),
    to: Math.max(...all.map(({ end }) => end)) - 1,
  });
  const units = { price: tickSize, volume: lotSize };
  const rolled = rollUpAll(toColumns(minutes, units), session);
  const source = minutes.at(-1)?.source;
  if (source === undefined) return 0;
  const bars = [...wanted].flatMap(([timeframe, { first, last }]) =>
    barsOf(rolled[timeframe], timeframe, units, instrument)
      .filter(({ openTime }) => openTime >= first && openTime <= last)
      .filter(({ openTime }) => (barCloseTime(timeframe, session, openTime) ?? until) <= until)
      .map((bar): Bar => ({ ...bar, instrument: id, timeframe, state, source, builtFrom: 'bars' })),
  );
  await saveBars(db, bars);
  return bars.length;
}

/** Open times of a stretch's first and last wide bar, and where the last one's time ends. */
function bounds(timeframe: WideTimeframe, session: Instrument['session'], { from, to }: Stretch) {
  const last = barOpenTime(timeframe, session, to);
  const end = barSpanEnd(timeframe, session, last);
  return { first: barOpenTime(timeframe, session, from), last, end };
}

function barsOf(
  columns: BarColumns,
  timeframe: WideTimeframe,
  units: BarUnits,
  { session }: Rolled,
) {
  return Array.from(columns.openTime, (openTime, index) => {
    const whole = expectedMinutes(timeframe, session, openTime);
    return { ...barAt(columns, index, units), missing: whole - (columns.minutes[index] ?? 0) };
  });
}
