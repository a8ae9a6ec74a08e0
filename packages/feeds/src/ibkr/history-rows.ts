import type { Timeframe } from '@ballast/domain';
import { FeedError } from '../faults.ts';
import { floatDecimal } from '../float-decimal.ts';
import type { ToldBar } from '../history.ts';

/** As the SDK hands it over. */
export type HistoricalRow = Readonly<
  Record<'date' | 'open' | 'high' | 'low' | 'close' | 'volume' | 'count', unknown>
>;

const UNIX_SECONDS = /^[1-9]\d{8,10}$/;
const DATE = /^(\d{4})(\d{2})(\d{2})$/;
const COUNT = /^\d{1,15}$/;

/** @throws FeedError HISTORY_BAR_INVALID for a time that is none */
export function toldBar(row: HistoricalRow, timeframe: Timeframe): ToldBar {
  const count = floatDecimal(row.count);
  return {
    openTime: openTimeOf(row.date, timeframe),
    open: floatDecimal(row.open),
    high: floatDecimal(row.high),
    low: floatDecimal(row.low),
    close: floatDecimal(row.close),
    volume: floatDecimal(row.volume),
    tradeCount: count !== null && COUNT.test(count) ? Number(count) : 0,
  };
}

function openTimeOf(date: unknown, timeframe: Timeframe): number {
  const written = typeof date === 'string' ? date.trim() : '';
  if (timeframe !== '1d' && UNIX_SECONDS.test(written)) return Number(written) * 1_000;
  const day = timeframe === '1d' ? DATE.exec(written) : null;
  if (day !== null) return Date.UTC(Number(day[1]), Number(day[2]) - 1, Number(day[3]));
  throw new FeedError('HISTORY_BAR_INVALID', `ibkr: "${written.slice(0, 40)}" is no time of a bar`);
}
