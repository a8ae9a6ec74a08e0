import type { BarColumns } from './bar-columns.ts';
import { TIMEFRAME_MS } from './timeframe.ts';

const STEP = TIMEFRAME_MS['5m'];

/**
 * 5-minute bars from 1-minute bars that rise by time, into `into`: four fifths of all work of a
 * roll-up, so five minutes without a hole (the fifth is inside too) are taken at once, without a
 * look at each one's time. A bar of one minute was made from one.
 * @returns how many there are
 */
export function fillFiveMinutes(from: BarColumns, into: BarColumns): number {
  const { length, openTime, open, high, low, close, volume, tradeCount } = from;
  let bars = 0;
  let index = 0;
  while (index < length) {
    const start = Math.floor((openTime[index] ?? 0) / STEP) * STEP;
    const end = start + STEP;
    into.openTime[bars] = start;
    into.open[bars] = open[index] ?? 0;
    let highest = high[index] ?? 0;
    let lowest = low[index] ?? 0;
    let traded = volume[index] ?? 0;
    let count = tradeCount[index] ?? 0;
    const first = index;
    const second = index + 1;
    const third = index + 2;
    const fourth = index + 3;
    const fifth = index + 4;
    if (fifth < length && (openTime[fifth] ?? 0) < end) {
      // Written out: a loop of five costs half as much again.
      const a = high[second] ?? 0;
      const b = high[third] ?? 0;
      const c = high[fourth] ?? 0;
      const d = high[fifth] ?? 0;
      if (a > highest) highest = a;
      if (b > highest) highest = b;
      if (c > highest) highest = c;
      if (d > highest) highest = d;
      const p = low[second] ?? 0;
      const q = low[third] ?? 0;
      const r = low[fourth] ?? 0;
      const s = low[fifth] ?? 0;
      if (p < lowest) lowest = p;
      if (q < lowest) lowest = q;
      if (r < lowest) lowest = r;
      if (s < lowest) lowest = s;
      traded += (volume[second] ?? 0) + (volume[third] ?? 0);
      traded += (volume[fourth] ?? 0) + (volume[fifth] ?? 0);
      count += (tradeCount[second] ?? 0) + (tradeCount[third] ?? 0);
      count += (tradeCount[fourth] ?? 0) + (tradeCount[fifth] ?? 0);
      index = fifth + 1;
    } else {
      for (index += 1; index < length && (openTime[index] ?? 0) < end; index += 1) {
        highest = Math.max(highest, high[index] ?? 0);
        lowest = Math.min(lowest, low[index] ?? 0);
        traded += volume[index] ?? 0;
        count += tradeCount[index] ?? 0;
      }
    }
    into.high[bars] = highest;
    into.low[bars] = lowest;
    into.close[bars] = close[index - 1] ?? 0;
    into.volume[bars] = traded;
    into.tradeCount[bars] = count;
    into.minutes[bars] = index - first;
    bars += 1;
  }
  return bars;
}
