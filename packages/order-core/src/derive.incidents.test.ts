import { LEGS_MAX } from '@ballast/domain';
import { describe, expect, test } from 'vitest';
import { dueAt } from './due.ts';
import {
  accepted,
  clock,
  entry,
  fill,
  filledEntry,
  incidents,
  protectedTrade,
  refused,
  report,
  run,
  submitted,
} from './input-samples.fixture.ts';
import type { TradeInput } from './messages.ts';
import type { StepResult } from './open-trade.ts';
import { idOf, opened, START, units } from './sample-trade.fixture.ts';
import { step } from './step.ts';
import { ordersOf } from './trade.ts';

describe('refusals', () => {
  test('a stop that is refused closes the trade at market', () => {
    const result = run(opened(), ...filledEntry(), refused(idOf('stop')));
    expect(result.trade.closing?.reason).toBe('STOP_REJECTED: no');
    expect(submitted(result)).toMatchObject([{ role: 'close', kind: { type: 'market' } }]);
  });

  const open = (): StepResult => run(opened(), ...filledEntry(), accepted(idOf('stop')));
  test.each([
    ['at once', refused(idOf('target'))],
    ['after the ack', report(idOf('target'), 'rejected')],
  ])('a target refused %s is given up loudly, and the clock has nothing to do', (_, input) => {
    const result = run(open(), input);
    expect(incidents(result.events)).toEqual(['TARGET_REJECTED']);
    expect(result.trade.status).toBe('open');
    expect(dueAt(result.trade)).toBeNull();
    const later = run(result, clock(START + 60_000));
    expect([later.effects, later.events]).toEqual([[], []]);
    expect(incidents(run(result, input).events), 'said once').toEqual([]);
  });

  test('a target that never reached the venue and is not wanted any more is no incident', () => {
    const unclear: TradeInput = {
      type: 'submitUnclear',
      at: START,
      clientOrderId: idOf('target'),
      reason: '',
    };
    const flat = run(open(), unclear, fill(idOf('stop'), 'sell', 10));
    const askedAt = START + 6_000;
    const id = idOf('target');
    const { trade, events } = run(flat, {
      type: 'notFound',
      at: askedAt,
      askedAt,
      clientOrderId: id,
    });
    expect(incidents(events)).toEqual([]);
    expect(trade).toMatchObject({ status: 'closed', endReason: 'STOP' });
  });

  test('a close that is refused pauses twice as long each time, up to the last leg', () => {
    let result = run(protectedTrade(), { type: 'closeRequested', at: START, reason: 'operator' });
    const pauses: number[] = [];
    for (let leg = 0; leg < LEGS_MAX; leg += 1) {
      const at = result.trade.orders[idOf('close', leg)]?.createdAt ?? 0;
      result = run(result, accepted(idOf('target')), refused(idOf('close', leg), at));
      // The cancel of the target is asked for again meanwhile; let it end.
      result = run(result, report(idOf('target'), 'cancelled', 0, at));
      const due = dueAt(result.trade);
      if (due === null) break;
      pauses.push(due - at);
      result = run(result, clock(due));
    }
    expect(pauses.slice(0, 8)).toEqual([1, 2, 4, 8, 16, 32, 60, 60].map((s) => s * 1_000));
    expect(ordersOf(result.trade, 'close')).toHaveLength(LEGS_MAX);
    expect(dueAt(result.trade), 'no clock can help').toBeNull();
    const end = run(result, clock(START + 10_000_000));
    expect(incidents(end.events)).toEqual(['LEGS_EXHAUSTED']);
    expect(incidents(run(end, clock(START + 20_000_000)).events), 'said once').toEqual([]);
  });
});

describe('protection', () => {
  test('lost at 5 s and not before, restored when a stop works', () => {
    const bare = run(opened(), ...filledEntry());
    expect(run(bare, clock(START + 4_999)).events).toEqual([]);
    const lost = run(bare, clock(START + 5_000));
    expect(lost.events).toEqual([{ type: 'protectionLost' }]);
    const safe = run(lost, accepted(idOf('stop'), START + 5_001));
    expect(safe.events).toContainEqual({ type: 'protectionRestored' });
    expect(safe.trade).toMatchObject({ unprotectedSince: null, incident: null });
  });

  test('a target that runs out of legs does not hide a lost stop', () => {
    const legs = run(protectedTrade());
    const exhausted = { ...legs.trade, incident: 'LEGS_EXHAUSTED' as const };
    const bare = step(exhausted, report(idOf('stop'), 'cancelled'));
    const { events } = run(bare, clock(START + 5_000));
    expect(events).toContainEqual({ type: 'protectionLost' });
    const safe = run(bare, clock(START + 1_000), accepted(idOf('stop', 1), START + 1_100));
    expect(safe.events, 'nothing was lost').toEqual([
      expect.objectContaining({ type: 'orderChanged', to: 'working' }),
    ]);
    expect(safe.trade.incident).toBe('LEGS_EXHAUSTED');
  });
});

describe('facts that should not be', () => {
  test('more sold than held, after the end: the incident is not swallowed', () => {
    const closed = run(
      protectedTrade(),
      fill(idOf('target'), 'sell', 10),
      report(idOf('stop'), 'cancelled'),
    );
    expect(closed.trade.status).toBe('closed');
    const over = run(closed, fill(idOf('stop'), 'sell', 3));
    expect(incidents(over.events)).toEqual(['OVERSHOT']);
    expect(over.effects).toEqual([]);
    expect(over.trade.position.quantity).toBe(units(-3));
  });

  test('more filled than ordered is booked and said', () => {
    const over = run(opened(), accepted(entry), fill(entry, 'buy', 12));
    expect(incidents(over.events)).toEqual(['OVERFILLED']);
    expect(submitted(over).map(({ quantity }) => quantity)).toEqual([units(12), units(12)]);
  });

  test('a fill of no known order is booked, said and protected', () => {
    const strange = run(opened(), fill(idOf('entry', 7), 'buy', 2));
    expect(incidents(strange.events)).toEqual(['FILL_WITHOUT_ORDER']);
    expect(submitted(strange)).toMatchObject([
      { role: 'stop', quantity: units(2) },
      { role: 'target' },
    ]);
  });

  test('a fill after the entry was thought dead opens the trade again, protected', () => {
    const dead = run(opened(), accepted(entry), report(entry, 'cancelled'));
    expect(dead.trade).toMatchObject({
      status: 'cancelled',
      endReason: 'ENTRY_CANCELLED: because',
    });
    const alive = run(dead, fill(entry, 'buy', 4));
    expect(alive.trade).toMatchObject({ status: 'open', endedAt: null, endReason: null });
    expect(submitted(alive).map(({ role }) => role)).toEqual(['stop', 'target']);
  });
});
