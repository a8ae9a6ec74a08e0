import { EMA_SIZE, ema } from '../averages/ema.ts';
import {
  type Columns,
  type HighLowClose,
  type Indicator,
  requireMultiple,
  requirePeriod,
  requireSameLength,
} from '../indicator.ts';
import { eachMoments } from '../window/moments-of.ts';
import {
  carryMoments,
  DEVIATION,
  INPUT,
  MEAN,
  momentsSize,
  startMoments,
  trustOf,
} from '../window/moments.ts';
import { ATR_SIZE, atr } from './atr.ts';
import { keltnerAt } from './keltner.ts';
import { rangeFrom } from './true-range.ts';

const AVERAGE = 0;
const RANGE = AVERAGE + EMA_SIZE;
const MOMENTS = RANGE + ATR_SIZE;

export type SqueezeParameters = {
  /** Bars of both bands and channel. */
  readonly period: number;
  readonly deviations: number;
  /** Average true ranges from the channel's middle to each side. */
  readonly ranges: number;
};

/**
 * Squeeze (Carter, Mastering the Trade, 2005; usual 20, 2 and 1.5): 1 while both Bollinger bands
 * lie inside the Keltner channel, else 0. The channel is that of `keltner` with one period.
 * Warm-up: `period` + 1. A breakout is looked for when it goes from 1 to 0.
 */
export function squeeze(parameters: SqueezeParameters): Indicator<HighLowClose> {
  requireParameters(parameters);
  const { period, deviations, ranges } = parameters;
  const average = ema(period);
  const range = atr(period);
  const trust = trustOf(period);
  return {
    warmUp: period + 1,
    size: MOMENTS + momentsSize(period),
    offsets: {},
    start(state, at) {
      average.start(state, at + AVERAGE);
      range.start(state, at + RANGE);
      startMoments(state, at + MOMENTS, period);
    },
    step(state, at, high, low, close) {
      state[at + MOMENTS + INPUT] = close;
      carryMoments(state, at + MOMENTS, period, trust);
      const band = deviations * (state[at + MOMENTS + DEVIATION] ?? 0);
      const apart = average.step(state, at + AVERAGE, close) - (state[at + MOMENTS + MEAN] ?? NaN);
      const side = ranges * range.step(state, at + RANGE, high, low, close);
      return inside(side - band - Math.abs(apart));
    },
  };
}

/**
 * 1 where there is `room` between band and channel, on the side that has less of it; else 0. NaN
 * stays NaN. Without a branch, which the processor would guess wrong at every change.
 */
function inside(room: number): number {
  const side = room / (Math.abs(room) + Number.MIN_VALUE);
  return 0.5 * (side + Math.abs(side));
}

export function squeezeOf(
  columns: Columns,
  out: Float64Array,
  parameters: SqueezeParameters,
): void {
  requireParameters(parameters);
  const { high, low, close } = columns;
  requireSameLength(out, high, low, close);
  const { period, deviations, ranges } = parameters;
  out.fill(NaN, 0, Math.min(period, out.length));
  if (out.length <= period) return;
  const channel = { ...keltnerAt(columns, period, { period, rangePeriod: period, ranges }) };
  eachMoments(close, period, (from, to, mean, deviation) => {
    let row = from;
    if (from < period) {
      const { average, range } = channel;
      const apart = Math.abs(average - (mean[period - from] ?? NaN));
      out[period] = inside(ranges * range - deviations * (deviation[period - from] ?? NaN) - apart);
      row = period + 1;
    }
    carry(columns, out, parameters, { row, to, from, mean, deviation }, channel);
  });
}

type Stretch = {
  readonly row: number;
  readonly to: number;
  /** Row of the first mean and deviation. */
  readonly from: number;
  readonly mean: Float64Array;
  readonly deviation: Float64Array;
};

function carry(
  { high, low, close }: Columns,
  out: Float64Array,
  { period, deviations, ranges }: SqueezeParameters,
  { row, to, from, mean, deviation }: Stretch,
  channel: { average: number; range: number },
): void {
  const weight = 2 / (period + 1);
  const rangeWeight = 1 / period;
  let { average, range } = channel;
  for (let i = row; i < to; i++) {
    const now = rangeFrom(close[i - 1] ?? NaN, high[i] ?? NaN, low[i] ?? NaN);
    range += rangeWeight * (now - range);
    average += weight * ((close[i] ?? NaN) - average);
    const apart = Math.abs(average - (mean[i - from] ?? NaN));
    out[i] = inside(ranges * range - deviations * (deviation[i - from] ?? NaN) - apart);
  }
  channel.average = average;
  channel.range = range;
}

function requireParameters({ period, deviations, ranges }: SqueezeParameters): void {
  requirePeriod('period', period, 2);
  requireMultiple('deviations', deviations);
  requireMultiple('ranges', ranges);
}
