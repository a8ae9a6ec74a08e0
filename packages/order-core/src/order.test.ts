import type { VenueOrderStatus } from '@ballast/domain';
import { describe, expect, test } from 'vitest';
import {
  endedBadly,
  isLive,
  isSettled,
  leavesQuantity,
  type Order,
  type OrderPhase,
  phaseAfterReport,
  unbookedQuantity,
  venueOrderIdOf,
  withFill,
} from './order.ts';
import { opened, units } from './sample-trade.fixture.ts';
import { ordersOf } from './trade.ts';

const ended = { venueOrderId: 'v1', endedAt: 5, reason: 'was', nextAskAt: 5 };
const PHASES: OrderPhase[] = [
  { status: 'submitting', since: 1 },
  { status: 'unknown', since: 1, asks: 1, nextAskAt: 2, venueOrderId: null },
  { status: 'working', venueOrderId: 'v1', nextAskAt: 3 },
  { status: 'cancelling', since: 1, venueOrderId: 'v1', nextAskAt: 2, asks: 0 },
  { status: 'filled', ...ended },
  { status: 'cancelled', ...ended },
  { status: 'rejected', ...ended },
  { status: 'expired', ...ended },
];
const WORDS: VenueOrderStatus[] = [
  'working',
  'partiallyFilled',
  'filled',
  'cancelled',
  'rejected',
  'expired',
];

function orderIn(phase: OrderPhase): Order {
  const [entry] = ordersOf(opened().trade, 'entry');
  if (entry === undefined) throw new Error('a trade opens with its entry');
  return { ...entry, phase };
}

const table = PHASES.flatMap((phase) => WORDS.map((word) => [phase.status, word, phase] as const));

test.each(table)('%s, and the venue says %s', (_, word, phase) => {
  const report = { status: word, venueOrderId: 'v2', reason: 'because' };
  const next = phaseAfterReport(orderIn(phase), report, 9);
  const live = ['submitting', 'unknown', 'working', 'cancelling'].includes(phase.status);
  if (!live) return expect(next, 'an end is final').toBe(phase);
  if (word === 'working' || word === 'partiallyFilled') {
    if (phase.status === 'cancelling') return expect(next).toBe(phase);
    const nextAskAt = phase.status === 'working' ? 3 : 9;
    return expect(next).toEqual({ status: 'working', venueOrderId: 'v2', nextAskAt });
  }
  const end = { status: word, venueOrderId: 'v2', endedAt: 9, reason: 'because', nextAskAt: 9 };
  expect(next).toEqual(end);
});

test('which phases are live, and which ended badly', () => {
  const live = PHASES.filter((phase) => isLive(orderIn(phase))).map(({ status }) => status);
  expect(live).toEqual(['submitting', 'unknown', 'working', 'cancelling']);
  const bad = PHASES.filter((phase) => endedBadly(orderIn(phase))).map(({ status }) => status);
  expect(bad).toEqual(['cancelled', 'rejected', 'expired']);
  expect(PHASES.map((phase) => venueOrderIdOf(orderIn(phase)))).toEqual([
    null,
    null,
    ...Array<string>(6).fill('v1'),
  ]);
});

describe('quantities', () => {
  test('an ended order is settled only when each reported unit is booked', () => {
    const order = { ...orderIn({ status: 'cancelled', ...ended }), reportedQuantityCum: units(4) };
    expect([isSettled(order), unbookedQuantity(order)]).toEqual([false, units(4)]);
    const part = withFill(order, units(3));
    expect([isSettled(part), unbookedQuantity(part)]).toEqual([false, units(1)]);
    const whole = withFill(part, units(1));
    expect([isSettled(whole), unbookedQuantity(whole)]).toEqual([true, 0n]);
    expect(leavesQuantity(whole)).toBe(units(6));
  });

  test('a fill beyond the report raises it, and one beyond the order leaves nothing', () => {
    const order = withFill(orderIn({ status: 'submitting', since: 1 }), units(12));
    expect(order.reportedQuantityCum).toBe(units(12));
    expect([leavesQuantity(order), unbookedQuantity(order)]).toEqual([0n, 0n]);
  });

  test.each([0, -1])('a fill of %d is no fill', (count) => {
    const order = orderIn({ status: 'submitting', since: 1 });
    expect(() => withFill(order, units(count))).toThrow(/fill of/);
  });
});
