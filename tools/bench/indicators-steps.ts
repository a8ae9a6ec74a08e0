import * as ours from '@ballast/indicators';
import { hosted, type Steps } from './indicators-hosted.ts';

/** Averages and channels step by step, each in a loop of its own. */
export function averageSteps(
  { high, low, close, volume }: ours.Columns,
  out: Float64Array,
): Steps[] {
  return [
    hosted('sma', ours.sma(20), ({ step }, state) => (from, to) => {
      for (let i = from; i < to; i++) out[i] = step(state, 0, close[i] ?? NaN);
    }),
    hosted('ema', ours.ema(20), ({ step }, state) => (from, to) => {
      for (let i = from; i < to; i++) out[i] = step(state, 0, close[i] ?? NaN);
    }),
    hosted('wma', ours.wma(20), ({ step }, state) => (from, to) => {
      for (let i = from; i < to; i++) out[i] = step(state, 0, close[i] ?? NaN);
    }),
    hosted('slope', ours.slope(14), ({ step }, state) => (from, to) => {
      for (let i = from; i < to; i++) out[i] = step(state, 0, close[i] ?? NaN);
    }),
    hosted('mvwap', ours.mvwap(20), ({ step }, state) => (from, to) => {
      for (let i = from; i < to; i++)
        out[i] = step(state, 0, high[i] ?? NaN, low[i] ?? NaN, close[i] ?? NaN, volume[i] ?? NaN);
    }),
    hosted('sessionVwap', ours.sessionVwap(), ({ step }, state) => (from, to) => {
      for (let i = from; i < to; i++)
        out[i] = step(
          state,
          0,
          0,
          high[i] ?? NaN,
          low[i] ?? NaN,
          close[i] ?? NaN,
          volume[i] ?? NaN,
        );
    }),
    hosted('rollingMax', ours.rollingMax(20), ({ step }, state) => (from, to) => {
      for (let i = from; i < to; i++) out[i] = step(state, 0, close[i] ?? NaN);
    }),
    hosted('rollingMin', ours.rollingMin(20), ({ step }, state) => (from, to) => {
      for (let i = from; i < to; i++) out[i] = step(state, 0, close[i] ?? NaN);
    }),
    hosted('donchian', ours.donchian(20), ({ step }, state) => (from, to) => {
      for (let i = from; i < to; i++) out[i] = step(state, 0, high[i] ?? NaN, low[i] ?? NaN);
    }),
  ];
}

/** Ranges and bands step by step, each in a loop of its own. */
export function volatilitySteps({ high, low, close }: ours.Columns, out: Float64Array): Steps[] {
  return [
    hosted('trueRange', ours.trueRange(), ({ step }, state) => (from, to) => {
      for (let i = from; i < to; i++)
        out[i] = step(state, 0, high[i] ?? NaN, low[i] ?? NaN, close[i] ?? NaN);
    }),
    hosted('atr', ours.atr(14), ({ step }, state) => (from, to) => {
      for (let i = from; i < to; i++)
        out[i] = step(state, 0, high[i] ?? NaN, low[i] ?? NaN, close[i] ?? NaN);
    }),
    hosted('deviation', ours.deviation(20), ({ step }, state) => (from, to) => {
      for (let i = from; i < to; i++) out[i] = step(state, 0, close[i] ?? NaN);
    }),
    hosted('zScore', ours.zScore(20), ({ step }, state) => (from, to) => {
      for (let i = from; i < to; i++) out[i] = step(state, 0, close[i] ?? NaN);
    }),
    hosted('bollinger', ours.bollinger(20, 2), ({ step }, state) => (from, to) => {
      for (let i = from; i < to; i++) out[i] = step(state, 0, close[i] ?? NaN);
    }),
    hosted(
      'keltner',
      ours.keltner({ period: 20, rangePeriod: 10, ranges: 2 }),
      ({ step }, state) =>
        (from, to) => {
          let last = 0;
          for (let i = from; i < to; i++)
            out[i] = step(state, 0, high[i] ?? NaN, low[i] ?? NaN, close[i] ?? NaN);
          return last;
        },
    ),
    hosted(
      'squeeze',
      ours.squeeze({ period: 20, deviations: 2, ranges: 1.5 }),
      ({ step }, state) =>
        (from, to) => {
          let last = 0;
          for (let i = from; i < to; i++)
            out[i] = step(state, 0, high[i] ?? NaN, low[i] ?? NaN, close[i] ?? NaN);
          return last;
        },
    ),
    hosted('chandelier', ours.chandelier(22, 3), ({ step }, state) => (from, to) => {
      for (let i = from; i < to; i++)
        out[i] = step(state, 0, high[i] ?? NaN, low[i] ?? NaN, close[i] ?? NaN);
    }),
  ];
}
