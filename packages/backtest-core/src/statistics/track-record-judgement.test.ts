import { createPrng, nextUnit, type Prng } from '@ballast/sim-core';
import { describe, expect, test } from 'vitest';
import { deflatedSharpe, trialsOf } from './deflated-sharpe.ts';
import { JUDGEMENT_LIMITS } from './judgement-limits.ts';
import { mean } from './moments.ts';
import { normalQuantile } from './normal.ts';
import { overfittingProbability } from './overfitting.ts';
import { minimumTrackRecord, trackRecordOf } from './probabilistic-sharpe.ts';
import { sharpeRatio } from './ratios.ts';
import {
  type Judgement,
  judgeTrackRecord,
  type TrackRecordCase,
} from './track-record-judgement.ts';
import { stitchOutOfSample, walkForwardWindows } from './walk-forward.ts';

type Market = {
  readonly trials: number;
  readonly periods: number;
  /** Correlation between trials. */
  readonly alike: number;
  /** Of a return with the one before. */
  readonly memory: number;
  /** One return in twenty is so many times as large. */
  readonly tail: number;
  /** True Sharpe ratio of a period, by trial. */
  readonly edge: (trial: number) => number;
};

const LIMITS = { ...JUDGEMENT_LIMITS, resamples: 200 };
const NOISE: Market = { trials: 20, periods: 600, alike: 0, memory: 0, tail: 1, edge: () => 0 };
const SEEDS = 150;
const EDGE_SEEDS = 20;

describe('the best of many trials without any edge', () => {
  test.each([
    ['of 20 that differ', NOISE],
    ['of 20 that are alike by 0.5', { ...NOISE, alike: 0.5 }],
    ['of 20 that are alike by 0.9', { ...NOISE, alike: 0.9 }],
    ['of 20 whose returns remember by 0.2', { ...NOISE, memory: 0.2 }],
    ['of 20 with fat tails', { ...NOISE, tail: 6 }],
    ['of a single one', { ...NOISE, trials: 1 }],
  ] as const)('%s: fewer than 5 % are let through', (name, market) => {
    const judged = judgements(name, market, SEEDS);
    const passed = judged.filter(({ ok }) => ok).length;
    const byCheck = (['deflated-sharpe', 'overfitting', 'track-record-length'] as const)
      .map((check) => `${check} ${shareOf(judged, (one) => !failed(one, check))}`)
      .join(', ');
    const interval = shareOf(judged, (one) => !failed(one, 'out-of-sample-interval'));
    console.log(
      `judgement: noise, best ${name}: ${shareOf(judged, ({ ok }) => ok)} pass all; ` +
        `each alone: ${byCheck}, out-of-sample-interval ${interval}`,
    );
    expect(judged.length).toBe(SEEDS);
    expect(passed / SEEDS).toBeLessThan(0.05);
  });
});

describe('what has an edge is not refused for nothing', () => {
  const STRONG = { ...NOISE, periods: 1000 };
  test.each([
    ['one of 20 earns', { ...STRONG, edge: (trial: number) => (trial === 7 ? 0.2 : 0) }],
    ['all 20 earn alike', { ...STRONG, alike: 0.8, edge: () => 0.18 }],
    ['the later the better', { ...STRONG, alike: 0.5, edge: (trial: number) => trial / 100 }],
  ] as const)('%s', (name, market) => {
    const judged = judgements(name, market, EDGE_SEEDS);
    console.log(`judgement: ${name}: ${shareOf(judged, ({ ok }) => ok)} pass`);
    expect(judged.filter(({ ok }) => ok).length / EDGE_SEEDS).toBeGreaterThan(0.7);
  });
});

