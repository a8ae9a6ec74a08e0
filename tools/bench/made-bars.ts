import type { Columns } from '@ballast/indicators';

/** Whole prices that walk about 10,000 and come back to it; the same for the same seed. */
export function wholeBars(rows: number, stepMs: number, from = 1): Columns {
  let seed = from;
  const random = (): number => {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
    return seed / 4_294_967_296 - 0.5;
  };
  let price = 10_000;
  const column = (): Float64Array => new Float64Array(rows);
  const bars = {
    ...{ openTime: column(), open: column(), high: column(), low: column(), close: column() },
    volume: column().fill(1_000),
  };
  for (let row = 0; row < rows; row += 1) {
    const first = price;
    let [top, bottom] = [first, first];
    for (let move = 0; move < 4; move += 1) {
      price = Math.max(100, Math.round(price + 40 * random() + (10_000 - price) * 0.0005));
      [top, bottom] = [Math.max(top, price), Math.min(bottom, price)];
    }
    bars.openTime[row] = row * stepMs;
    bars.open[row] = first;
    [bars.high[row], bars.low[row], bars.close[row]] = [top, bottom, price];
  }
  return bars;
}
