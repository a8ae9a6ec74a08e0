import { expect, test } from 'vitest';
import { createSendBudget } from './send-budget.ts';

test('never over the limit in any second, and the last are for exits', () => {
  let at = 0;
  const budget = createSendBudget(() => at);
  const taken = (urgency: 'exit' | 'other') =>
    Array.from({ length: 60 }, () => budget.take(urgency)).filter(Boolean).length;
  expect(taken('other')).toBe(30);
  expect(taken('exit')).toBe(14);
  at = 999;
  expect(taken('exit')).toBe(0);
  at = 1_000;
  expect(taken('exit')).toBe(44);
});
