import { expect, test } from 'vitest';
import { exitPrice, partOf, resultAt } from './estimate.ts';

const long = { direction: 'long', entryPrice: '100', quantity: '3' } as const;
const short = { ...long, direction: 'short' } as const;
const quote = {
  instrument: 'bybit.linear:BTCUSDT',
  bid: '104',
  ask: '105',
  last: '104.5',
  bidQuantity: '1',
  askQuantity: '1',
  eventTime: 1,
  receivedTime: 1,
} as Parameters<typeof exitPrice>[1];

test('a long position leaves at the bid, a short one at the ask', () => {
  expect(exitPrice(long, quote)).toBe('104');
  expect(exitPrice(short, quote)).toBe('105');
  expect(exitPrice(long, null)).toBeNull();
});

test('the result has its sign, its part and the multiplier in it', () => {
  expect(resultAt(long, '104', '3', '1')).toBe('12');
  expect(resultAt(short, '105', '1', '10')).toBe('-50');
  expect(resultAt(long, null, '3', '1')).toBeNull();
  expect(resultAt({ ...long, entryPrice: null }, '104', '3', '1')).toBeNull();
});

test('a part is rounded down to the lot', () => {
  expect(partOf('0.107', '0.5', '0.001')).toBe('0.053');
  expect(partOf('0.001', '0.5', '0.001')).toBe('0');
  expect(partOf('1', '', '0.001')).toBeNull();
});
