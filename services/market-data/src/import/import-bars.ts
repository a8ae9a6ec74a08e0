import { type Database, storeHistory } from '@ballast/db';
import {
  type Bar,
  barAt,
  barCloseTime,
  type BarColumns,
  barOpenTime,
  type BarUnits,
  expectedMinutes,
  formatScaled,
  type Instrument,
  parseScaled,
  rollUp,
  SCALE,
  type Timeframe,
  TIMEFRAMES,
  toColumns,
} from '@ballast/domain';
import { lookForGaps } from '../coverage/gap-look.ts';
import { type ImportFault, readBars } from './read-bars.ts';

type Imported = Pick<Instrument, 'id' | 'session'>;

export type ImportResult = {
  readonly rows: number;
  /** Stored, of the file's own timeframe. */
  readonly bars: number;
  /** Stored, of each wider timeframe. */
  readonly rolledUp: Readonly<Partial<Record<Timeframe, number>>>;
  readonly faults: readonly ImportFault[];
  /** Bars of the file's timeframe that its stretch should have and lacks. */
  readonly missing: number;
};

/**
 * Brings a file of bars: its lines, all wider timeframes rolled up from them, and its gaps. Doing
 * it again changes nothing.
 * @throws InvalidInput IMPORT_HEADER, BAR_OFF_UNIT
 */
export async function importBars(
  db: Database,
  instrument: Imported,
  file: { readonly path: string; readonly timeframe: Timeframe; readonly now: number },
): Promise<ImportResult> {
  const { path, timeframe, now } = file;
  const {
    rows,
    faults,
    bars: read,
  } = await readBars(path, (openTime) => isBarTime(timeframe, instrument, openTime));
  const bars = read.map((bar) => {
    return { ...bar, ...describe(instrument, timeframe), builtFrom: 'venue' as const, missing: 0 };
  });
  const [first] = bars;
  const last = bars.at(-1);
  if (first === undefined || last === undefined) {
    return { rows, bars: 0, rolledUp: {}, faults, missing: 0 };
  }
  await storeHistory(db, bars);
  const rolledUp: Partial<Record<Timeframe, number>> = {};
  for (const wide of widened(bars, timeframe, instrument)) {
    await storeHistory(db, wide);
    if (wide[0] !== undefined) rolledUp[wide[0].timeframe] = wide.length;
  }
  const until = barCloseTime(timeframe, instrument.session, last.openTime) ?? last.openTime;
  const look = { timeframe, from: first.openTime, until, now };
  const missing = await lookForGaps(db, instrument, look);
  return { rows, bars: bars.length, rolledUp, faults, missing };
}

function describe({ id }: Imported, timeframe: Timeframe) {
  const said = { instrument: id, timeframe, tradeCount: 0 } as const;
  return { ...said, state: 'backfilled', source: 'import' } as const;
}

/** Whether a bar of the timeframe, in which the session trades, opens at a time (epoch ms). */
function isBarTime(timeframe: Timeframe, { session }: Imported, openTime: number): boolean {
  const byDate = timeframe === '1d' || timeframe === '1w';
  const opens = barOpenTime(timeframe, byDate ? 'continuous' : session, openTime);
  return opens === openTime && barCloseTime(timeframe, session, openTime) !== null;
}

/** Bars of each timeframe that is wider than theirs. */
function widened(bars: readonly Bar[], timeframe: Timeframe, instrument: Imported): Bar[][] {
  const { session } = instrument;
  const units = unitsOf(bars);
  let columns = toColumns(bars, units);
  for (let index = 0; index < columns.length; index += 1) {
    columns.minutes[index] = expectedMinutes(timeframe, session, columns.openTime[index] ?? 0);
  }
  return TIMEFRAMES.slice(TIMEFRAMES.indexOf(timeframe) + 1).map((wide) => {
    if (wide === '1m') return [];
    columns = rollUp(columns, wide, wide === '1w' ? 'continuous' : session);
    return barsOf(columns, wide, units, instrument);
  });
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
      ...describe(instrument, timeframe),
      ...barAt(columns, index, units),
      builtFrom: 'bars',
      missing: whole - (columns.minutes[index] ?? 0),
    };
  });
}

/** The last decimal that any price, and any volume, of the file has. */
function unitsOf(bars: readonly Bar[]): BarUnits {
  let prices = 0;
  let volumes = 0;
  for (const { open, high, low, close, volume } of bars) {
    for (const text of [open, high, low, close]) prices = Math.max(prices, decimals(text));
    volumes = Math.max(volumes, decimals(volume));
  }
  return { price: 10n ** BigInt(SCALE - prices), volume: 10n ** BigInt(SCALE - volumes) };
}

function decimals(text: string): number {
  const plain = formatScaled(parseScaled(text));
  const point = plain.indexOf('.');
  return point === -1 ? 0 : plain.length - point - 1;
}
