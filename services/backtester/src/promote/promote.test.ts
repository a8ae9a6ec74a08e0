import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createPrng, nextUnit } from '@ballast/sim-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { judgePromotion } from './promote.ts';
import { promotionText } from './promotion-text.ts';
import { readTriedSweep, settingOf, spaceOf, type TriedSweep } from './tried-sweep.ts';

const DAYS = 200;

/** Returns of days around a mean, which is what makes one better than another. */
function returnsOf(seed: string, mean: number): number[] {
  const prng = createPrng(seed);
  return Array.from({ length: DAYS }, () => mean + (nextUnit(prng) - 0.5) / 50);
}

function sweepOf(change: Partial<TriedSweep> & { readonly means?: readonly number[] } = {}) {
  const { means = [0.004, 0, 0, 0], ...rest } = change;
  const name = change.name ?? 'a';
  const rows = means.map((mean, at) => ({
    ...{ parameters: { fastPeriod: at + 2 }, entered: 60 },
    returns: returnsOf(`${name} ${at}`, mean),
  }));
  const sweep = { name, strategy: 'sma-cross', setting: 'one', space: 'all', rows };
  return { ...sweep, ...rest };
}
const promote = (judged: TriedSweep, others: readonly TriedSweep[] = []) =>
  judgePromotion({ judged, others, walkForward: null });

test('what earns on most days passes, and is told how it is let trade', () => {
  const promotion = promote(sweepOf());
  expect(promotion).toMatchObject({
    ...{ ok: true, failing: [], trials: 4, sweeps: ['a'] },
    candidate: { parameters: { fastPeriod: 2 }, trades: 60 },
  });
  const text = promotionText(promotion);
  expect(text).toContain('Nothing was switched. To let it trade:');
  expect(text).toMatch(/ballast strategy parameters sma-cross --set fastPeriod=2 --set slow/);
  expect(text).toMatch(/ballast strategy sma-cross --buy on --reason "promoted: deflated Sharpe/);
});

test('what it prints lets trade what was judged: every parameter, and its word to leave', () => {
  const commands = promote(sweepOf()).next.map((command) => command.replace(/ --reason .*$/, ''));
  expect(commands).toEqual([
    'ballast strategy parameters sma-cross --set fastPeriod=2 --set slowPeriod=30' +
      ' --set rangePeriod=14 --set stopRanges=3 --set targetRanges=6 --set short=false',
    'ballast strategy sma-cross --sell on',
    'ballast strategy sma-cross --buy on',
  ]);
});

test('what earns nothing is refused with every number that fails', () => {
  const promotion = promote(sweepOf({ means: [0, 0, 0, 0] }));
  expect(promotion).toMatchObject({ ok: false, next: [] });
  const checks = promotion.failing.map(({ check }) => check);
  expect(checks).toContain('deflated-sharpe');
  expect(checks).toContain('permutation');
  const text = promotionText(promotion);
  expect(text).toMatch(/^fails deflated-sharpe +0\.\d+, limit 0.95$/m);
  expect(text).not.toContain('--buy on');
});

test('a figure that nearly reaches its limit is not printed as the limit', () => {
  const promotion = promote(sweepOf({ means: [0, 0, 0, 0] }));
  const near = { check: 'deflated-sharpe', limit: 0.95, value: 0.949_98, reason: null } as const;
  const text = promotionText({ ...promotion, failing: [near] });
  expect(text).toMatch(/^fails deflated-sharpe +0.94998, limit 0.95$/m);
});

test('each other sweep counts as so many trials more, and the same one again does not', () => {
  const other = sweepOf({ name: 'b', setting: 'two', means: Array<number>(20).fill(0) });
  const alone = promote(sweepOf());
  const both = promote(sweepOf(), [other]);
  expect(both.trials).toBe(24);
  expect(both.figures.sharpeOfLuck.value).toBeGreaterThan(alone.figures.sharpeOfLuck.value ?? 1);
  expect(both.figures.overfittingProbability).toEqual(alone.figures.overfittingProbability);
  expect(promote(sweepOf(), [sweepOf({ name: 'a' })]).trials).toBe(4);
  const better = sweepOf({ name: 'c', means: [0, 0, 0, 0, 0.008] });
  expect(promote(sweepOf(), [better]), 'on the same bars it is what one chose among').toMatchObject(
    { candidate: { parameters: { fastPeriod: 6 } }, trials: 5 },
  );
  expect(promote(sweepOf(), [{ ...better, setting: 'two' }])).toMatchObject({
    ...{ candidate: { parameters: { fastPeriod: 2 } }, trials: 9 },
  });
});

test('what a training of a walk-forward came to takes the place of no row over all bars', () => {
  const alone = promote(sweepOf());
  const rows = sweepOf({ means: [0, 0, 0, 0, 0] }).rows.map((row) => {
    return { ...row, returns: row.returns.slice(0, DAYS / 2) };
  });
  const both = promote(sweepOf(), [sweepOf({ name: 'walk' }), { ...sweepOf(), rows }]);
  expect(both).toMatchObject({ candidate: alone.candidate, trials: 5 });
  expect(both.figures.sharpe).toEqual(alone.figures.sharpe);
});

test('too few trades, too few days, nothing tried: each is a reason', () => {
  const few = sweepOf();
  const scarce = { ...few, rows: few.rows.map((row) => ({ ...row, entered: 29 })) };
  expect(promote(scarce).failing).toEqual([
    { check: 'trades', limit: 30, value: 29, reason: null },
  ]);
  const short = {
    ...few,
    rows: few.rows.map((row) => ({ ...row, returns: row.returns.slice(9, 40) })),
  };
  expect(promote(short).failing).toContainEqual({
    ...{ check: 'overfitting', limit: 0.2, value: null, reason: 'SAMPLE_TOO_SHORT' },
  });
  const still = {
    ...few,
    rows: few.rows.map((row) => ({ ...row, returns: row.returns.map(() => 0) })),
  };
  expect(promote(still)).toMatchObject({ ok: false, candidate: null });
  expect(promote({ ...few, rows: [] })).toMatchObject({ ok: false, candidate: null, trials: 0 });
});

test('a walk-forward of its own is judged in the place of the rows, where it fits', () => {
  const judged = sweepOf();
  const walkForward = {
    ...{ setting: 'one', space: 'all', trades: 12 },
    outOfSample: { returns: returnsOf('w', 0) },
  };
  const promotion = judgePromotion({ judged, others: [], walkForward });
  expect(promotion).toMatchObject({ ok: false, outOfSampleFrom: 'walk-forward' });
  expect(promotion.figures.outOfSampleCount.value).toBe(DAYS);
  expect(promotion.figures.trades.value, 'the fewer of both').toBe(12);
  for (const change of [{ setting: 'two' }, { space: 'less' }]) {
    const other = { ...walkForward, ...change };
    expect(() => judgePromotion({ judged, others: [], walkForward: other })).toThrow(
      expect.objectContaining({ code: 'WALK_FORWARD_OTHER' }),
    );
  }
});

test('a walk-forward says nothing of what was best of another sweep on the same bars', () => {
  const judged = sweepOf({ means: [0, 0] });
  const rows = sweepOf({ name: 'b' }).rows.map((row, at) => ({
    ...row,
    parameters: { fastPeriod: at + 22 },
  }));
  const others = [sweepOf({ name: 'b', space: 'other', rows })];
  const walkForward = {
    ...{ setting: 'one', space: 'all', trades: 99 },
    outOfSample: { returns: returnsOf('w', 0.004) },
  };
  const promotion = judgePromotion({ judged, others, walkForward });
  expect(promotion).toMatchObject({
    candidate: { parameters: { fastPeriod: 22 } },
    ...{ outOfSampleFrom: 'rows', isWalkForwardOfOthers: true },
  });
  expect(promotion.figures).toEqual(promote(judged, others).figures);
  expect(promotionText(promotion)).toContain('the walk-forward had no such candidate to choose');
  const own = judgePromotion({ judged: sweepOf(), others, walkForward });
  expect(own).toMatchObject({ outOfSampleFrom: 'walk-forward', isWalkForwardOfOthers: false });
});

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'ballast-promote-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const REQUEST = {
  ...{ strategy: 'sma-cross', bars: [{ file: 'x/a.csv', instrument: 'bybit.linear:A' }] },
  ...{ parameters: { short: true }, combinations: [{ fastPeriod: 2 }, { fastPeriod: 3 }] },
};
function keep(name: string, rows: readonly object[], request: object = REQUEST): string {
  const path = join(folder, name);
  mkdirSync(path);
  const head = { request, combinations: 2, hash: 'f' };
  writeFileSync(join(path, 'sweep.json'), JSON.stringify(head));
  const lines = rows.map((row) => `${JSON.stringify(row)}\n`);
  writeFileSync(join(path, 'rows.ndjson'), `${lines.join('')}{"ok":tr`);
  return path;
}
const row = (index: number) => ({
  ...{ ok: true, index, entered: 3, blocked: 0, end: 1, fees: 0, returns: [0.1] },
});
const refused = { ok: false, index: 0, code: 'PARAMETERS_INVALID', message: 'no' };

