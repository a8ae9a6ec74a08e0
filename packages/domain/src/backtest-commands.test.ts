import { expect, test } from 'vitest';
import { backtestLeftMs, type BacktestMeasure } from './backtest-commands.ts';

const half: BacktestMeasure = {
  ...{ state: 'running', done: 500, total: 1_000, startedAt: 10_000, updatedAt: 14_000 },
};

test('what is left goes on at the pace so far, and less with every moment', () => {
  expect(backtestLeftMs(half, 14_000)).toBe(4_000);
  expect(backtestLeftMs(half, 15_500)).toBe(2_500);
  expect(backtestLeftMs(half, 99_000)).toBe(0);
});

test.each([
  ['that waits', { state: 'queued', startedAt: null }],
  ['of which nothing is done', { done: 0 }],
  ['that has just begun', { updatedAt: 10_000 }],
  ['that has ended', { state: 'done' }],
] as const)('nobody knows of one %s', (_, change) => {
  expect(backtestLeftMs({ ...half, ...change }, 14_000)).toBeNull();
});
