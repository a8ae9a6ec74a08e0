import { expect, test } from 'vitest';
import { NOW, outcomeOf, venueWith } from '../facts.fixture.ts';

const LEAD_MS = 60_000;
const quiet = (from: number, until: number) =>
  venueWith({ quietWindow: { from: NOW + from, until: NOW + until, reason: 'daily restart' } });

test.each([
  ['clear of its lead', LEAD_MS + 1, 900_000, 'pass'],
  ['at its lead', LEAD_MS, 900_000, 'deny'],
  ['within it', -1, 1, 'deny'],
  ['at its end', -900_000, 0, 'pass'],
])('%s: %s', (_, from, until, outcome) => {
  expect(outcomeOf('VENUE_QUIET', { facts: quiet(from, until) })).toBe(outcome);
});

test('a venue without quiet times passes, an unknown venue does not', () => {
  expect(outcomeOf('VENUE_QUIET', {})).toBe('pass');
  expect(outcomeOf('VENUE_QUIET', { facts: { venue: null } })).toBe('deny');
});
