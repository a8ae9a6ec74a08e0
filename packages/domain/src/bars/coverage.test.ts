import { expect, test } from 'vitest';
import { coverageCell } from './coverage.ts';

const MINUTE = 60_000;
const at = (text: string): number => Date.parse(`2026-11-20T${text}Z`);
const track = {
  timeframe: '1m',
  session: 'continuous',
  fromTime: at('10:00'),
  checkedUntil: at('12:00'),
} as const;
const gap = (first: string, last: string, isEmpty = false) => {
  return { fromTime: at(first), toTime: at(last), isEmpty };
};

test('only what was looked at, inside the window, counts', () => {
  const gaps = [gap('10:10', '10:19'), gap('11:58', '12:05'), gap('10:30', '10:30', true)];
  const day = { from: at('00:00'), to: at('23:00') };
  expect(coverageCell(track, gaps, day)).toEqual({
    ...{ from: at('10:00'), until: at('12:00') },
    ...{ expected: 120, missing: 12, empty: 1 },
  });
  const part = { from: at('10:15'), to: at('10:31') };
  expect(coverageCell(track, gaps, part)).toMatchObject({ expected: 16, missing: 5, empty: 1 });
  const before = { from: 0, to: at('09:00') };
  expect(coverageCell(track, gaps, before)).toMatchObject({ expected: 0, missing: 0, empty: 0 });
});

test('a night between two sessions is nothing that could be missing', () => {
  const stock = {
    timeframe: '1m',
    session: 'us-equity',
    fromTime: at('14:30'),
    checkedUntil: at('21:00') + 4 * 24 * 60 * MINUTE,
  } as const;
  const friday = {
    fromTime: at('20:58'),
    toTime: at('14:31') + 3 * 24 * 60 * MINUTE,
    isEmpty: false,
  };
  const window = { from: 0, to: Number.MAX_SAFE_INTEGER };
  expect(coverageCell(stock, [friday], window)).toMatchObject({ expected: 3 * 390, missing: 4 });
});
