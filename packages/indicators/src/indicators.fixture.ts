import * as all from './index.ts';
import type { Columns, Indicator } from './indicator.ts';

/** One indicator with its usual parameters, so that all can be asked the same questions. */
export type Subject = {
  readonly name: string;
  readonly warmUp: number;
  readonly size: number;
  /** The value that `step` returns is called `main`. */
  readonly outputs: readonly string[];
  start(state: Float64Array, at: number): void;
  step(state: Float64Array, at: number, columns: Columns, row: number): number;
  read(state: Float64Array, at: number, output: string): number;
  /** The bulk form into columns of `rows`, in the order of `outputs`. */
  bulk(columns: Columns, rows?: number): readonly Float64Array[];
  /** Rows after which an input is forgotten altogether; null for a recursion. */
  readonly memory: number | null;
};

type Bulk = (columns: Columns, ...out: Float64Array[]) => void;

const { ema, sma, wma, slope, mvwap, sessionVwap, rsi, macd, stochastic, roc } = all;
const { efficiencyRatio, obv, mfi, cci, adx, trueRange, atr, deviation, zScore } = all;
const { bollinger, keltner, squeeze, chandelier, rollingMax, rollingMin, donchian } = all;

type Parameters = {
  /** Period of those that go by 20 or so, and of those that go by 14. */
  readonly n: number;
  readonly m: number;
  readonly macd: all.MacdPeriods;
  readonly stochastic: all.StochasticPeriods;
  readonly keltner: all.KeltnerParameters;
  readonly squeeze: all.SqueezeParameters;
};

const USUAL: Parameters = {
  ...{ n: 20, m: 14 },
  macd: { fast: 12, slow: 26, signal: 9 },
  stochastic: { range: 14, smoothing: 3, signal: 3 },
  keltner: { period: 20, rangePeriod: 10, ranges: 2 },
  squeeze: { period: 20, deviations: 2, ranges: 1.5 },
};
/** `m` is 2 where 1 makes no sense. */
const SHORTEST: Parameters = {
  ...{ n: 1, m: 2 },
  macd: { fast: 1, slow: 2, signal: 1 },
  stochastic: { range: 1, smoothing: 1, signal: 1 },
  keltner: { period: 1, rangePeriod: 1, ranges: 2 },
  squeeze: { period: 2, deviations: 2, ranges: 1.5 },
};
const HOUR_MS = 3_600_000;

const at = (column: Float64Array, row: number): number => column[row] ?? NaN;
const close = (c: Columns, i: number): [number] => [at(c.close, i)];
const hl = (c: Columns, i: number): [number, number] => [at(c.high, i), at(c.low, i)];
const hlc = (c: Columns, i: number): [number, number, number] => [...hl(c, i), at(c.close, i)];
const hlcv = (c: Columns, i: number): [number, number, number, number] => [
  ...hlc(c, i),
  at(c.volume, i),
];
const session = (c: Columns, i: number): number => all.sessionOf(at(c.openTime, i), HOUR_MS, 0);

export function subject<Inputs extends readonly number[], Output extends string>(
  name: string,
  memory: number | null,
  indicator: Indicator<Inputs, Output>,
  inputs: (columns: Columns, row: number) => Inputs,
  bulk: Bulk,
): Subject {
  const offsets = new Map<string, number>(Object.entries(indicator.offsets));
  const outputs = ['main', ...offsets.keys()];
  return {
    ...{ name, memory, outputs, warmUp: indicator.warmUp, size: indicator.size },
    start: (state, begin) => indicator.start(state, begin),
    step: (state, begin, columns, row) => indicator.step(state, begin, ...inputs(columns, row)),
    read: (state, begin, output) => state[begin + (offsets.get(output) ?? NaN)] ?? NaN,
    bulk(columns, rows = columns.close.length) {
      const out = outputs.map(() => new Float64Array(rows).fill(-1));
      bulk(columns, ...out);
      return out;
    },
  };
}

