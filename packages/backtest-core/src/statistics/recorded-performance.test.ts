import { existsSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { InvalidInput } from '@ballast/domain';
import { describe, expect, test } from 'vitest';
import { drawdownSpells, maximumDrawdown } from './drawdown.ts';
import { moments, standardDeviation } from './moments.ts';
import { performanceFigures } from './performance-figures.ts';
import { probabilisticSharpe, trackRecordOf } from './probabilistic-sharpe.ts';
import { calmarRatio, downsideDeviation, sharpeRatio, sortinoRatio } from './ratios.ts';
import {
  annualisedRatio,
  compoundAnnualGrowth,
  equityOf,
  returnsOf,
  totalReturn,
} from './returns.ts';
import { profitFactor, tradeFigures } from './trading-figures.ts';

type Series = { series: (number | null)[] };
type Frame = { frame: Record<string, Series> };
type Arguments = {
  returns: Series | Frame;
  period?: string;
  required_return?: number | Series;
  starting_value?: number;
  expected: number | string | number[] | Series;
};
type Recorded = { test: string; args: Arguments };
type RealSeries = {
  symbol: string;
  returns_from: string;
  quantstats: Record<string, number>;
  own: Record<string, number>;
};

const DATA = new URL('../../../../../shared/data/', import.meta.url);
const isAbsent = !existsSync(new URL('stats/', DATA));
const PERIODS: Record<string, number> = { daily: 252, weekly: 52, monthly: 12 };

/** empyrical leaves NaN out of means, and counts it as a period without growth. */
const COMPUTE: Record<string, (returns: Series, args: Arguments) => number> = {
  test_cum_returns_final: (returns) => totalReturn(grown(returns)),
  test_max_drawdown: (returns) => maximumDrawdown(grown(returns)),
  test_annual_ret: (returns, args) => compoundAnnualGrowth(grown(returns), periodsOf(args)),
  test_cagr: (returns, args) => compoundAnnualGrowth(grown(returns), periodsOf(args)),
  test_calmar: (returns, args) => calmarRatio(grown(returns), periodsOf(args)),
  test_annual_volatility: (returns, args) =>
    annualisedRatio(standardDeviation(present(returns)), periodsOf(args)),
  test_sharpe_ratio: (returns) => annualisedRatio(sharpeRatio(present(returns)), 252),
  test_sortino: (returns, args) =>
    annualisedRatio(sortinoRatio(excess(returns, args)), periodsOf(args)),
  test_downside_risk: (returns, args) =>
    annualisedRatio(downsideDeviation(excess(returns, args)), periodsOf(args)),
};

describe.skipIf(isAbsent)('recorded vectors of empyrical (need ../shared/data)', () => {
  const cases = isAbsent ? [] : recordedCases();
  test('are all there', () => {
    expect(cases.length).toBe(46);
  });

  test.each(cases)('$test of $args', ({ test: name, args }) => {
    const compute = COMPUTE[name] ?? (() => Number.NaN);
    const { returns, expected } = args;
    const tolerance = name === 'test_cum_returns_final' ? 5e-5 : 1e-8;
    if ('frame' in returns) {
      const values = typeof expected === 'object' && 'series' in expected ? expected.series : [];
      for (const [at, column] of Object.values(returns.frame).entries()) {
        expect(Math.abs(compute(column, args) - Number(values[at]))).toBeLessThan(tolerance);
      }
    } else if (typeof expected === 'string') {
      expect(['NaN', 'Infinity']).toContain(expected);
      expect(() => compute(returns, args)).toThrow(InvalidInput);
    } else {
      expect(Math.abs(compute(returns, args) - Number(expected))).toBeLessThan(tolerance);
    }
  });

  test.each(isAbsent ? [] : casesNamed('test_cum_returns'))('equity of $args', ({ args }) => {
    const { returns, expected, starting_value: start = 0 } = args;
    if (!('series' in returns) || !Array.isArray(expected)) throw new Error('odd case');
    const equity = equityOf(grown(returns), start === 0 ? 1 : start).subarray(1);
    const shown = [...equity].map((value) => (start === 0 ? value - 1 : value));
    expect(shown).toEqual(expected.map((value) => expect.closeTo(value, 4)));
  });
});

describe.skipIf(isAbsent)('quantstats on real series (need ../shared/data)', () => {
  const cases: RealSeries[] = isAbsent
    ? []
    : JSON.parse(textOf('stats/performance/quantstats_on_real_series.json')).cases;

  test.each(cases)('$symbol', ({ returns_from, quantstats, own }) => {
    const closes = closesOf(returns_from.replace('shared/data/', ''));
    const returns = returnsOf(closes).map((value) => Number(value.toFixed(10)));
    const record = trackRecordOf(returns);
    const figures = performanceFigures({ returns, periodsPerYear: 252, profits: returns });
    const near = (value: number | null | undefined, expected: number | undefined) =>
      expect(Math.abs((value ?? Number.NaN) / (expected ?? Number.NaN) - 1)).toBeLessThan(1e-9);
    expect(returns.length).toBe(own['n']);
    near(figures.totalReturn.value, quantstats['comp']);
    near(figures.compoundAnnualGrowth.value, quantstats['cagr']);
    near(figures.annualVolatility.value, quantstats['volatility']);
    near(figures.annualSharpe.value, quantstats['sharpe']);
    near(figures.annualSortino.value, quantstats['sortino']);
    near(figures.calmar.value, quantstats['calmar']);
    near(figures.maximumDrawdown.value, quantstats['max_drawdown']);
    near(figures.skewness.value, own['skew_pop']);
    near(figures.kurtosis.value, own['kurt_pop_nonexcess']);
    near(profitFactor(returns), quantstats['profit_factor']);
    near(downsideDeviation(returns), own['downside_dev_0']);
    const { winShare, lossShare, averageWin, averageLoss } = tradeFigures(returns);
    near(winShare / (winShare + lossShare), quantstats['win_rate']);
    near(averageWin, quantstats['avg_win']);
    near(averageLoss, quantstats['avg_loss']);
    // quantstats takes the unbiased kurtosis in excess for the one that is not.
    const { skew: skewness = 0, kurtosis = 0 } = quantstats;
    near(
      probabilisticSharpe({ ...record, skewness, kurtosis }),
      quantstats['probabilistic_sharpe_ratio'],
    );
    expect(probabilisticSharpe(record)).toBeLessThan(quantstats['probabilistic_sharpe_ratio'] ?? 0);
    expect(moments(returns).mean).toBeCloseTo(own['mean'] ?? Number.NaN, 12);
  });
});

describe.skipIf(isAbsent)('drawdowns of PerformanceAnalytics (need ../shared/data)', () => {
  test('all spells of Funds of Funds: places and depths', () => {
    const column = (name: string) => {
      const [header = '', ...rows] = textOf('stats/performance/edhec.csv').trim().split('\n');
      const at = header.split(',').indexOf(name);
      return rows.map((row) => Number(row.split(',')[at]));
    };
    const spells = drawdownSpells(column('Funds of Funds'));
    const printed = printedSpells();
    expect(spells.length).toBe(23);
    expect(spells.map(({ from }) => from + 1)).toEqual(printed.map(({ from }) => from));
    expect(spells.map(({ trough }) => trough + 1)).toEqual(printed.map(({ trough }) => trough));
    expect(spells.map(({ recovered }) => (recovered ?? 0) + 1)).toEqual(
      printed.map(({ to }) => to),
    );
    expect(spells.map(({ length }) => length)).toEqual(printed.map(({ length }) => length));
    for (const [at, { depth }] of spells.entries()) {
      // Cut off after four decimals, not rounded.
      expect(Math.abs(depth - (printed[at]?.depth ?? 1))).toBeLessThan(1e-4);
    }
  });
});

/** The printed table also has a row for each stretch at the peak, whose depth is 0. */
function printedSpells() {
  const sessions: { fn: string; r_session: string[] }[] = JSON.parse(
    textOf('stats/performance/performanceanalytics_snapshots.json'),
  );
  const lines = sessions.find(({ fn }) => fn === 'findDrawdowns')?.r_session ?? [];
  const [whole = ''] = lines.join('\n').split('> sortDrawdowns');
  const columnOf = (name: string): number[] => {
    const part = whole.split(`$${name}\n`)[1]?.split('\n\n')[0] ?? '';
    return part
      .replace(/\[\d+\]/g, ' ')
      .trim()
      .split(/\s+/)
      .map(Number);
  };
  const [depths, froms, troughs] = [columnOf('return'), columnOf('from'), columnOf('trough')];
  const [tos, lengths] = [columnOf('to'), columnOf('length')];
  return depths
    .map((depth, at) => ({
      depth,
      from: froms[at],
      trough: troughs[at],
      to: tos[at],
      length: lengths[at],
    }))
    .filter(({ depth }) => depth !== 0);
}

function recordedCases(): Recorded[] {
  return Object.keys(COMPUTE).flatMap((name) => casesNamed(name));
}

function casesNamed(name: string): Recorded[] {
  const recorded: { cases: Recorded[] } = JSON.parse(
    textOf('stats/performance/empyrical_vectors.json'),
  );
  return recorded.cases.filter((one) => one.test === name);
}

function textOf(path: string): string {
  return readFileSync(new URL(path, DATA), 'utf8');
}

function closesOf(path: string): number[] {
  const text = gunzipSync(readFileSync(new URL(path, DATA))).toString('utf8');
  return text
    .trim()
    .split('\n')
    .slice(1)
    .map((row) => Number(row.split(',')[4]));
}

function periodsOf({ period = '' }: Arguments): number {
  return PERIODS[period] ?? Number.NaN;
}

function grown({ series }: Series): number[] {
  return series.map((value) => value ?? 0);
}

function present({ series }: Series): number[] {
  return series.filter((value) => value !== null);
}

function excess(returns: Series, { required_return: required = 0 }: Arguments): number[] {
  const minimum = typeof required === 'number' ? [] : required.series;
  const flat = typeof required === 'number' ? required : 0;
  return present({
    series: returns.series.map((value, at) =>
      value === null ? null : value - flat - (minimum[at] ?? 0),
    ),
  });
}
