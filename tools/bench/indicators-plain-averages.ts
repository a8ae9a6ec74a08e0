import type { Columns } from '@ballast/indicators';

/*
 * What one would write without the package: one loop over typed arrays, running sums, no refresh,
 * nothing checked. Warm-up rows are left as they are.
 */

export function sma(x: Float64Array, out: Float64Array, n: number): void {
  let sum = 0;
  for (let i = 0; i < n; i++) sum += x[i] ?? NaN;
  out[n - 1] = sum / n;
  for (let i = n; i < x.length; i++) {
    sum += (x[i] ?? NaN) - (x[i - n] ?? NaN);
    out[i] = sum / n;
  }
}

export function ema(x: Float64Array, out: Float64Array, n: number): void {
  const k = 2 / (n + 1);
  let value = 0;
  for (let i = 0; i < n; i++) value += x[i] ?? NaN;
  value /= n;
  out[n - 1] = value;
  for (let i = n; i < x.length; i++) {
    value += k * ((x[i] ?? NaN) - value);
    out[i] = value;
  }
}

export function wma(x: Float64Array, out: Float64Array, n: number): void {
  const weights = (n * (n + 1)) / 2;
  let sum = 0;
  let weighted = 0;
  for (let i = 0; i < n; i++) {
    sum += x[i] ?? NaN;
    weighted += (i + 1) * (x[i] ?? NaN);
  }
  out[n - 1] = weighted / weights;
  for (let i = n; i < x.length; i++) {
    weighted += n * (x[i] ?? NaN) - sum;
    sum += (x[i] ?? NaN) - (x[i - n] ?? NaN);
    out[i] = weighted / weights;
  }
}

export function slope(y: Float64Array, out: Float64Array, n: number): void {
  const middle = (n + 1) / 2;
  const squares = (n * (n * n - 1)) / 12;
  let sum = 0;
  let weighted = 0;
  for (let i = 0; i < n; i++) {
    sum += y[i] ?? NaN;
    weighted += (i + 1) * (y[i] ?? NaN);
  }
  out[n - 1] = (weighted - middle * sum) / squares;
  for (let i = n; i < y.length; i++) {
    weighted += n * (y[i] ?? NaN) - sum;
    sum += (y[i] ?? NaN) - (y[i - n] ?? NaN);
    out[i] = (weighted - middle * sum) / squares;
  }
}

export function mvwap(bars: Columns, out: Float64Array, n: number): void {
  const { high, low, close, volume } = bars;
  let flow = 0;
  let total = 0;
  for (let i = 0; i < out.length; i++) {
    const v = volume[i] ?? NaN;
    flow += (((high[i] ?? NaN) + (low[i] ?? NaN) + (close[i] ?? NaN)) / 3) * v;
    total += v;
    if (i >= n) {
      const j = i - n;
      const w = volume[j] ?? NaN;
      flow -= (((high[j] ?? NaN) + (low[j] ?? NaN) + (close[j] ?? NaN)) / 3) * w;
      total -= w;
    }
    if (i >= n - 1) out[i] = flow / total;
  }
}

export function sessionVwap(bars: Columns, sessions: Float64Array, out: Float64Array): void {
  const { high, low, close, volume } = bars;
  let session = NaN;
  let flow = 0;
  let total = 0;
  for (let i = 0; i < out.length; i++) {
    if (sessions[i] !== session) {
      session = sessions[i] ?? NaN;
      flow = 0;
      total = 0;
    }
    const v = volume[i] ?? NaN;
    flow += (((high[i] ?? NaN) + (low[i] ?? NaN) + (close[i] ?? NaN)) / 3) * v;
    total += v;
    out[i] = flow / total;
  }
}

/** A queue of the rows that may still become the largest (or, turned round, the smallest). */
export function extreme(x: Float64Array, out: Float64Array, n: number, sign: 1 | -1): void {
  const queue = new Int32Array(x.length);
  let head = 0;
  let tail = 0;
  for (let i = 0; i < x.length; i++) {
    const value = sign * (x[i] ?? NaN);
    while (tail > head && sign * (x[queue[tail - 1] ?? 0] ?? NaN) <= value) tail--;
    queue[tail++] = i;
    if ((queue[head] ?? 0) <= i - n) head++;
    if (i >= n - 1) out[i] = x[queue[head] ?? 0] ?? NaN;
  }
}

export function donchian(
  bars: Columns,
  upper: Float64Array,
  middle: Float64Array,
  lower: Float64Array,
  n: number,
): void {
  extreme(bars.high, upper, n, 1);
  extreme(bars.low, lower, n, -1);
  for (let i = n - 1; i < middle.length; i++)
    middle[i] = ((upper[i] ?? NaN) + (lower[i] ?? NaN)) / 2;
}
