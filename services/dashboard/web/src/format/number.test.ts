import { expect, test } from 'vitest';
import { decimalsOf, fixed, NO_VALUE, percentChange, signOf, trimmed } from './number.ts';

test.each([
  ['64231.5', 1, '64,231.5'],
  ['1234567.005', 2, '1,234,567.00'],
  ['1234567.015', 2, '1,234,567.02'],
  ['-0.004', 2, '0.00'],
  ['-5.5', 0, '−6'],
  ['999.999', 2, '1,000.00'],
  ['0.000000000000000001', 18, '0.000000000000000001'],
  ['12345678901234567890', 0, '12,345,678,901,234,567,890'],
])('%s at %i places is %s', (text, decimals, expected) => {
  expect(fixed(text, decimals)).toBe(expected);
});

test('a sign is written when asked for, and zero has none', () => {
  expect(fixed('1', 2, { sign: true })).toBe('+1.00');
  expect(fixed('-1', 2, { sign: true })).toBe('−1.00');
  expect(fixed('0', 2, { sign: true })).toBe('0.00');
});

test.each([null, undefined, '', 'NaN', '1e5', 'Infinity'])(
  '%s is no number and shows as a dash',
  (text) => {
    expect(fixed(text, 2)).toBe(NO_VALUE);
    expect(signOf(text)).toBeNull();
  },
);

test('places of a step', () => {
  expect(decimalsOf('0.001')).toBe(3);
  expect(decimalsOf('1')).toBe(0);
});

test.each([
  ['100', '101.5', '1.5000'],
  ['100', '99.99', '-0.0100'],
  ['3', '3', '0.0000'],
])('from %s to %s is %s percent', (from, to, expected) => {
  expect(percentChange(from, to)).toBe(expected);
});

test('no change is told from or to nothing', () => {
  expect(percentChange(null, '1')).toBeNull();
  expect(percentChange('0', '1')).toBeNull();
});

test('a number in a sentence has no zeros at its end', () => {
  expect(trimmed('1200')).toBe('1,200');
  expect(trimmed('0.0500')).toBe('0.05');
  expect(trimmed('2.0')).toBe('2');
});
