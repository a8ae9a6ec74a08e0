import * as ours from '@ballast/indicators';
import { hosted, type Steps } from './indicators-hosted.ts';

/** Momentum step by step, each in a loop of its own. */
export function momentumSteps(
  { high, low, close, volume }: ours.Columns,
  out: Float64Array,
): Steps[] {
  return [
    hosted('rsi', ours.rsi(14), ({ step }, state) => (from, to) => {
      for (let i = from; i < to; i++) out[i] = step(state, 0, close[i] ?? NaN);
    }),
    hosted(
      'macd',
      ours.macd({ fast: 12, slow: 26, signal: 9 }),
      ({ step }, state) =>
        (from, to) => {
          let last = 0;
          for (let i = from; i < to; i++) out[i] = step(state, 0, close[i] ?? NaN);
          return last;
        },
    ),
    hosted(
      'stochastic',
      ours.stochastic({ range: 14, smoothing: 3, signal: 3 }),
      ({ step }, state) =>
        (from, to) => {
          let last = 0;
          for (let i = from; i < to; i++)
            out[i] = step(state, 0, high[i] ?? NaN, low[i] ?? NaN, close[i] ?? NaN);
          return last;
        },
    ),
    hosted('roc', ours.roc(10), ({ step }, state) => (from, to) => {
      for (let i = from; i < to; i++) out[i] = step(state, 0, close[i] ?? NaN);
    }),
    hosted('efficiencyRatio', ours.efficiencyRatio(10), ({ step }, state) => (from, to) => {
      for (let i = from; i < to; i++) out[i] = step(state, 0, close[i] ?? NaN);
    }),
    hosted('obv', ours.obv(), ({ step }, state) => (from, to) => {
      for (let i = from; i < to; i++) out[i] = step(state, 0, close[i] ?? NaN, volume[i] ?? NaN);
    }),
    hosted('mfi', ours.mfi(14), ({ step }, state) => (from, to) => {
      for (let i = from; i < to; i++)
        out[i] = step(state, 0, high[i] ?? NaN, low[i] ?? NaN, close[i] ?? NaN, volume[i] ?? NaN);
    }),
    hosted('cci', ours.cci(20), ({ step }, state) => (from, to) => {
      for (let i = from; i < to; i++)
        out[i] = step(state, 0, high[i] ?? NaN, low[i] ?? NaN, close[i] ?? NaN);
    }),
    hosted('adx', ours.adx(14), ({ step }, state) => (from, to) => {
      for (let i = from; i < to; i++)
        out[i] = step(state, 0, high[i] ?? NaN, low[i] ?? NaN, close[i] ?? NaN);
    }),
  ];
}