const none = new Float64Array(0);
function subjectsWith(p: Parameters): Subject[] {
  const { n, m } = p;
  const two = Math.max(2, n);
  const { range, smoothing, signal } = p.stochastic;
  return [
    subject('sma', n, sma(n), close, (c, out = none) => all.smaOf(c.close, out, n)),
    subject('ema', null, ema(n), close, (c, out = none) => all.emaOf(c.close, out, n)),
    subject('wma', n, wma(n), close, (c, out = none) => all.wmaOf(c.close, out, n)),
    subject('slope', m, slope(m), close, (c, out = none) => all.slopeOf(c.close, out, m)),
    subject('mvwap', n, mvwap(n), hlcv, (c, out = none) => all.mvwapOf(c, out, n)),
    subject(
      'sessionVwap',
      60,
      sessionVwap(),
      (c, i) => [session(c, i), ...hlcv(c, i)],
      (c, out = none) =>
        all.sessionVwapOf(
          c,
          c.openTime.map((_, i) => session(c, i)),
          out,
        ),
    ),
    subject('rsi', null, rsi(m), close, (c, out = none) => all.rsiOf(c.close, out, m)),
    subject('macd', null, macd(p.macd), close, (c, line = none, signal = none, histogram = none) =>
      all.macdOf(c.close, { line, signal, histogram }, p.macd),
    ),
    subject(
      'stochastic',
      range + smoothing + signal - 2,
      stochastic(p.stochastic),
      hlc,
      (c, k = none, d = none) => all.stochasticOf(c, { k, d }, p.stochastic),
    ),
    subject('roc', m + 1, roc(m), close, (c, out = none) => all.rocOf(c.close, out, m)),
    subject('efficiencyRatio', n + 1, efficiencyRatio(n), close, (c, out = none) =>
      all.efficiencyRatioOf(c.close, out, n),
    ),
    subject(
      'obv',
      null,
      obv(),
      (c, i) => [at(c.close, i), at(c.volume, i)],
      (c, out = none) => all.obvOf(c, out),
    ),
    subject('mfi', m + 1, mfi(m), hlcv, (c, out = none) => all.mfiOf(c, out, m)),
    subject('cci', two, cci(two), hlc, (c, out = none) => all.cciOf(c, out, two)),
    subject('adx', null, adx(m), hlc, (c, index = none, plus = none, minus = none) =>
      all.adxOf(c, { adx: index, plus, minus }, m),
    ),
    subject('trueRange', 2, trueRange(), hlc, (c, out = none) => all.trueRangeOf(c, out)),
    subject('atr', null, atr(n), hlc, (c, out = none) => all.atrOf(c, out, n)),
    subject('deviation', two, deviation(two), close, (c, out = none, mean = none) => {
      all.deviationOf(c.close, out, two);
      meansOf(c, mean, two);
    }),
    subject('zScore', two, zScore(two), close, (c, out = none, mean = none, width = none) => {
      all.zScoreOf(c.close, out, two);
      all.deviationOf(c.close, width, two);
      meansOf(c, mean, two);
    }),
    subject(
      'bollinger',
      two,
      bollinger(two, 2),
      close,
      (c, middle = none, upper = none, lower = none) =>
        all.bollingerOf(c.close, { upper, middle, lower }, two, 2),
    ),
    subject(
      'keltner',
      null,
      keltner(p.keltner),
      hlc,
      (c, middle = none, upper = none, lower = none) =>
        all.keltnerOf(c, { upper, middle, lower }, p.keltner),
    ),
    subject('squeeze', null, squeeze(p.squeeze), hlc, (c, out = none) =>
      all.squeezeOf(c, out, p.squeeze),
    ),
    subject('chandelier', null, chandelier(n, 3), hlc, (c, long = none, short = none) =>
      all.chandelierOf(c, { long, short }, n, 3),
    ),
    subject('rollingMax', n, rollingMax(n), close, (c, out = none) =>
      all.rollingMaxOf(c.close, out, n),
    ),
    subject('rollingMin', n, rollingMin(n), close, (c, out = none) =>
      all.rollingMinOf(c.close, out, n),
    ),
    subject('donchian', n, donchian(n), hl, (c, middle = none, upper = none, lower = none) =>
      all.donchianOf(c, { upper, middle, lower }, n),
    ),
  ];
}

function meansOf(columns: Columns, mean: Float64Array, period: number): void {
  const [upper, lower] = [new Float64Array(mean.length), new Float64Array(mean.length)];
  all.bollingerOf(columns.close, { upper, middle: mean, lower }, period, 1);
}

/** With the parameters that are usual. */
export const SUBJECTS: readonly Subject[] = subjectsWith(USUAL);

/** With the usual parameters, and with the shortest that are allowed. */
export const ALL_SUBJECTS: readonly Subject[] = [
  ...SUBJECTS,
  ...subjectsWith(SHORTEST).map((one) => ({ ...one, name: `${one.name}, shortest` })),
];

/** Every output at every row, from steps on a stretch that begins at `begin`. */
export function stepped(
  of: Subject,
  columns: Columns,
  state = new Float64Array(of.size),
  begin = 0,
): Float64Array[] {
  const out = of.outputs.map(() => new Float64Array(columns.close.length));
  of.start(state, begin);
  for (let row = 0; row < columns.close.length; row++) {
    const main = of.step(state, begin, columns, row);
    of.outputs.forEach((output, k) => {
      const column = out[k];
      if (column !== undefined) {
        column[row] = output === 'main' ? main : of.read(state, begin, output);
      }
    });
  }
  return out;
}

export function columnsOf(
  rows: readonly (readonly [
    open: number,
    high: number,
    low: number,
    close: number,
    volume: number,
  ])[],
): Columns {
  const column = (k: 0 | 1 | 2 | 3 | 4): Float64Array => Float64Array.from(rows, (row) => row[k]);
  return {
    openTime: Float64Array.from(rows, (_, i) => i * 60_000),
    ...{ open: column(0), high: column(1), low: column(2), close: column(3), volume: column(4) },
  };
}

/** A seeded walk: the same numbers everywhere. Prices are positive, some volumes are 0. */
export function walk(length: number, seed = 1): Columns {
  let draw = seed;
  const next = (): number => {
    draw = (draw * 48_271) % 2_147_483_647;
    return draw / 2_147_483_647;
  };
  let last = 100;
  return columnsOf(
    Array.from({ length }, () => {
      const open = last;
      last = Math.max(1, open * (1 + 0.02 * (next() - 0.5)));
      const high = Math.max(open, last) * (1 + 0.005 * next());
      const low = Math.min(open, last) * (1 - 0.005 * next());
      return [open, high, low, last, next() < 0.05 ? 0 : Math.floor(1_000 * next())] as const;
    }),
  );
}
