import { expect, test } from 'vitest';
import * as all from './index.ts';

const empty = new Float64Array(0);
const channel = { upper: empty, middle: empty, lower: empty };
const bars = { openTime: empty, open: empty, high: empty, low: empty, close: empty, volume: empty };

/** Both forms of every indicator with a period, which is put to them. */
const PERIODS: Record<string, readonly ((period: number) => unknown)[]> = {
  sma: [all.sma, (n) => all.smaOf(empty, empty, n)],
  ema: [all.ema, (n) => all.emaOf(empty, empty, n)],
  wma: [all.wma, (n) => all.wmaOf(empty, empty, n)],
  slope: [all.slope, (n) => all.slopeOf(empty, empty, n)],
  mvwap: [all.mvwap, (n) => all.mvwapOf(bars, empty, n)],
  rsi: [all.rsi, (n) => all.rsiOf(empty, empty, n)],
  roc: [all.roc, (n) => all.rocOf(empty, empty, n)],
  efficiencyRatio: [all.efficiencyRatio, (n) => all.efficiencyRatioOf(empty, empty, n)],
  mfi: [all.mfi, (n) => all.mfiOf(bars, empty, n)],
  cci: [all.cci, (n) => all.cciOf(bars, empty, n)],
  adx: [all.adx, (n) => all.adxOf(bars, { adx: empty, plus: empty, minus: empty }, n)],
  atr: [all.atr, (n) => all.atrOf(bars, empty, n)],
  deviation: [all.deviation, (n) => all.deviationOf(empty, empty, n)],
  zScore: [all.zScore, (n) => all.zScoreOf(empty, empty, n)],
  bollinger: [(n) => all.bollinger(n, 2), (n) => all.bollingerOf(empty, channel, n, 2)],
  chandelier: [
    (n) => all.chandelier(n, 3),
    (n) => all.chandelierOf(bars, { long: empty, short: empty }, n, 3),
  ],
  rollingMax: [all.rollingMax, (n) => all.rollingMaxOf(empty, empty, n)],
  rollingMin: [all.rollingMin, (n) => all.rollingMinOf(empty, empty, n)],
  donchian: [all.donchian, (n) => all.donchianOf(bars, channel, n)],
  macd: [
    (n) => all.macd({ fast: n, slow: 26, signal: 9 }),
    (n) => all.macd({ fast: 12, slow: n, signal: 9 }),
    (n) => all.macd({ fast: 12, slow: 26, signal: n }),
  ],
  stochastic: [
    (n) => all.stochastic({ range: n, smoothing: 3, signal: 3 }),
    (n) => all.stochastic({ range: 14, smoothing: n, signal: 3 }),
    (n) => all.stochastic({ range: 14, smoothing: 3, signal: n }),
  ],
  keltner: [
    (n) => all.keltner({ period: n, rangePeriod: 10, ranges: 2 }),
    (n) => all.keltner({ period: 20, rangePeriod: n, ranges: 2 }),
  ],
  squeeze: [(n) => all.squeeze({ period: n, deviations: 2, ranges: 1.5 })],
};

test.each(Object.entries(PERIODS))('%s refuses a period that is none', (_, forms) => {
  for (const period of [0, -3, 1.5, NaN, Infinity]) {
    for (const form of forms) expect(() => form(period)).toThrow(RangeError);
  }
});

test('a multiple that is not above 0 is refused', () => {
  for (const multiple of [0, -1, NaN, Infinity]) {
    expect(() => all.bollinger(20, multiple)).toThrow(RangeError);
    expect(() => all.chandelier(22, multiple)).toThrow(RangeError);
    const keltner = { period: 20, rangePeriod: 10, ranges: multiple };
    expect(() => all.keltner(keltner)).toThrow(RangeError);
    expect(() => all.squeeze({ period: 20, deviations: multiple, ranges: 1 })).toThrow(RangeError);
    expect(() => all.sessionOf(0, multiple, 0)).toThrow(RangeError);
  }
});

test('the fast average of MACD has to be the faster one', () => {
  expect(() => all.macd({ fast: 26, slow: 26, signal: 9 })).toThrow('slow');
});

test('where nothing moves and nothing is traded there is a value, and it takes no side', () => {
  const still = { ...bars };
  for (const name of ['open', 'high', 'low', 'close'] as const) {
    still[name] = new Float64Array(60).fill(0.1 + 0.2);
  }
  still.volume = new Float64Array(60);
  still.openTime = new Float64Array(60);
  const last = (run: (out: Float64Array) => void): number => {
    const out = new Float64Array(60);
    run(out);
    return out.at(-1) ?? NaN;
  };
  const price = 0.1 + 0.2;
  const found = {
    rsi: last((out) => all.rsiOf(still.close, out, 14)),
    mfi: last((out) => all.mfiOf(still, out, 14)),
    stochastic: last((k) =>
      all.stochasticOf(
        still,
        { k, d: new Float64Array(60) },
        { range: 14, smoothing: 1, signal: 3 },
      ),
    ),
    cci: last((out) => all.cciOf(still, out, 20)),
    zScore: last((out) => all.zScoreOf(still.close, out, 20)),
    efficiencyRatio: last((out) => all.efficiencyRatioOf(still.close, out, 10)),
    mvwap: last((out) => all.mvwapOf(still, out, 20)),
    vwap: last((out) => all.sessionVwapOf(still, still.openTime, out)),
    adx: last((adx) =>
      all.adxOf(still, { adx, plus: new Float64Array(60), minus: new Float64Array(60) }, 14),
    ),
  };
  expect(found).toEqual({
    ...{ rsi: 50, mfi: 50, stochastic: 50, cci: 0, zScore: 0, efficiencyRatio: 0, adx: 0 },
    ...{ mvwap: expect.closeTo(price, 12), vwap: expect.closeTo(price, 12) },
  });
});
