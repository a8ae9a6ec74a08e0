import { expect, test } from 'vitest';
import { scoreText } from './scores.ts';

test('a score is the sum of its parts, the greatest first', () => {
  expect(scoreText(60.04, { lead: 10, nearness: 50.04 })).toBe('60.0 = nearness 50.0 + lead 10.0');
});

test.each([
  [{ reason: 'WARMING_UP', bars: 3, needed: 31 }, 'no score: 3 of 31 bars that it needs'],
  [{ reason: 'FACT_UNKNOWN', facts: ['regime', 'funding'] }, 'no score: regime, funding not known'],
  [{ reason: 'NO_RANGE' }, 'no score: the market stands still'],
  [{ reason: 'NOT_WATCHED' }, 'no score: its watchlist switch is off'],
  [{ reason: 'NOT_IN_UNIVERSE' }, 'no score: it is not in the universe any more'],
  [{ reason: 'ELSE' }, 'no score: {"reason":"ELSE"}'],
])('without one it says why: %j', (parts, text) => {
  expect(scoreText(null, parts)).toBe(text);
});

test('points that are not numbers are shown as they are, and not as a score', () => {
  expect(scoreText(5, { lead: 'high' })).toBe('no score: {"lead":"high"}');
});
