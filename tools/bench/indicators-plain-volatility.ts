import type { Columns } from '@ballast/indicators';
import { extreme } from './indicators-plain-averages.ts';

export function trueRange({ high, low, close }: Columns, out: Float64Array): void {
  for (let i = 1; i < out.length; i++) {
    const before = close[i - 1] ?? NaN;
    out[i] = Math.max(high[i] ?? NaN, before) - Math.min(low[i] ?? NaN, before);
  }
}

export function atr({ high, low, close }: Columns, out: Float64Array, n: number): void {
  let value = 0;
  for (let i = 1; i <= n; i++) value += rangeAt(high, low, close, i) / n;
  out[n] = value;
  for (let i = n + 1; i < out.length; i++) {
    value += (1 / n) * (rangeAt(high, low, close, i) - value);
    out[i] = value;
  }
}

function rangeAt(high: Float64Array, low: Float64Array, close: Float64Array, i: number): number {
  const before = close[i - 1] ?? NaN;
  return Math.max(high[i] ?? NaN, before) - Math.min(low[i] ?? NaN, before);
}

export function deviation(x: Float64Array, out: Float64Array, n: number): void {
  let [sum, squares] = sumsOf(x, n);
  for (let i = n; i < x.length; i++) {
    const [now, left] = [x[i] ?? NaN, x[i - n] ?? NaN];
    sum += now - left;
    squares += now * now - left * left;
    const mean = sum / n;
    out[i] = Math.sqrt(squares / n - mean * mean);
  }
}

function sumsOf(x: Float64Array, n: number): [sum: number, squares: number] {
  let [sum, squares] = [0, 0];
  for (let i = 0; i < n; i++) {
    const now = x[i] ?? NaN;
    sum += now;
    squares += now * now;
  }
  return [sum, squares];
}

export function zScore(x: Float64Array, out: Float64Array, n: number): void {
  let [sum, squares] = sumsOf(x, n);
  for (let i = n; i < x.length; i++) {
    const [now, left] = [x[i] ?? NaN, x[i - n] ?? NaN];
    sum += now - left;
    squares += now * now - left * left;
    const mean = sum / n;
    out[i] = (now - mean) / Math.sqrt(squares / n - mean * mean);
  }
}

export type Channel = Readonly<Record<'upper' | 'middle' | 'lower', Float64Array>>;

export function bollinger(x: Float64Array, out: Channel, n: number, deviations: number): void {
  const { upper, middle, lower } = out;
  let [sum, squares] = sumsOf(x, n);
  for (let i = n; i < x.length; i++) {
    const [now, left] = [x[i] ?? NaN, x[i - n] ?? NaN];
    sum += now - left;
    squares += now * now - left * left;
    const mean = sum / n;
    const width = deviations * Math.sqrt(squares / n - mean * mean);
    middle[i] = mean;
    upper[i] = mean + width;
    lower[i] = mean - width;
  }
}

/** Of a period longer than that of the ranges. */
export function keltner(
  { high, low, close }: Columns,
  { upper, middle, lower }: Channel,
  n: number,
  rangePeriod: number,
  ranges: number,
): void {
  let average = 0;
  let range = 0;
  for (let i = 0; i < n; i++) {
    average += (close[i] ?? NaN) / n;
    if (i === 0) continue;
    const now = rangeAt(high, low, close, i);
    range += i <= rangePeriod ? now / rangePeriod : (now - range) / rangePeriod;
  }
  for (let i = n; i < close.length; i++) {
    average += (2 / (n + 1)) * ((close[i] ?? NaN) - average);
    range += (1 / rangePeriod) * (rangeAt(high, low, close, i) - range);
    const width = ranges * range;
    middle[i] = average;
    upper[i] = average + width;
    lower[i] = average - width;
  }
}

export function squeeze(
  { high, low, close }: Columns,
  out: Float64Array,
  n: number,
  deviations: number,
  ranges: number,
): void {
  let [sum, squares] = sumsOf(close, n);
  let average = sum / n;
  let range = 0;
  for (let i = 1; i < n; i++) range += rangeAt(high, low, close, i) / n;
  for (let i = n; i < out.length; i++) {
    const [now, left] = [close[i] ?? NaN, close[i - n] ?? NaN];
    sum += now - left;
    squares += now * now - left * left;
    average += (2 / (n + 1)) * (now - average);
    const step = rangeAt(high, low, close, i);
    range += i === n ? step / n : (1 / n) * (step - range);
    const mean = sum / n;
    const width = deviations * Math.sqrt(squares / n - mean * mean);
    const side = ranges * range;
    out[i] = mean + width < average + side && mean - width > average - side ? 1 : 0;
  }
}

export function chandelier(
  bars: Columns,
  long: Float64Array,
  short: Float64Array,
  n: number,
  ranges: number,
): void {
  const { high, low, close } = bars;
  extreme(high, long, n, 1);
  extreme(low, short, n, -1);
  let value = 0;
  for (let i = 1; i <= n; i++) value += rangeAt(high, low, close, i) / n;
  for (let i = n; i < close.length; i++) {
    if (i > n) value += (1 / n) * (rangeAt(high, low, close, i) - value);
    const distance = ranges * value;
    long[i] = (long[i] ?? NaN) - distance;
    short[i] = (short[i] ?? NaN) + distance;
  }
}
