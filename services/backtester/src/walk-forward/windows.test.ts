import { expect, test } from 'vitest';
import { datedWindows } from './windows.ts';

const DAY = 86_400_000;
const days = (count: number): Float64Array =>
  Float64Array.from({ length: count }, (_, at) => at * DAY);

test('windows of one length up to the last day, what is over is trained on first', () => {
  const rolling = datedWindows(days(17), { windows: 3, train: 2, mode: 'rolling' });
  expect(rolling).toEqual([
    { inSample: { from: 0, to: 8 * DAY, days: 8 }, outOfSample: span(8, 11) },
    { inSample: { from: 3 * DAY, to: 11 * DAY, days: 8 }, outOfSample: span(11, 14) },
    { inSample: { from: 6 * DAY, to: 14 * DAY, days: 8 }, outOfSample: span(14, 17) },
  ]);
  const anchored = datedWindows(days(17), { windows: 3, train: 2, mode: 'anchored' });
  expect(anchored.map(({ inSample }) => inSample.from)).toEqual([0, 0, 0]);
  expect(anchored.map(({ outOfSample }) => outOfSample)).toEqual(
    rolling.map(({ outOfSample }) => outOfSample),
  );
});

test('days without bars belong to the window before them', () => {
  const [first, second] = datedWindows(Float64Array.of(0, DAY, 5 * DAY, 9 * DAY), {
    ...{ windows: 2, train: 2, mode: 'rolling' },
  });
  expect(first?.outOfSample).toEqual({ from: 5 * DAY, to: 9 * DAY, days: 1 });
  expect(second?.outOfSample).toEqual({ from: 9 * DAY, to: 10 * DAY, days: 1 });
});

test('more windows than days are refused', () => {
  const shape = { windows: 8, train: 3, mode: 'rolling' } as const;
  expect(() => datedWindows(days(10), shape)).toThrow(
    expect.objectContaining({ code: 'WINDOWS_TOO_MANY' }),
  );
  expect(datedWindows(days(11), shape)).toHaveLength(8);
});

function span(from: number, to: number) {
  return { from: from * DAY, to: to * DAY, days: to - from };
}
