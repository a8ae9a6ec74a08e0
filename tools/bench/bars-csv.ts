import type { Columns } from '@ballast/indicators';

/** Bars as `ballast backtest` reads them from a file. */
export function csvOf({ openTime, open, high, low, close, volume }: Columns): string {
  const columns = [openTime, open, high, low, close, volume];
  const lines = Array.from(openTime, (_, row) => columns.map((one) => one[row]).join(','));
  return `ts,open,high,low,close,volume\n${lines.join('\n')}\n`;
}
