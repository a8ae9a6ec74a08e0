import { expect, test } from 'vitest';
import { feedWord } from './feed-word.ts';

test.each([
  [0, 'live', false],
  [2_500, 'live', false],
  [2_501, 'silent 2.5 s', true],
  [75_000, 'silent 1 m 15 s', true],
])('a word of %d ms ago reads "%s"', (ageMs, text, isOld) => {
  expect(feedWord({ at: 1_000, state: 'live' }, 1_000 + ageMs)).toEqual({ text, isOld });
});
