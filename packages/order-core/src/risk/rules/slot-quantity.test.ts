import { parsePrice, parseScaled, type TradePlan } from '@ballast/domain';
import { expect, test } from 'vitest';
import { outcomeOf, verdictOf } from '../facts.fixture.ts';

const scaled = (first: string, second: string): Partial<TradePlan> => ({
  takeProfit: {
    style: 'scaled',
    breakEvenAfterFirst: false,
    targets: [
      { price: parsePrice('105'), fraction: parseScaled(first) },
      { price: parsePrice('110'), fraction: parseScaled(second) },
    ],
  },
});

test.each([
  ['0.1', '0.9', 'pass'],
  ['0.099', '0.901', 'deny'],
])('10 in parts of %s and %s, least quantity 1: %s', (first, second, outcome) => {
  expect(outcomeOf('SLOT_TOO_SMALL', { plan: scaled(first, second) })).toBe(outcome);
});

test('the parts are shown as they would be sent', () => {
  expect(verdictOf('SLOT_TOO_SMALL', { plan: scaled('0.35', '0.65') }).input).toBe('3 + 7');
});
