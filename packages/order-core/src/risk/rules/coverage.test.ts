import { expect, test } from 'vitest';
import { byStrategy, instrumentWith, NOW, outcomeOf, verdictOf } from '../facts.fixture.ts';
import type { KnownCoverage, RiskFacts } from '../facts.ts';

const MINUTE = 60_000;
const ago = (minutes: number): number => NOW - minutes * MINUTE;
const gap = (from: number, to: number) => ({
  ...{ fromTime: ago(from), toTime: ago(to), bars: from - to + 1 },
});
const known = (...gaps: KnownCoverage['gaps'][number][]): Partial<RiskFacts> => ({
  coverage: { checkedUntil: ago(1), gaps },
});
const ofSignal = byStrategy('momentum');

test('a known gap denies, none passes', () => {
  expect(verdictOf('COVERAGE_GAP', { facts: known(gap(14, 12), gap(3, 3)) })).toMatchObject({
    outcome: 'deny',
    input: '4 bars of 1m missing, the oldest 14 min ago',
    limit: 'no 1m bar missing in the last 15 min',
  });
  const whole = verdictOf('COVERAGE_GAP', { facts: known() });
  expect(whole).toMatchObject({ outcome: 'pass', input: 'none missing' });
});

test.each([
  ['a ticket', {}, 15, 'deny'],
  ['a ticket', {}, 16, 'pass'],
  ['a signal', ofSignal, 16, 'deny'],
  ['a signal', ofSignal, 120, 'deny'],
  ['a signal', ofSignal, 121, 'pass'],
] as const)('%s: a bar missing %o %i min ago: %s', (_of, plan, minutes, outcome) => {
  const facts = known(gap(minutes, minutes));
  expect(outcomeOf('COVERAGE_GAP', { plan, facts })).toBe(outcome);
});

test('a gap counts by its newest bar', () => {
  expect(outcomeOf('COVERAGE_GAP', { facts: known(gap(500, 15)) })).toBe('deny');
  expect(outcomeOf('COVERAGE_GAP', { facts: known(gap(500, 16)) })).toBe('pass');
});

test('bars that nobody has looked for lately are not there for certain', () => {
  const lookedUntil = (minutes: number): Partial<RiskFacts> => ({
    coverage: { checkedUntil: ago(minutes), gaps: [] },
  });
  expect(outcomeOf('COVERAGE_GAP', { facts: lookedUntil(5) })).toBe('pass');
  expect(verdictOf('COVERAGE_GAP', { facts: lookedUntil(6) })).toMatchObject({
    ...{ outcome: 'deny', input: 'bars not looked at for 6 min' },
    limit: 'looked at within 5 min',
  });
});

test('an exchange that has just opened owes no bar yet', () => {
  const session = instrumentWith({ session: 'us-equity' });
  const opening = Date.UTC(2026, 10, 18, 14, 30);
  const since = (minutes: number): Partial<RiskFacts> => ({
    ...session,
    now: opening + minutes * MINUTE,
    coverage: { checkedUntil: opening - 17 * 60 * MINUTE, gaps: [] },
  });
  expect(outcomeOf('COVERAGE_GAP', { facts: since(4) })).toBe('pass');
  expect(outcomeOf('COVERAGE_GAP', { facts: since(5) })).toBe('deny');
});

test('an instrument whose bars nobody looks for passes, and that is said', () => {
  const verdict = verdictOf('COVERAGE_GAP', { facts: { coverage: null } });
  expect(verdict).toMatchObject({ outcome: 'pass', input: 'not measured' });
});
