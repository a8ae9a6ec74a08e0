import {
  type Bar,
  barAt,
  barCloseTime,
  type BarColumns,
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

type Imported = Pick<Instrument, 'id' | 'session'>;

/** What every bar of a file says of itself. */
export function importedAs({ id }: Pick<Instrument, 'id'>, timeframe: Timeframe) {
  const said = { instrument: id, timeframe, tradeCount: 0 } as const;
  return { ...said, state: 'backfilled', source: 'import' } as const;
}

/**
 * Bars of each timeframe that is wider than theirs, of a file's bars alone; those that had ended by
 * `until` (epoch ms).
 */
export function wideBars(
  bars: readonly Bar[],
  timeframe: Timeframe,
  instrument: Imported,
  until: number,
): Bar[][] {
  const { session } = instrument;
  const units = unitsOf(bars);
  let columns = toColumns(bars, units);
  for (let index = 0; index < columns.length; index += 1) {
    columns.minutes[index] = expectedMinutes(timeframe, session, columns.openTime[index] ?? 0);
  }
  return TIMEFRAMES.slice(TIMEFRAMES.indexOf(timeframe) + 1).map((wide) => {
    if (wide === '1m') return [];
    columns = rollUp(columns, wide, wide === '1w' ? 'continuous' : session);
    return barsOf(columns, wide, units, instrument).filter(
      ({ openTime }) => (barCloseTime(wide, session, openTime) ?? until) <= until,
    );
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
      ...importedAs(instrument, timeframe),
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
