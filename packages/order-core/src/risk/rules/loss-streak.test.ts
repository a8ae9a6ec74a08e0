import { expect, test } from 'vitest';
import { historyWith, NOW, outcomeOf, usdt } from '../facts.fixture.ts';

const HOUR_MS = 3_600_000;
/** Newest first; the last of them ended `agoMs` ago. */
const ended = (amounts: string[], agoMs = 1_000) =>
  historyWith({
    results: amounts.map((amount, index) => {
      return { endedAt: NOW - agoMs - index * 1_000, realised: usdt(amount) };
    }),
  });
const FOUR = ['-200', '-300', '-100', '-150'];

test.each([
  ['three losses', ['-200', '-300', '-100'], 'pass'],
  ['four losses', FOUR, 'deny'],
  ['four losses broken by a gain', ['-200', '-300', '1', '-100', '-150'], 'pass'],
  ['four losses and a gain since', ['1', ...FOUR], 'pass'],
  ['three losses and scratches', ['-99.99', '-200', '0', '-300', '-100'], 'pass'],
  [
    'four losses with a trade between that came out even',
    ['-200', '0', '-300', '-100', '-150'],
    'deny',
  ],
  ['four losses with a scratch between', ['-200', '-99.99', '-300', '-100', '-150'], 'deny'],
])('%s: %s', (_, amounts, outcome) => {
  expect(outcomeOf('LOSS_STREAK', { facts: ended(amounts) })).toBe(outcome);
});

test.each([
  [HOUR_MS - 1, 'deny'],
  [HOUR_MS, 'pass'],
])('the pause counts from the last loss: %i ms later it is %s', (agoMs, outcome) => {
  expect(outcomeOf('LOSS_STREAK', { facts: ended(FOUR, agoMs) })).toBe(outcome);
});

test('unknown results or equity deny', () => {
  expect(outcomeOf('LOSS_STREAK', { facts: { history: null } })).toBe('deny');
  expect(outcomeOf('LOSS_STREAK', { facts: { balance: null } })).toBe('deny');
});
