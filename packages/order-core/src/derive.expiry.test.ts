import { expect, test } from 'vitest';
import { dueAt } from './due.ts';
import {
  accepted,
  clock,
  entry,
  filledEntry,
  protectedTrade,
  run,
  submitted,
} from './input-samples.fixture.ts';
import { idOf, opened, planOf, START } from './sample-trade.fixture.ts';

const EXPIRES = START + 20_000;
const expiring = () => opened({ ...planOf({}), entryExpiresAt: EXPIRES });
const lost = { type: 'submitUnclear', at: START, clientOrderId: entry, reason: '' } as const;
const notFound = (at: number) =>
  ({ type: 'notFound', at, askedAt: at, clientOrderId: entry }) as const;

test('an entry that still works at its time is cancelled, and what was entered stays protected', () => {
  const part = run(expiring(), ...filledEntry(4), accepted(idOf('stop')));
  expect(dueAt(part.trade)).toBe(START + 8_000);
  const early = run(part, accepted(idOf('target')), clock(EXPIRES - 1));
  expect(early.effects).toEqual([]);
  expect(dueAt(early.trade)).toBe(EXPIRES);
  const late = run(early, clock(EXPIRES));
  expect(late.effects).toMatchObject([{ type: 'cancel', clientOrderId: entry }]);
  expect(late.trade).toMatchObject({ status: 'open', entryStopped: { reason: 'ENTRY_EXPIRED' } });
});

test('an entry that never arrived is sent again before its time, and not from then on', () => {
  const unknown = run(expiring(), lost);
  expect(submitted(run(unknown, notFound(EXPIRES - 1)))).toMatchObject([{ role: 'entry' }]);
  const late = run(unknown, notFound(EXPIRES));
  expect(submitted(late)).toEqual([]);
  expect(late.trade).toMatchObject({
    status: 'cancelled',
    endReason: 'ENTRY_CANCELLED: NOT_AT_VENUE',
  });
});

test('one that has been filled whole does not expire', () => {
  const { trade } = protectedTrade();
  expect(dueAt({ ...trade, plan: { ...trade.plan, entryExpiresAt: EXPIRES } })).toBeNull();
});
