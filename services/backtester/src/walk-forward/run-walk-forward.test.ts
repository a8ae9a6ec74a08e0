import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sharpeRatio } from '@ballast/backtest-core';
import { parseInstrumentId } from '@ballast/domain';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { rowOf } from '../sweep/try-combination.ts';
import { combinationsOf } from '../sweep/vary.ts';
import { dateOf } from '../trial-in-span.ts';
import type { Trial } from '../trial.ts';
import {
  BEGIN,
  freeRequest,
  HOUR,
  onBars,
  trialOf,
  walkedRows,
  writeBars,
} from '../walked-bars.fixture.ts';
import { runWalkForward, type TryAll } from './run-walk-forward.ts';
import { walkForwardReport } from './walk-forward-report.ts';

const DAY = 24 * HOUR;
const COMBINATIONS = combinationsOf(['fastPeriod=3,6', 'slowPeriod=12,24', 'short=true']);
const SHAPE = { windows: 4, train: 2, mode: 'rolling' } as const;
const ROWS = walkedRows({ seed: 'walk', bars: 40 * 24 });

let folder: string;
let trial: Trial;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ballast-walk-'));
  const path = join(folder, 'BTCUSDT_1h.csv');
  writeBars(path, ROWS);
  trial = await trialOf(path);
});
afterAll(() => rmSync(folder, { recursive: true }));

const inThisProcess =
  (of: Trial, order = 1): TryAll =>
  async (work, onRow) => {
    for (const one of order === 1 ? work : work.toReversed()) onRow(rowOf(of, one));
    await Promise.resolve();
  };

const asked = (change: object = {}) => ({
  ...{ ...SHAPE, combinations: COMBINATIONS, base: {} },
  ...change,
});
const walked = (of = trial, change: object = {}) =>
  runWalkForward(of, asked(change), inThisProcess(of));

/** What a file with only these rows says. */
function alone(parameters: object, from: number, to: number) {
  const rows = ROWS.filter((_, row) => row * HOUR + BEGIN >= from && row * HOUR + BEGIN < to);
  const row = rowOf(onBars(trial, rows), { index: 0, parameters: { ...parameters } });
  if (!row.ok) throw new Error(row.message);
  return row;
}

test('each window runs alone what was best of its training alone, from its first bar on', async () => {
  const { windows } = await walked();
  expect(windows).toHaveLength(4);
  for (const { inSample, outOfSample, chosen, run } of windows) {
    const parameters = COMBINATIONS[chosen?.index ?? NaN] ?? {};
    const warmUp = trial.strategy.model(parameters).warmUp * HOUR;
    const all = COMBINATIONS.map((one) => {
      const before = trial.strategy.model(one).warmUp * HOUR;
      const { returns } = alone(one, inSample.from - before, inSample.to);
      return sharpeRatio(returns.slice(-inSample.days));
    });
    expect(chosen?.index).toBe(all.indexOf(Math.max(...all)));
    expect(chosen?.trained.sharpe.value).toBeCloseTo(Math.max(...all), 9);
    const own = alone(parameters, outOfSample.from - warmUp, outOfSample.to);
    expect(run?.result.trades.length).toBe(own.entered);
    expect(run?.result.trades.length).toBeGreaterThan(0);
    expect(run?.result.equity.value.at(-1)).toBe(own.end);
    for (const { enteredAt, leftAt } of run?.result.trades ?? []) {
      expect(enteredAt).toBeGreaterThanOrEqual(outOfSample.from);
      expect(leftAt).toBeLessThanOrEqual(outOfSample.to);
    }
  }
});

test('nothing of a window is known to the choice for it, nor to what came before', async () => {
  const first = await walked();
  const cut = (first.windows[2]?.outOfSample.from ?? 0) - BEGIN;
  const others = walkedRows({ seed: 'other', bars: ROWS.length });
  const altered = ROWS.map((row, at) => (at * HOUR < cut ? row : (others[at] ?? '')));
  const second = await walked(onBars(trial, altered));
  const shown = ({ windows }: typeof first, count: number) =>
    windows.slice(0, count).map(({ chosen, run }) => ({ chosen, returns: run?.returns }));
  expect(shown(second, 2)).toEqual(shown(first, 2));
  expect(second.windows[2]?.chosen).toEqual(first.windows[2]?.chosen);
  expect(second.windows[2]?.run?.returns).not.toEqual(first.windows[2]?.run?.returns);
});

test('the order in which rows come makes no difference; anchored training does', async () => {
  const first = await walked();
  expect(await runWalkForward(trial, asked(), inThisProcess(trial, -1))).toEqual(first);
  const doubled = { combinations: [...COMBINATIONS, ...COMBINATIONS] };
  const twice = await runWalkForward(trial, asked(doubled), inThisProcess(trial, -1));
  expect(
    twice.windows.map(({ chosen }) => chosen),
    'the first of equals',
  ).toEqual(first.windows.map(({ chosen }) => chosen));
  const anchored = await walked(trial, { mode: 'anchored' });
  expect(anchored.windows.map(({ inSample }) => inSample.from)).toEqual(Array(4).fill(BEGIN));
  expect(anchored.windows[3]?.chosen).not.toEqual(first.windows[3]?.chosen);
});

