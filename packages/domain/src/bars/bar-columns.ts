import { formatScaled, parseScaled } from '../decimal.ts';
import { InvalidInput } from '../errors.ts';
import type { Bar } from './bar.ts';

/**
 * Many bars of one instrument and timeframe, rising by time, a typed array for each field. Prices
 * and volumes are whole numbers of a unit (below), so that they add and compare exactly.
 */
export type BarColumns = {
  readonly length: number;
  /** Epoch ms. */
  readonly openTime: Float64Array;
  readonly open: Float64Array;
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
  readonly volume: Float64Array;
  readonly tradeCount: Float64Array;
  /** 1-minute bars that each was made from. */
  readonly minutes: Float64Array;
};

/** What one unit of the columns is worth, at scale 18: a tick and a lot, or a finer step. */
export type BarUnits = { readonly price: bigint; readonly volume: bigint };

/** Columns for as many bars, all zero. */
export function emptyColumns(length: number): BarColumns {
  const column = (): Float64Array => new Float64Array(length);
  return {
    length,
    ...{ openTime: column(), open: column(), high: column(), low: column(), close: column() },
    ...{ volume: column(), tradeCount: column(), minutes: column() },
  };
}

/** The first `length` bars, on the same memory. */
export function firstOf(columns: BarColumns, length: number): BarColumns {
  const cut = (column: Float64Array): Float64Array => column.subarray(0, length);
  return {
    length,
    openTime: cut(columns.openTime),
    open: cut(columns.open),
    high: cut(columns.high),
    low: cut(columns.low),
    close: cut(columns.close),
    volume: cut(columns.volume),
    tradeCount: cut(columns.tradeCount),
    minutes: cut(columns.minutes),
  };
}

/**
 * Columns of 1-minute bars.
 * @throws InvalidInput BAR_OFF_UNIT where a number is no whole multiple of its unit, or too large
 * to stay exact
 */
export function toColumns(bars: readonly Bar[], units: BarUnits): BarColumns {
  const columns = emptyColumns(bars.length);
  const inUnits = (text: string, unit: bigint): number => {
    const scaled = parseScaled(text);
    const count = Number(scaled / unit);
    if (scaled % unit !== 0n || !Number.isSafeInteger(count)) {
      throw new InvalidInput('BAR_OFF_UNIT', `${text} is not counted in ${formatScaled(unit)}`);
    }
    return count;
  };
  for (const [index, bar] of bars.entries()) {
    columns.openTime[index] = bar.openTime;
    columns.open[index] = inUnits(bar.open, units.price);
    columns.high[index] = inUnits(bar.high, units.price);
    columns.low[index] = inUnits(bar.low, units.price);
    columns.close[index] = inUnits(bar.close, units.price);
    columns.volume[index] = inUnits(bar.volume, units.volume);
    columns.tradeCount[index] = bar.tradeCount;
    columns.minutes[index] = 1;
  }
  return columns;
}

/** One bar's numbers as decimal text. */
export function barAt(
  columns: BarColumns,
  index: number,
  units: BarUnits,
): Pick<Bar, 'openTime' | 'open' | 'high' | 'low' | 'close' | 'volume' | 'tradeCount'> {
  const text = (column: Float64Array, unit: bigint): string =>
    formatScaled(BigInt(column[index] ?? 0) * unit);
  return {
    openTime: columns.openTime[index] ?? 0,
    open: text(columns.open, units.price),
    high: text(columns.high, units.price),
    low: text(columns.low, units.price),
    close: text(columns.close, units.price),
    volume: text(columns.volume, units.volume),
    tradeCount: columns.tradeCount[index] ?? 0,
  };
}
