import { parsePrice, parseQuantity, type TradePlan } from '@ballast/domain';
import { expect, test } from 'vitest';
import {
  byStrategy,
  historyWith,
  NOW,
  OTHER_TRADE,
  outcomeOf,
  plan,
  short,
} from '../facts.fixture.ts';

const asked = (earlier: TradePlan, agoMs: number) =>
  historyWith({ recentPlans: [{ tradeId: OTHER_TRADE, plan: earlier, createdAt: NOW - agoMs }] });

test.each([
  [10_000, 'deny'],
  [10_001, 'pass'],
  [0, 'deny'],
])('the same plan %i ms ago: %s', (agoMs, outcome) => {
  expect(outcomeOf('DUPLICATE_INTENT', { facts: asked(plan, agoMs) })).toBe(outcome);
});

test.each([
  ['another quantity', { ...plan, quantity: parseQuantity('9') }, 'pass'],
  ['another stop', { ...plan, stop: parsePrice('90.1') }, 'pass'],
  ['the other direction', short, 'pass'],
  ['another asker', { ...plan, ...byStrategy('momentum') }, 'deny'],
  ['another expiry', { ...plan, entryExpiresAt: NOW + 9 }, 'deny'],
])('%s a moment ago: %s', (_, earlier, outcome) => {
  expect(outcomeOf('DUPLICATE_INTENT', { facts: asked(earlier, 1) })).toBe(outcome);
});

test('an unknown past denies', () => {
  expect(outcomeOf('DUPLICATE_INTENT', { facts: { history: null } })).toBe('deny');
});
