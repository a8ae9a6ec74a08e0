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
  type DataSource,
  expectedMinutes,
  type Instrument,
  parseScaled,
  rollUpAll,
  TIMEFRAMES,
  toColumns,
  type WideTimeframe,
} from '@ballast/domain';
import { lookAgain } from '../coverage/gap-look.ts';

type Rolled = Pick<Instrument, 'id' | 'session' | 'tickSize' | 'lotSize'>;
type Stretch = { readonly from: number; readonly to: number };

/**
 * A minute has this long after its end to be stored. No bar of what is streamed is made before: it
 * is decided on as soon as it is there, and would be without its last minutes.
 */
export const STORED_WITHIN_MS = 12_000;

export const WIDE_TIMEFRAMES: readonly WideTimeframe[] = TIMEFRAMES.filter(
  (timeframe) => timeframe !== '1m',
);

/**
 * Makes the wider bars anew that hold the minutes from `from` to `to` (open times, epoch ms) and
 * had ended by `until`, from the minutes that are stored.
 * @param timeframes those that are wanted; the widest says how much is read
 * @returns how many bars were stored
 * @throws InvalidInput BAR_OFF_UNIT where a stored minute has more digits than stay exact
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
  const units = unitsOf(minutes, { price: tickSize, volume: lotSize });
  const rolled = rollUpAll(toColumns(minutes, units), session);
  const bars = [...wanted].flatMap(([timeframe, { first, last }]) => {
    const sourceOf = sourcesOf(minutes, timeframe, session);
    return barsOf(rolled[timeframe], timeframe, units, instrument).flatMap((bar): Bar[] => {
      const { openTime } = bar;
      const source = sourceOf(openTime);
      const hasEnded = (barCloseTime(timeframe, session, openTime) ?? until) <= until;
      if (openTime < first || openTime > last || !hasEnded || source === null) return [];
      return [{ ...bar, instrument: id, timeframe, state, source, builtFrom: 'bars' }];
    });
  });
  await saveBars(db, bars);
  return bars.length;
}

/**
 * `rollStored` for minutes that came after the end of their wide bars, and the gaps of wide bars
 * that this has closed.
 * @param now epoch ms
 */
export async function rollLate(
  db: Database,
  instrument: Rolled,
  roll: Parameters<typeof rollStored>[2],
  now: number,
): Promise<number> {
  const stored = await rollStored(db, instrument, roll);
  await lookAgainAtWide(db, instrument, roll, now);
  return stored;
}

/** The gaps of wide bars that hold the minutes from `from` to `to` (open times, epoch ms). */
export async function lookAgainAtWide(
  db: Database,
  instrument: Rolled,
  held: Stretch & { readonly timeframes: readonly WideTimeframe[] },
  now: number,
): Promise<void> {
  for (const timeframe of held.timeframes) {
    const from = barOpenTime(timeframe, instrument.session, held.from);
    const again = { timeframe, from, to: held.to, asked: null, givenUp: true, now };
    await lookAgain(db, instrument, again);
  }
}

/**
 * Tick and lot, or finer where a stored minute needs it: a venue changes them, and another source
 * of prices has others, while what is stored stays as it was.
 */
export function unitsOf(minutes: readonly Bar[], { price, volume }: BarUnits): BarUnits {
  return {
    price: minutes
      .flatMap(({ open, high, low, close }) => [open, high, low, close])
      .reduce((unit, text) => sharedUnit(unit, parseScaled(text)), price),
    volume: minutes.reduce((unit, bar) => sharedUnit(unit, parseScaled(bar.volume)), volume),
  };
}

/** The largest unit that both are whole multiples of. */
function sharedUnit(unit: bigint, value: bigint): bigint {
  let [larger, smaller] = [unit, value % unit];
  while (smaller !== 0n) [larger, smaller] = [smaller, larger % smaller];
  return larger;
}

/** Open times of a stretch's first and last wide bar, and where the last one's time ends. */
function bounds(timeframe: WideTimeframe, session: Instrument['session'], { from, to }: Stretch) {
  const last = barOpenTime(timeframe, session, to);
  const end = barSpanEnd(timeframe, session, last);
  return { first: barOpenTime(timeframe, session, from), last, end };
}

/** Who told the last minute of a wide bar, by its open time; to be asked for rising ones. */
function sourcesOf(
  minutes: readonly Bar[],
  timeframe: WideTimeframe,
  session: Instrument['session'],
): (openTime: number) => DataSource | null {
  let next = 0;
  return (openTime) => {
    const end = barSpanEnd(timeframe, session, openTime);
    while ((minutes[next]?.openTime ?? end) < end) next += 1;
    return minutes[next - 1]?.source ?? null;
  };
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
