import { parsePrice } from '@ballast/domain';
import { describe, expect, test } from 'vitest';
import { dueAt } from './due.ts';
import { accepted, clock, entry, fill, filledEntry } from './input-samples.fixture.ts';
import { incidents, protectedTrade, report, run } from './input-samples.fixture.ts';
import type { TradeInput } from './messages.ts';
import type { StepResult } from './open-trade.ts';
import { idOf, INSTRUMENT, opened, planOf, START } from './sample-trade.fixture.ts';
import { toJson, tradeFromJson } from './state-wire.ts';
import { ordersOf } from './trade.ts';

const lost = [{ type: 'protectionLost' }];
const close: TradeInput = { type: 'closeRequested', at: START, reason: 'operator' };
const target: TradeInput = { type: 'marketPrice', at: START, price: parsePrice('110') };
const level: TradeInput = {
  ...{ type: 'stopMoveRequested', at: START, level: parsePrice('95'), reason: 'operator' },
};
const reserved = (): StepResult =>
  run(opened(planOf({}), INSTRUMENT, 'reserved'), ...filledEntry(), accepted(idOf('stop')));

describe('a stop whose cancel is not answered', () => {
  test.each([
    ['makes room for a close', close],
    ['makes room for a target', target],
    ['makes room for one at another level', level],
  ])('and %s is an incident after 5 s, until the venue has answered', (_, asked) => {
    const waiting = run(reserved(), asked);
    expect(waiting.effects).toMatchObject([{ type: 'cancel', clientOrderId: idOf('stop') }]);
    expect(run(waiting, clock(START + 4_999)).events).not.toContainEqual(lost[0]);
    const told = run(waiting, clock(START + 5_000));
    expect(told.events).toContainEqual(lost[0]);
    expect(told.trade.unprotectedSince).toBe(START);
    const again = run(told, clock(START + 9_000));
    expect(again.events).not.toContainEqual(lost[0]);
    const flat = run(again, fill(idOf('stop'), 'sell', 10, START + 9_500));
    expect(flat.events).toContainEqual({ type: 'protectionRestored' });
  });

  test('is looked at in time, after a restart too', () => {
    let { trade } = run(reserved(), close);
    trade = tradeFromJson(JSON.parse(JSON.stringify(toJson(trade))));
    const seen: number[] = [];
    let result: StepResult = { trade, events: [], effects: [] };
    while (result.trade.incident === null && seen.length < 10) {
      const due = dueAt(result.trade) ?? Number.POSITIVE_INFINITY;
      seen.push(due - START);
      result = run(result, clock(due));
    }
    expect(seen.at(-1)).toBe(5_000);
  });

  test('and belongs to a merge is an incident, and stops the rest of the entry', () => {
    let result = run(opened(planOf({ quantity: 200 })), accepted(entry));
    for (let piece = 0; piece < 7; piece += 1) {
      result = run(result, fill(entry, 'buy', 1 + piece));
      const stop = ordersOf(result.trade, 'stop').at(-1)?.request.clientOrderId ?? entry;
      result = run(result, accepted(stop), accepted(idOf('target', piece)));
    }
    const room = ordersOf(result.trade, 'stop').filter(
      ({ phase }) => phase.status === 'cancelling',
    );
    expect(room).toHaveLength(1);
    const later = run(result, clock(START + 5_000));
    expect(later.events).toContainEqual(lost[0]);
    expect(run(later, clock(START + 5_001)).trade.entryStopped?.reason).toBe('UNPROTECTED');
  });

  test('and that others make up for leaves what is bought later its 5 s', () => {
    const half = run(opened(planOf({ quantity: 20 })), accepted(entry), fill(entry, 'buy', 10));
    const first = run(half, accepted(idOf('stop')), accepted(idOf('target')));
    const moved = run(first, level, accepted(idOf('stop', 1)));
    expect(moved.trade.orders[idOf('stop')]?.phase.status).toBe('cancelling');
    const later = START + 60_000;
    const bought = run(moved, clock(later), fill(entry, 'buy', 5, later + 1));
    expect(bought.events).not.toContainEqual(lost[0]);
    expect(bought.trade).toMatchObject({ unprotectedSince: later + 1, entryStopped: null });
    expect(run(bought, clock(later + 5_001)).events).toContainEqual(lost[0]);
  });

  test('and was stored before that was watched, counts from its next question', () => {
    const { trade } = run(reserved(), close);
    const stop = trade.orders[idOf('stop')];
    if (stop?.phase.status !== 'cancelling') throw new Error('no cancel');
    const { since: _, ...older } = stop.phase;
    const orders = { ...trade.orders, [idOf('stop')]: { ...stop, phase: older } };
    const { orders: read } = tradeFromJson(toJson({ ...trade, orders }));
    expect(read[idOf('stop')]?.phase).toMatchObject({ since: stop.phase.nextAskAt });
  });

  test('is no incident when the answer comes in time and the close follows', () => {
    const waiting = run(reserved(), close);
    const answered = run(waiting, report(idOf('stop'), 'cancelled', 0, START + 3_000));
    const done = run(
      answered,
      accepted(idOf('close'), START + 3_100),
      fill(idOf('close'), 'sell', 10, START + 3_200),
    );
    expect(incidents(done.events)).toEqual([]);
    expect(done.trade).toMatchObject({ incident: null, status: 'closed' });
  });
});

describe('a stop that a listing lacks', () => {
  const missing: TradeInput = { type: 'missing', at: START, clientOrderId: idOf('stop') };

  test('and that the venue does not answer for is an incident after 5 s, until it has', () => {
    const asked = run(protectedTrade(), missing);
    let waiting = asked;
    while ((dueAt(waiting.trade) ?? 0) < START + 5_000) {
      waiting = run(waiting, clock(dueAt(waiting.trade) ?? 0));
      expect(waiting.events).not.toContainEqual(lost[0]);
    }
    expect(dueAt(waiting.trade)).toBe(START + 5_000);
    const told = run(waiting, clock(START + 5_000));
    expect(told.events).toContainEqual(lost[0]);
    expect(told.trade.unprotectedSince).toBe(START);
    const known = run(told, report(idOf('stop'), 'working', 0, START + 9_000));
    expect(known.events).toContainEqual({ type: 'protectionRestored' });
  });

  test('and that the venue does not know begins anew as unknown', () => {
    const asked = run(protectedTrade(), missing);
    const at = START + 4_000;
    const unknown = run(asked, { ...missing, type: 'notFound', at, askedAt: at });
    const known = run(unknown, report(idOf('stop'), 'working', 0, START + 4_100));
    expect(run(known, clock(START + 60_000)).trade.incident).toBeNull();
  });

  test('and was stored before that was watched, counts from its next question', () => {
    const { trade } = run(protectedTrade(), missing);
    const stop = trade.orders[idOf('stop')];
    if (stop?.missing == null) throw new Error('not missing');
    const { since: _, ...older } = stop.missing;
    const orders = { ...trade.orders, [idOf('stop')]: { ...stop, missing: older } };
    const { orders: read } = tradeFromJson(toJson({ ...trade, orders }));
    expect(read[idOf('stop')]?.missing?.since).toBe(stop.missing.nextAskAt);
  });
});
