import { expect, test } from 'vitest';
import { outcomeOf, quote, short, stopEntry } from '../facts.fixture.ts';

test.each([
  ['long', '100.1', 'pass'],
  ['long', '100', 'deny'],
  ['short', '99.9', 'pass'],
  ['short', '100', 'deny'],
])('a %s that triggers at %s while the last price is 100: %s', (direction, trigger, outcome) => {
  const plan = { ...(direction === 'short' ? short : {}), ...stopEntry(trigger) };
  expect(outcomeOf('TRIGGER_ON_WRONG_SIDE', { plan })).toBe(outcome);
});

test.each([null, { ...quote, last: '' }])('without a last price it denies', (unknown) => {
  const change = { plan: stopEntry('101'), facts: { quote: unknown } };
  expect(outcomeOf('TRIGGER_ON_WRONG_SIDE', change)).toBe('deny');
});

test('an entry without a trigger has none to judge', () => {
  expect(outcomeOf('TRIGGER_ON_WRONG_SIDE', {})).toBe('pass');
});