test('the report puts what was out of sample end to end, day by day', async () => {
  const request = freeRequest(join(folder, 'BTCUSDT_1h.csv'));
  const result = await walked();
  const report = walkForwardReport(
    { ...SHAPE, request, combinations: COMBINATIONS },
    trial,
    result,
  );
  const grown = result.windows.flatMap(({ run }) => [...(run?.returns ?? [])]);
  expect(report.outOfSample.returns).toEqual(grown);
  expect(report.daily.time).toHaveLength(grown.length + 1);
  expect(report.daily.time.at(-1)).toBe(BEGIN + 39 * DAY);
  const end = report.windows.reduce((product, one) => product * (1 + one.outOfSample.return), 1e5);
  expect(report.equity).toEqual({ begin: 100_000, end: expect.closeTo(end, 6) });
  expect(report.trades).toBe(report.windows.reduce((sum, one) => sum + one.outOfSample.trades, 0));
  expect(report.windows[0]).toMatchObject({ window: 1, tried: 4, chosen: { short: true } });
  expect(report.windows[0]?.outOfSample.from).toBe(
    report.windows[0]?.inSample.to.replace('16', '17'),
  );
  expect(report.figures.permutationP.value).toBeGreaterThan(0);
  expect(report.warnings).toEqual([]);
  const [worst] = result.windows;
  if (worst?.run === null || worst === undefined) throw new Error('no first window');
  const returns = worst.run.returns.map((one, at) => (at === 2 ? -0.3 : one));
  const fallen = [{ ...worst, run: { ...worst.run, returns } }, ...result.windows.slice(1)];
  expect(
    walkForwardReport({ ...SHAPE, request, combinations: COMBINATIONS }, trial, {
      ...result,
      windows: fallen,
    }).warnings,
  ).toEqual([expect.stringMatching(/live the brake ends all trades there/)]);
});

test('a training without a trade chooses nothing, and its window stands still with a warning', async () => {
  const flat = ROWS.map((row, at) => (at < 20 * 24 ? `${row.split(',')[0]},9,9,9,9,1` : row));
  const still = onBars(trial, flat);
  const result = await walked(still);
  const request = freeRequest('a.csv');
  const report = walkForwardReport(
    { ...SHAPE, request, combinations: COMBINATIONS },
    still,
    result,
  );
  expect(report.windows[0]).toMatchObject({ chosen: null, outOfSample: { return: 0, trades: 0 } });
  expect(report.warnings[0]).toBe(
    'window 1: no combination traded in training, so nothing was traded',
  );
  expect(report.outOfSample.returns).toHaveLength(24);
});

test('an instrument with too few bars in a window is left out of it, and told', async () => {
  const [series] = trial.series;
  if (series === undefined) throw new Error('a trial of no bars');
  const { openTime } = series.bars;
  const late = openTime.findIndex((time) => time >= BEGIN + 29 * DAY);
  const part = (column: Float64Array): Float64Array => column.slice(late);
  const bars = {
    ...{ openTime: part(openTime), open: part(series.bars.open), high: part(series.bars.high) },
    ...{ low: part(series.bars.low), close: part(series.bars.close) },
    volume: part(series.bars.volume),
  };
  const id = parseInstrumentId('bybit.linear:LATEUSDT');
  const other = { ...series, bars, instrument: { ...series.instrument, id } };
  const both = { ...trial, series: [series, other] };
  const { windows } = await walked(both);
  expect(windows.map(({ run }) => run?.leftOut)).toEqual([[id], [id], [], []]);
});

test('where finer bars are not known a stretch goes without them', async () => {
  const [series] = trial.series;
  if (series === undefined) throw new Error('a trial of no bars');
  const late = onBars(trial, ROWS.slice(35 * 24)).series[0]?.bars;
  if (late === undefined) throw new Error('no late bars');
  const first = await walked();
  const second = await walked({ ...trial, series: [{ ...series, finer: late }] });
  expect(second, 'they say no more than the bars themselves').toEqual(first);
});

test('what no window can be trained on is an error with its reason', async () => {
  const combinations = combinationsOf(['slowPeriod=400']);
  const short = onBars(trial, ROWS.slice(0, 15 * 24));
  await expect(walked(short, { combinations })).rejects.toMatchObject({ code: 'BARS_TOO_FEW' });
  const wrong = combinationsOf(['fastPeriod=50', 'slowPeriod=20']);
  await expect(walked(trial, { combinations: wrong })).rejects.toMatchObject({
    code: 'PARAMETERS_INVALID',
  });
  const { refused, windows } = await walked(trial, { combinations: [...wrong, ...COMBINATIONS] });
  expect(refused).toMatchObject([{ index: 0, code: 'PARAMETERS_INVALID' }]);
  expect(windows[0]).toMatchObject({ tried: 4, refused: 1 });
  expect(dateOf(windows[0]?.outOfSample.from ?? 0)).toMatch(/^2025-01-1\d$/);
  await expect(walked(trial, { combinations: [] })).rejects.toMatchObject({ code: 'SWEEP_EMPTY' });
});
