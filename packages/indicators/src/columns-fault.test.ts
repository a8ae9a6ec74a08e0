import { expect, test } from 'vitest';
import { faultOf } from './columns-fault.ts';
import type { Columns } from './indicator.ts';
import { walk } from './indicators.fixture.ts';

const sound = walk(50);

test('a sound series has no fault, an empty one neither', () => {
  expect(faultOf(sound)).toBeNull();
  expect(faultOf(walk(0))).toBeNull();
});

test.each(['open', 'high', 'low', 'close', 'volume'] as const)('%s that is no number', (name) => {
  for (const value of [NaN, Infinity, -Infinity]) {
    expect(faultOf(changed(name, 17, value))).toEqual({ row: 17, reason: 'NOT_FINITE' });
  }
});

test('a volume below 0', () => {
  expect(faultOf(changed('volume', 3, -1))).toEqual({ row: 3, reason: 'NOT_FINITE' });
});

test('a time that does not rise, once or for good', () => {
  const reason = 'TIME_NOT_ASCENDING';
  const before = sound.openTime[8] ?? NaN;
  expect(faultOf(changed('openTime', 9, before))).toEqual({ row: 9, reason });
  expect(faultOf(changed('openTime', 9, before - 1))).toEqual({ row: 9, reason });
});

test('an open or a close outside low to high, a high below the low', () => {
  const reason = 'OUTSIDE_LOW_TO_HIGH';
  for (const name of ['open', 'close'] as const) {
    expect(faultOf(changed(name, 20, 1e9))).toEqual({ row: 20, reason });
    expect(faultOf(changed(name, 20, 1e-9))).toEqual({ row: 20, reason });
  }
  expect(faultOf(changed('high', 20, 1e-9))).toEqual({ row: 20, reason });
});

test('columns of unequal length', () => {
  const cut = { ...sound, volume: sound.volume.subarray(0, 49) };
  expect(faultOf(cut)).toEqual({ row: 49, reason: 'LENGTHS_DIFFER' });
});

function changed(name: keyof Columns, row: number, value: number): Columns {
  const column = Float64Array.from(sound[name]);
  column[row] = value;
  return { ...sound, [name]: column };
}
