import type { Columns } from '@ballast/indicators';
import { extreme, sma } from './indicators-plain-averages.ts';

export function rsi(x: Float64Array, out: Float64Array, n: number): void {
  let gain = 0;
  let loss = 0;
  for (let i = 1; i <= n; i++) {
    const change = (x[i] ?? NaN) - (x[i - 1] ?? NaN);
    if (change > 0) gain += change / n;
    else loss -= change / n;
  }
  out[n] = (100 * gain) / (gain + loss);
  for (let i = n + 1; i < x.length; i++) {
    const change = (x[i] ?? NaN) - (x[i - 1] ?? NaN);
    gain += (1 / n) * ((change > 0 ? change : 0) - gain);
    loss += (1 / n) * ((change < 0 ? -change : 0) - loss);
    out[i] = (100 * gain) / (gain + loss);
  }
}

export type MacdOut = Readonly<Record<'line' | 'signal' | 'histogram', Float64Array>>;

export function macd(x: Float64Array, out: MacdOut, f: number, s: number, n: number): void {
  const { line, signal, histogram } = out;
  let [fast, slow, average] = [0, 0, 0];
  for (let i = 0; i < s; i++) {
    slow += (x[i] ?? NaN) / s;
    if (i >= s - f) fast += (x[i] ?? NaN) / f;
  }
  const first = s + n - 1;
  average = (fast - slow) / n;
  for (let i = s; i < first; i++) {
    fast += (2 / (f + 1)) * ((x[i] ?? NaN) - fast);
    slow += (2 / (s + 1)) * ((x[i] ?? NaN) - slow);
    average += (fast - slow) / n;
  }
  for (let i = first; i < x.length; i++) {
    const now = x[i] ?? NaN;
    fast += (2 / (f + 1)) * (now - fast);
    slow += (2 / (s + 1)) * (now - slow);
    const difference = fast - slow;
    average += (2 / (n + 1)) * (difference - average);
    line[i] = difference;
    signal[i] = average;
    histogram[i] = difference - average;
  }
}

export function stochastic(
  bars: Columns,
  k: Float64Array,
  d: Float64Array,
  range: number,
  smoothing: number,
  signal: number,
): void {
  const { high, low, close } = bars;
  extreme(high, k, range, 1);
  extreme(low, d, range, -1);
  const fast = new Float64Array(close.length);
  for (let i = range - 1; i < close.length; i++) {
    const bottom = d[i] ?? NaN;
    fast[i] = (100 * ((close[i] ?? NaN) - bottom)) / ((k[i] ?? NaN) - bottom);
  }
  sma(fast.subarray(range - 1), k.subarray(range - 1), smoothing);
  sma(k.subarray(range + smoothing - 2), d.subarray(range + smoothing - 2), signal);
}

export function roc(x: Float64Array, out: Float64Array, n: number): void {
  for (let i = n; i < x.length; i++) out[i] = ((x[i] ?? NaN) / (x[i - n] ?? NaN) - 1) * 100;
}

export function efficiencyRatio(x: Float64Array, out: Float64Array, n: number): void {
  let path = 0;
  for (let i = 1; i < x.length; i++) {
    path += Math.abs((x[i] ?? NaN) - (x[i - 1] ?? NaN));
    if (i > n) path -= Math.abs((x[i - n] ?? NaN) - (x[i - n - 1] ?? NaN));
    if (i >= n) out[i] = Math.abs((x[i] ?? NaN) - (x[i - n] ?? NaN)) / path;
  }
}

export function obv(bars: Columns, out: Float64Array): void {
  const { close, volume } = bars;
  let total = volume[0] ?? NaN;
  out[0] = total;
  for (let i = 1; i < out.length; i++) {
    const [now, before] = [close[i] ?? NaN, close[i - 1] ?? NaN];
    if (now > before) total += volume[i] ?? NaN;
    else if (now < before) total -= volume[i] ?? NaN;
    out[i] = total;
  }
}

export function mfi(bars: Columns, out: Float64Array, n: number): void {
  const { high, low, close, volume } = bars;
  const flows = new Float64Array(out.length);
  let before = NaN;
  let up = 0;
  let down = 0;
  for (let i = 0; i < out.length; i++) {
    const typical = ((high[i] ?? NaN) + (low[i] ?? NaN) + (close[i] ?? NaN)) / 3;
    const money = typical * (volume[i] ?? NaN);
    const flow = typical > before ? money : typical < before ? -money : 0;
    flows[i] = flow;
    before = typical;
    if (flow > 0) up += flow;
    else down -= flow;
    if (i > n) {
      const left = flows[i - n] ?? NaN;
      if (left > 0) up -= left;
      else down += left;
    }
    if (i >= n) out[i] = (100 * up) / (up + down);
  }
}

export function cci(bars: Columns, out: Float64Array, n: number): void {
  const { high, low, close } = bars;
  const typical = new Float64Array(out.length);
  let sum = 0;
  for (let i = 0; i < out.length; i++) {
    const now = ((high[i] ?? NaN) + (low[i] ?? NaN) + (close[i] ?? NaN)) / 3;
    typical[i] = now;
    sum += now;
    if (i >= n) sum -= typical[i - n] ?? NaN;
    if (i < n - 1) continue;
    const mean = sum / n;
    let distance = 0;
    for (let j = i - n + 1; j <= i; j++) distance += Math.abs((typical[j] ?? NaN) - mean);
    out[i] = (now - mean) / (0.015 * (distance / n));
  }
}

export type AdxOut = Readonly<Record<'adx' | 'plus' | 'minus', Float64Array>>;

export function adx({ high, low, close }: Columns, out: AdxOut, n: number): void {
  const { adx: index, plus, minus } = out;
  let [total, up, down, value] = [0, 0, 0, 0];
  for (let i = 1; i < close.length; i++) {
    const rise = (high[i] ?? NaN) - (high[i - 1] ?? NaN);
    const fall = (low[i - 1] ?? NaN) - (low[i] ?? NaN);
    const before = close[i - 1] ?? NaN;
    const top = Math.max(high[i] ?? NaN, before);
    const range = top - Math.min(low[i] ?? NaN, before);
    const kept = i < n ? 1 : 1 - 1 / n;
    total = total * kept + range;
    up = up * kept + (rise > fall && rise > 0 ? rise : 0);
    down = down * kept + (fall > rise && fall > 0 ? fall : 0);
    if (i < n) continue;
    plus[i] = (100 * up) / total;
    minus[i] = (100 * down) / total;
    const strength = (100 * Math.abs(up - down)) / (up + down);
    value += i < 2 * n ? strength / n : (strength - value) / n;
    if (i >= 2 * n - 1) index[i] = value;
  }
}
