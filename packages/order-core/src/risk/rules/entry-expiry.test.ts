import { expect, test } from 'vitest';
import { NOW, outcomeOf } from '../facts.fixture.ts';

test.each([
  [null, 'pass'],
  [NOW + 1, 'pass'],
  [NOW, 'deny'],
])('an entry that expires at %s: %s', (entryExpiresAt, outcome) => {
  expect(outcomeOf('ENTRY_EXPIRED', { plan: { entryExpiresAt } })).toBe(outcome);
});
