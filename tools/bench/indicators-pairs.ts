import * as ours from '@ballast/indicators';
import * as averages from './indicators-plain-averages.ts';
import * as momentum from './indicators-plain-momentum.ts';
import * as volatility from './indicators-plain-volatility.ts';

/** One indicator in bulk, ours and as a plain loop, each into its own three columns. */
export type Pair = {
  readonly name: string;
  readonly outputs: number;
  ours(out: Outputs): void;
  plain(out: Outputs): void;
};

export type Outputs = readonly [Float64Array, Float64Array, Float64Array];

const MACD = { fast: 12, slow: 26, signal: 9 };
const STOCHASTIC = { range: 14, smoothing: 3, signal: 3 };
const KELTNER = { period: 20, rangePeriod: 10, ranges: 2 };
const SQUEEZE = { period: 20, deviations: 2, ranges: 1.5 };
const DAY_MS = 86_400_000;

export function pairsOn(bars: ours.Columns): Pair[] {
  return [...averagesOn(bars), ...momentumOn(bars), ...volatilityOn(bars)];
}

function pair(
  name: string,
  outputs: number,
  mine: (...out: Outputs) => void,
  plain: (...out: Outputs) => void,
): Pair {
  return { name, outputs, ours: (out) => mine(...out), plain: (out) => plain(...out) };
}

function averagesOn(bars: ours.Columns): Pair[] {
  const x = bars.close;
  const sessions = bars.openTime.map((time) => ours.sessionOf(time, DAY_MS, 0));
  return [
    pair(
      'sma',
      1,
      (o) => ours.smaOf(x, o, 20),
      (o) => averages.sma(x, o, 20),
    ),
    pair(
      'ema',
      1,
      (o) => ours.emaOf(x, o, 20),
      (o) => averages.ema(x, o, 20),
    ),
    pair(
      'wma',
      1,
      (o) => ours.wmaOf(x, o, 20),
      (o) => averages.wma(x, o, 20),
    ),
    pair(
      'slope',
      1,
      (o) => ours.slopeOf(x, o, 14),
      (o) => averages.slope(x, o, 14),
    ),
    pair(
      'mvwap',
      1,
      (o) => ours.mvwapOf(bars, o, 20),
      (o) => averages.mvwap(bars, o, 20),
    ),
    pair(
      'sessionVwap',
      1,
      (o) => ours.sessionVwapOf(bars, sessions, o),
      (o) => averages.sessionVwap(bars, sessions, o),
    ),
    pair(
      'rollingMax',
      1,
      (o) => ours.rollingMaxOf(x, o, 20),
      (o) => averages.extreme(x, o, 20, 1),
    ),
    pair(
      'rollingMin',
      1,
      (o) => ours.rollingMinOf(x, o, 20),
      (o) => averages.extreme(x, o, 20, -1),
    ),
    pair(
      'donchian',
      3,
      (upper, middle, lower) => ours.donchianOf(bars, { upper, middle, lower }, 20),
      (upper, middle, lower) => averages.donchian(bars, upper, middle, lower, 20),
    ),
  ];
}

function momentumOn(bars: ours.Columns): Pair[] {
  const x = bars.close;
  return [
    pair(
      'rsi',
      1,
      (o) => ours.rsiOf(x, o, 14),
      (o) => momentum.rsi(x, o, 14),
    ),
    pair(
      'macd',
      3,
      (line, signal, histogram) => ours.macdOf(x, { line, signal, histogram }, MACD),
      (line, signal, histogram) => momentum.macd(x, { line, signal, histogram }, 12, 26, 9),
    ),
    pair(
      'stochastic',
      2,
      (k, d) => ours.stochasticOf(bars, { k, d }, STOCHASTIC),
      (k, d) => momentum.stochastic(bars, k, d, 14, 3, 3),
    ),
    pair(
      'roc',
      1,
      (o) => ours.rocOf(x, o, 10),
      (o) => momentum.roc(x, o, 10),
    ),
    pair(
      'efficiencyRatio',
      1,
      (o) => ours.efficiencyRatioOf(x, o, 10),
      (o) => momentum.efficiencyRatio(x, o, 10),
    ),
    pair(
      'obv',
      1,
      (o) => ours.obvOf(bars, o),
      (o) => momentum.obv(bars, o),
    ),
    pair(
      'mfi',
      1,
      (o) => ours.mfiOf(bars, o, 14),
      (o) => momentum.mfi(bars, o, 14),
    ),
    pair(
      'cci',
      1,
      (o) => ours.cciOf(bars, o, 20),
      (o) => momentum.cci(bars, o, 20),
    ),
    pair(
      'adx',
      3,
      (adx, plus, minus) => ours.adxOf(bars, { adx, plus, minus }, 14),
      (adx, plus, minus) => momentum.adx(bars, { adx, plus, minus }, 14),
    ),
  ];
}

function volatilityOn(bars: ours.Columns): Pair[] {
  const x = bars.close;
  return [
    pair(
      'trueRange',
      1,
      (o) => ours.trueRangeOf(bars, o),
      (o) => volatility.trueRange(bars, o),
    ),
    pair(
      'atr',
      1,
      (o) => ours.atrOf(bars, o, 14),
      (o) => volatility.atr(bars, o, 14),
    ),
    pair(
      'deviation',
      1,
      (o) => ours.deviationOf(x, o, 20),
      (o) => volatility.deviation(x, o, 20),
    ),
    pair(
      'zScore',
      1,
      (o) => ours.zScoreOf(x, o, 20),
      (o) => volatility.zScore(x, o, 20),
    ),
    pair(
      'bollinger',
      3,
      (upper, middle, lower) => ours.bollingerOf(x, { upper, middle, lower }, 20, 2),
      (upper, middle, lower) => volatility.bollinger(x, { upper, middle, lower }, 20, 2),
    ),
    pair(
      'keltner',
      3,
      (upper, middle, lower) => ours.keltnerOf(bars, { upper, middle, lower }, KELTNER),
      (upper, middle, lower) => volatility.keltner(bars, { upper, middle, lower }, 20, 10, 2),
    ),
    pair(
      'squeeze',
      1,
      (o) => ours.squeezeOf(bars, o, SQUEEZE),
      (o) => volatility.squeeze(bars, o, 20, 2, 1.5),
    ),
    pair(
      'chandelier',
      2,
      (long, short) => ours.chandelierOf(bars, { long, short }, 22, 3),
      (long, short) => volatility.chandelier(bars, long, short, 22, 3),
    ),
  ];
}
