import { expect, test } from 'vitest';
import { readValue } from './read-value.ts';

const KEY = 'gate.spread_max_bps';

test.each([
  ['7.5', 7.5],
  [' 0 ', 0],
  ['', null],
  ['  ', null],
])('"%s" is %s', (text, value) => {
  expect(readValue(KEY, text)).toEqual({ value, fault: null });
});

test.each(['1001', '-1', '1e2', 'seven', '0x10', '7,5'])(
  '"%s" is told with what it may be',
  (text) => {
    const { value, fault } = readValue(KEY, text);
    expect(value).toBeNull();
    expect(fault).toContain('a number from 0 to 1000 (basis points), not');
  },
);