describe('one record', () => {
  const strong = caseOf('strong', { ...NOISE, edge: (trial) => (trial === 3 ? 0.3 : 0) });

  const outOfSample = Float64Array.from(strong.outOfSample);

  test('passes, with every figure', () => {
    const { ok, figures, failing } = judgeTrackRecord({ ...strong, prng: createPrng('a') }, LIMITS);
    expect(failing).toEqual([]);
    expect(ok).toBe(true);
    for (const figure of Object.values(figures)) expect(figure.reason).toBeNull();
    const whole = trackRecordOf(strong.returns);
    const apart = trackRecordOf(outOfSample);
    const luck = deflatedSharpe(whole, strong.trials);
    expect(figures.sharpe.value).toBe(whole.sharpe);
    expect(figures.sharpeOfLuck.value).toBe(luck.benchmark);
    expect(figures.deflatedSharpe.value).toBe(luck.probability);
    expect(figures.outOfSampleSharpe.value).toBe(apart.sharpe);
    expect(figures.outOfSampleCount.value).toBe(400);
    expect(figures.minimumTrackRecord.value).toBe(minimumTrackRecord(apart));
    expect(figures.outOfSampleMeanLow.value).toBeLessThan(mean(outOfSample));
    expect(figures.outOfSampleMeanHigh.value).toBeGreaterThan(mean(outOfSample));
  });

  test('the same seed gives the same judgement', () => {
    const judge = () => judgeTrackRecord({ ...strong, prng: createPrng('b') }, LIMITS);
    expect(judge()).toEqual(judge());
  });

  test.each([
    ['deflated-sharpe', { trials: { count: 20, variance: 0.09 } }],
    ['overfitting', { overfitting: { probability: 0.21, lossProbability: 0.06 } }],
    ['track-record-length', { outOfSample: outOfSample.slice(0, 12) }],
    ['out-of-sample-interval', { outOfSample: outOfSample.map((value) => value - 0.3) }],
    ['permutation', { outOfSample: outOfSample.map((value) => value - 0.3) }],
    ['trades', { trades: 29 }],
  ] as const)('fails by %s alone, or with it', (check, change) => {
    const judged = judgeTrackRecord({ ...strong, ...change, prng: createPrng('c') }, LIMITS);
    expect(judged.ok).toBe(false);
    expect(judged.failing.map((one) => one.check)).toContain(check);
  });

  test('limits are met at the limit itself', () => {
    for (const overfitting of [
      { probability: 0.2, lossProbability: 1 },
      { probability: 1, lossProbability: 0.05 },
    ]) {
      const judged = judgeTrackRecord({ ...strong, overfitting, prng: createPrng('d') }, LIMITS);
      expect(judged.ok).toBe(true);
    }
  });

  test('a figure that cannot be computed fails its check and says why', () => {
    const none = { ...strong, returns: new Float64Array(9), outOfSample: new Float64Array(9) };
    const { ok, failing } = judgeTrackRecord({ ...none, prng: createPrng('e') }, LIMITS);
    expect(ok).toBe(false);
    expect(failing).toEqual([
      { check: 'deflated-sharpe', limit: 0.95, value: null, reason: 'SAMPLE_WITHOUT_VARIANCE' },
      { check: 'track-record-length', limit: 9, value: null, reason: 'SAMPLE_WITHOUT_VARIANCE' },
      { check: 'out-of-sample-interval', limit: 0, value: null, reason: 'SAMPLE_WITHOUT_VARIANCE' },
      { check: 'permutation', limit: 0.05, value: null, reason: 'SAMPLE_WITHOUT_VARIANCE' },
    ]);
    const broken = { ...strong, returns: [0.1, Number.NaN], outOfSample: [0.1, Number.NaN] };
    const judged = judgeTrackRecord({ ...broken, prng: createPrng('f') }, LIMITS);
    expect(judged.failing.map(({ reason }) => reason)).toContain('SAMPLE_NOT_FINITE');
    expect(judged.ok).toBe(false);
  });

  test('an overfitting that could not be computed fails with its reason', () => {
    const overfitting = { reason: 'SAMPLE_TOO_SHORT' };
    const { failing } = judgeTrackRecord({ ...strong, overfitting, prng: createPrng('h') }, LIMITS);
    expect(failing).toEqual([
      { check: 'overfitting', limit: 0.2, value: null, reason: 'SAMPLE_TOO_SHORT' },
    ]);
  });

  test('NaN in what others computed never passes', () => {
    const overfitting = { probability: Number.NaN, lossProbability: Number.NaN };
    const trials = { count: 20, variance: Number.NaN };
    const judged = judgeTrackRecord(
      { ...strong, overfitting, trials, prng: createPrng('g') },
      LIMITS,
    );
    expect(judged.failing.map(({ check }) => check)).toEqual(['deflated-sharpe', 'overfitting']);
  });

  test('several trials without their probability of overfitting are refused', () => {
    expect(() => judgeTrackRecord({ ...strong, overfitting: null }, LIMITS)).toThrow(
      expect.objectContaining({ code: 'PARAMETER_OUT_OF_RANGE' }),
    );
  });
});

function judgements(name: string, market: Market, seeds: number): Judgement[] {
  return Array.from({ length: seeds }, (_, seed) =>
    judgeTrackRecord(caseOf(`${name}-${seed}`, market), LIMITS),
  );
}

/** As an operator would: try all, take the best, walk forward, and count what was tried. */
function caseOf(seed: string, market: Market): TrackRecordCase {
  const prng = createPrng(seed);
  const trials = makeTrials(prng, market);
  const ratios = trials.map((trial) => sharpeRatio(trial));
  const isAlone = trials.length === 1;
  const plan = { inSample: 200, outOfSample: 50, mode: 'rolling' } as const;
  const windows = walkForwardWindows({ ...plan, count: market.periods });
  const stitched = windows.map(({ inSample, outOfSample }) => {
    const seen = trials.map((trial) => sharpeRatio(trial.subarray(inSample.from, inSample.to)));
    return best(trials, seen).subarray(outOfSample.from, outOfSample.to);
  });
  return {
    returns: best(trials, ratios),
    trials: trialsOf(ratios),
    overfitting: isAlone ? null : overfittingProbability(trials, { blocks: 8 }),
    outOfSample: stitchOutOfSample(windows, stitched),
    trades: 100,
    prng,
  };
}

function makeTrials(prng: Prng, { trials, periods, alike, memory, tail, edge }: Market) {
  const normal = () => normalQuantile((Math.floor(nextUnit(prng) * 2 ** 32) + 0.5) / 2 ** 32);
  const shared = Float64Array.from({ length: periods }, normal);
  return Array.from({ length: trials }, (_, trial) => {
    let last = 0;
    return shared.map((common) => {
      const fresh = Math.sqrt(alike) * common + Math.sqrt(1 - alike) * normal();
      last = memory * last + Math.sqrt(1 - memory * memory) * fresh;
      const size = tail > 1 && nextUnit(prng) < 0.05 ? tail : 1;
      return 0.01 * (size * last + edge(trial));
    });
  });
}

function best(trials: readonly Float64Array[], ratios: readonly number[]): Float64Array {
  return trials[ratios.indexOf(Math.max(...ratios))] ?? new Float64Array();
}

function failed({ failing }: Judgement, check: string): boolean {
  return failing.some((one) => one.check === check);
}

function shareOf(judged: readonly Judgement[], isMeant: (one: Judgement) => boolean): string {
  return `${((100 * judged.filter(isMeant).length) / judged.length).toFixed(1)} %`;
}
