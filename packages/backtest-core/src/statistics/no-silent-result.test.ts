import { InvalidInput } from '@ballast/domain';
import { createPrng } from '@ballast/sim-core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import * as statistics from '../index.ts';

/** Every function that is given a series, with odd numbers beside it where it takes one. */
const CALLS: Record<string, (values: number[], other: number[], odd: number) => unknown> = {
  mean: (values) => statistics.mean(values),
  standardDeviation: (values) => statistics.standardDeviation(values),
  moments: (values) => statistics.moments(values),
  returnsOf: (values) => statistics.returnsOf(values),
  equityOf: (values, _, odd) => statistics.equityOf(values, odd),
  totalReturn: (values) => statistics.totalReturn(values),
  compoundAnnualGrowth: (values, _, odd) => statistics.compoundAnnualGrowth(values, odd),
  annualisedRatio: ([value = 0], _, odd) => statistics.annualisedRatio(value, odd),
  sharpeRatio: (values, _, odd) => statistics.sharpeRatio(values, odd),
  sortinoRatio: (values, _, odd) => statistics.sortinoRatio(values, odd),
  downsideDeviation: (values, _, odd) => statistics.downsideDeviation(values, odd),
  calmarRatio: (values, _, odd) => statistics.calmarRatio(values, odd),
  drawdowns: (values) => statistics.drawdowns(values),
  drawdownSpells: (values) => statistics.drawdownSpells(values).map(({ depth }) => depth),
  tradeFigures: (values) => statistics.tradeFigures(values),
  profitFactor: (values) => statistics.profitFactor(values),
  turnover: (values, other, odd) => statistics.turnover(values, other, odd),
  exposureTime: ([from = 0, to = 0], _, odd) =>
    statistics.exposureTime([{ from, to }], { from: 0, to: odd }),
  quantile: (values, _, odd) => statistics.quantile(values, odd),
  normalQuantile: (_, __, odd) => statistics.normalQuantile(odd),
  normalCumulative: (_, __, odd) => statistics.normalCumulative(odd),
  trackRecordOf: (values) => statistics.trackRecordOf(values),
  probabilisticSharpe: ([sharpe = 0, skewness = 0, kurtosis = 3], _, odd) =>
    statistics.probabilisticSharpe({ count: 9, sharpe, skewness, kurtosis }, odd),
  minimumTrackRecord: ([sharpe = 0, skewness = 0, kurtosis = 3], _, odd) =>
    statistics.minimumTrackRecord({ sharpe, skewness, kurtosis }, 0, odd),
  sharpeNeeded: ([count = 0], _, odd) => statistics.sharpeNeeded(count, odd),
  expectedMaximum: (_, __, odd) => statistics.expectedMaximum(odd),
  deflatedSharpe: ([count = 1, variance = 0], other) =>
    statistics.deflatedSharpe(statistics.trackRecordOf(other), { count, variance }),
  trialsOf: (values) => statistics.trialsOf(values),
  effectiveTrials: ([count = 0], _, odd) => statistics.effectiveTrials(count, odd),
  meanCorrelation: (values, other) => statistics.meanCorrelation([values, other]),
  minimumBacktestYears: ([count = 0], _, odd) => statistics.minimumBacktestYears(count, odd),
  overfittingProbability: (values, other) =>
    statistics.overfittingProbability([values, other], { blocks: 2 }),
  bootstrap: (values, _, odd) => statistics.stationaryBootstrap(values, firstOf, drawn(odd)),
  percentileInterval: (values, _, odd) => statistics.percentileInterval(values, odd),
  acceleratedInterval: (values, other, odd) =>
    statistics.acceleratedInterval(values, firstOf, other, odd),
  automaticBlockLength: (values, other) =>
    statistics.automaticBlockLength([...values, ...other, ...values]),
  exactTwoSampleP: (values, other) => statistics.exactTwoSampleP(values, other),
  exactSignFlipP: (values) => statistics.exactSignFlipP(values),
  permutationP: ([hits = 0], _, odd) => statistics.permutationP(hits, odd),
  kellyBinary: ([probability = 0], _, odd) => statistics.kellyBinary(probability, odd),
  kellyGrowth: ([p = 0, payoff = 0], _, odd) => statistics.kellyGrowth(p, payoff, odd),
  kellyContinuous: ([mean = 0, rate = 0], _, odd) => statistics.kellyContinuous(mean, rate, odd),
  tieredKelly: ([probability = 0], _, odd) => statistics.tieredKelly(probability, odd),
  brierParts: (values, other) => statistics.brierParts(values, other),
  logLoss: (values, other) => statistics.logLoss(values, other),
  calibrationError: (values, other) => statistics.calibrationError(values, other),
  monthlyReturns: (values, other) => statistics.monthlyReturns(values, other),
  walkForwardEfficiency: ([inside = 0, outside = 0], _, odd) =>
    statistics.walkForwardEfficiency(
      [
        {
          inSample: { totalReturn: inside, periods: 9 },
          outOfSample: { totalReturn: outside, periods: 9 },
        },
      ],
      odd,
      'compounded',
    ),
};

const odd = fc.oneof(
  fc.double(),
  fc.double({ min: 0, max: 1 }),
  fc.integer({ min: -3, max: 40 }),
  fc.constantFrom(0, 1, -1, 1e308, -1e308, 5e-324, 1e-160, 1e160, Number.NaN, Infinity),
);
const series = fc.oneof(
  fc.array(odd, { maxLength: 8 }),
  fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 4, maxLength: 8 }),
  fc.array(fc.constantFrom(0, 1, 0.1, -0.1, 1e200), { minLength: 4, maxLength: 8 }),
);

test.each(Object.entries(CALLS))('%s gives finite figures or a reason', (_name, call) => {
  fc.assert(
    fc.property(series, series, odd, (values, other, value) => {
      const outcome = outcomeOf(() => call(values, other, value));
      if (outcome instanceof Error) {
        expect(outcome).toBeInstanceOf(InvalidInput);
      } else {
        expect(numbersIn(outcome).filter((number) => !Number.isFinite(number))).toEqual([]);
      }
    }),
    // Their distance is larger than the largest number.
    { numRuns: 300, examples: [[[1, 0, 0, 0], [-1e308, 8e307], 5e-324]] },
  );
});

test('numbers are found wherever they are', () => {
  expect(numbersIn({ a: [1, { b: Float64Array.of(2, 3) }], c: null, d: 4 })).toEqual([1, 2, 3, 4]);
});

function outcomeOf(compute: () => unknown): unknown {
  try {
    return compute();
  } catch (error) {
    return error;
  }
}

function numbersIn(value: unknown): number[] {
  if (typeof value === 'number') return [value];
  if (value instanceof Float64Array) return [...value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap((part) => numbersIn(part));
}

function firstOf(sample: Float64Array): number {
  return sample[0] ?? 0;
}

function drawn(blockLength: number) {
  return { blockLength, resamples: 3, prng: createPrng('odd') };
}
