import type { Columns } from '@ballast/indicators';

const MINUTE_MS = 60_000;

/** A seeded walk of bars: the same in every run. */
export function seededBars(rows: number): Columns {
  const column = (): Float64Array => new Float64Array(rows);
  const bars = {
    ...{ openTime: column(), open: column(), high: column() },
    ...{ low: column(), close: column(), volume: column() },
  };
  let draw = 20_240_101;
  const next = (): number => {
    draw = (draw * 48_271) % 2_147_483_647;
    return draw / 2_147_483_647;
  };
  let price = 50_000;
  for (let i = 0; i < rows; i++) {
    const open = price;
    price = Math.max(1_000, open * (1 + 0.002 * (next() - 0.5)));
    bars.openTime[i] = i * MINUTE_MS;
    bars.open[i] = open;
    bars.close[i] = price;
    bars.high[i] = Math.max(open, price) * (1 + 0.0005 * next());
    bars.low[i] = Math.min(open, price) * (1 - 0.0005 * next());
    bars.volume[i] = (1 + Math.floor(1_000 * next())) / 10;
  }
  return bars;
}
