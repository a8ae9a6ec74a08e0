import type { JobView } from '@ballast/dashboard-server/api';
import { expect, test } from 'vitest';
import { barsText, movesOf, paceText } from './job-text.ts';

const job: JobView = {
  ...{ id: 'j', kind: 'backfill', origin: 'manual', timeframe: '1m', status: 'running' },
  ...{ instrument: 'bybit.linear:BTCUSDT' as JobView['instrument'], fromTime: 0, toTime: 1 },
  ...{
    barsExpected: 12_000,
    barsStored: 4_500,
    barsReplaced: 0,
    barsKept: 0,
    attempts: 0,
    error: null,
    actor: 'a',
  },
  ...{ reason: 'r', createdAt: 0, updatedAt: 0, file: null },
  ...{ percent: 37, barsPerSecond: 1_200, leftMs: 65_000 },
};

test('a job offers only what can be done with it', () => {
  expect(movesOf('running')).toEqual(['pause', 'cancel']);
  expect(movesOf('paused')).toEqual(['resume', 'cancel']);
  expect(movesOf('failed')).toEqual(['resume', 'cancel']);
  expect(movesOf('done')).toEqual([]);
  expect(movesOf('cancelled')).toEqual([]);
});

test('pace and place in words; what is not known is not made up', () => {
  expect(barsText(job)).toBe('4,500 of 12,000 bars');
  expect(barsText({ ...job, barsExpected: 0, barsStored: 0, attempts: 2 })).toBe(
    '0 of ? bars, 2 failed in a row',
  );
  expect(barsText({ ...job, barsReplaced: 1_000, barsKept: 3 })).toBe(
    '4,500 of 12,000 bars, replaced 1,000, kept 3 better ones',
  );
  expect(paceText(job)).toBe('1,200 bars/s, 1 m 05 s left');
  expect(paceText({ ...job, barsPerSecond: null, leftMs: null })).toBe('');
});
