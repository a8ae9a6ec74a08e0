import { expect, test } from 'vitest';
import { type JobMeasure, jobPace } from './data-jobs.ts';

const running: JobMeasure = {
  status: 'running',
  fromTime: 1_000_000,
  toTime: 1_100_000,
  doneUntil: 1_050_000,
  barsExpected: 200,
  startedAt: 5_000,
  updatedAt: 15_000,
  doneBefore: 1_025_000,
};

test('the pace is that of the run under way, not of those before a pause', () => {
  expect(jobPace(running, 15_000)).toEqual({ percent: 50, barsPerSecond: 5, leftMs: 20_000 });
  expect(jobPace(running, 18_000).leftMs, 'time goes on between two pages').toBe(17_000);
  expect(jobPace(running, 90_000).leftMs, 'a slow page is not a negative time').toBe(0);
});

test('there is none before the first page, nor for a job that does not run', () => {
  const none = { barsPerSecond: null, leftMs: null };
  expect(jobPace({ ...running, doneUntil: 1_025_000 }, 15_000)).toEqual({ percent: 25, ...none });
  expect(jobPace({ ...running, status: 'paused' }, 15_000)).toEqual({ percent: 50, ...none });
  expect(jobPace({ ...running, status: 'done' }, 15_000)).toEqual({ percent: 100, ...none });
});

test('an import whose file was not read yet has no stretch', () => {
  const unread = { ...running, fromTime: 0, toTime: 0, doneUntil: 0, doneBefore: 0 };
  expect(jobPace(unread, 15_000)).toEqual({ percent: 0, barsPerSecond: null, leftMs: null });
});