test('a folder is read with the parameters of each row; a row that was refused is no trial', () => {
  const sweep = readTriedSweep(keep('whole', [row(1), refused]), 'sma-cross');
  expect(sweep.rows).toEqual([
    { parameters: { short: true, fastPeriod: 3 }, entered: 3, returns: [0.1] },
  ]);
  expect(sweep.setting).toBe(settingOf(REQUEST, 'f'));
  const moved = { ...REQUEST, bars: [{ file: 'y/a.csv', instrument: 'bybit.linear:A' }] };
  expect(settingOf(moved, 'f'), 'wherever the files lie').toBe(sweep.setting);
  expect(settingOf(REQUEST, 'e')).not.toBe(sweep.setting);
  expect(settingOf({ ...REQUEST, takerFee: '0' }, 'f')).not.toBe(sweep.setting);
  expect(spaceOf({}, [{ a: 2, b: 1 }, { a: 1 }])).toBe(spaceOf({}, [{ a: 1 }, { b: 1, a: 2 }]));
  expect(spaceOf({}, [{ a: 1 }])).not.toBe(spaceOf({}, [{ a: 2 }]));
});

test.each([
  ['SWEEP_UNFINISHED', 'has 1 of 2 rows', () => keep('part', [row(1)]), 'sma-cross'],
  ['SWEEP_OTHER_STRATEGY', 'of sma-cross, not of momentum', () => keep('o', []), 'momentum'],
  ['SWEEP_UNREADABLE', 'sweep.json is not there', () => join(folder, 'none'), 'sma-cross'],
  ['SWEEP_UNREADABLE', 'row 2:', () => keep('bad', [row(0), { ok: 1 }]), 'sma-cross'],
])('%s: %s', (code, words, path, strategy) => {
  const read = () => readTriedSweep(path(), strategy);
  expect(read).toThrow(expect.objectContaining({ code, message: expect.stringContaining(words) }));
});
