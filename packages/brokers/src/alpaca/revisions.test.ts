import type { Fill } from '@ballast/domain';
import { expect, test } from 'vitest';
import { Revisions } from './revisions.ts';
import { AAPL, activityRow, ENTRY } from './sample-messages.fixture.ts';
import { readActivity } from './wire.ts';

function fillOf(executionId: string, price: string, qty = '10'): Fill {
  const row = activityRow({ id: `20260102::${executionId}`, price, qty });
  return readActivity(row, { clientOrderId: ENTRY, instrument: AAPL }, 'paper');
}
const named = ({ executionId, revision }: Fill): string => `${executionId} r${revision}`;

test('an execution has one identity and one revision, however often it is told', () => {
  const revisions = new Revisions();
  expect(named(revisions.of(fillOf('a', '1')))).toBe('a r0');
  expect(named(revisions.of(fillOf('a', '1')))).toBe('a r0');
  expect(named(revisions.of(fillOf('b', '1')))).toBe('b r0');
});

test('corrections count up, and repeated ones do not', () => {
  const revisions = new Revisions();
  revisions.of(fillOf('a', '1'));
  expect(named(revisions.of(fillOf('a.1', '2'), 'a'))).toBe('a r1');
  expect(named(revisions.of(fillOf('a.1', '2'), 'a'))).toBe('a r1');
  // Back to the first figures, and named after the correction before.
  expect(named(revisions.of(fillOf('a.2', '1'), 'a.1'))).toBe('a r2');
  expect(named(revisions.of(fillOf('a.3', '1', '0'), 'a'))).toBe('a r3');
});

test('the listing shows a correction under the first id, before or after the stream', () => {
  const after = new Revisions();
  after.of(fillOf('a', '1'));
  after.of(fillOf('a.1', '2'), 'a');
  expect(named(after.of(fillOf('a', '2')))).toBe('a r1');
  // A listing that is older than the correction.
  expect(named(after.of(fillOf('a', '1')))).toBe('a r0');
  const before = new Revisions();
  before.of(fillOf('a', '1'));
  expect(named(before.of(fillOf('a', '2')))).toBe('a r1');
  expect(named(before.of(fillOf('a.1', '2'), 'a'))).toBe('a r1');
});

test('a correction that comes before its execution is still the later one', () => {
  const revisions = new Revisions();
  expect(named(revisions.of(fillOf('a.1', '2'), 'a'))).toBe('a r1');
  expect(named(revisions.of(fillOf('a', '1')))).toBe('a r0');
  expect(named(revisions.of(fillOf('a', '2')))).toBe('a r1');
});

test('what is listed with quantity 0 was taken back, whatever price it names', () => {
  const revisions = new Revisions();
  expect(named(revisions.of(fillOf('a', '1', '0')))).toBe('a r1');
  expect(named(revisions.of(fillOf('a.1', '5', '0'), 'a'))).toBe('a r1');
});

test('a correction that names no other execution is about its own', () => {
  const revisions = new Revisions();
  revisions.of(fillOf('a', '1'));
  expect(named(revisions.of(fillOf('a', '2'), 'a'))).toBe('a r1');
  expect(named(revisions.of(fillOf('a', '2'), 'a'))).toBe('a r1');
});
