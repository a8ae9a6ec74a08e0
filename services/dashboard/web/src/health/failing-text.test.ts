import { expect, test } from 'vitest';
import { failingText, failingWord } from './failing-text.ts';

const NOW = Date.UTC(2026, 10, 21, 14, 5, 30);
const failing = {
  code: 'JOURNAL_CANNOT_COMMIT',
  cannot: 'store anything',
  advice: 'Look at the disk.',
  since: NOW - 21_000,
};
const beat = { service: 'order-gateway', at: NOW - 559, failing };

test('what a service cannot do is said with its begin and what to do', () => {
  expect(failingWord(beat, NOW)).toBe('✕ cannot store anything');
  expect(failingText(beat, NOW)).toBe(
    'order-gateway cannot store anything since 2026-11-21 14:05:09 UTC (JOURNAL_CANNOT_COMMIT). ' +
      'Look at the disk.',
  );
});

test.each([
  ['one that can do all', { service: 'order-gateway', at: NOW }],
  ['one that is silent: its last word is old', { ...beat, at: NOW - 4_001 }],
  ['one that was never heard', undefined],
])('nothing is said of %s', (_what, heard) => {
  expect([failingWord(heard, NOW), failingText(heard, NOW)]).toEqual([null, null]);
});
