import { expect, test } from 'vitest';
import { outcomeOf, verdictOf } from '../facts.fixture.ts';

test('a known gap denies, none passes', () => {
  const gap = 'no bars 12:00 to 12:04';
  const verdict = verdictOf('COVERAGE_GAP', { facts: { coverage: { gap } } });
  expect(verdict).toMatchObject({ outcome: 'deny', input: gap });
  expect(outcomeOf('COVERAGE_GAP', { facts: { coverage: { gap: null } } })).toBe('pass');
});

test('what was not measured passes and says so', () => {
  const verdict = verdictOf('COVERAGE_GAP', { facts: { coverage: null } });
  expect(verdict).toMatchObject({ outcome: 'pass', input: 'not measured' });
});
