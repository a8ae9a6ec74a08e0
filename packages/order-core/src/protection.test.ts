import { parsePrice } from '@ballast/domain';
import { describe, expect, test } from 'vitest';
import { dueAt } from './due.ts';
import { accepted, clock, entry, fill, filledEntry } from './input-samples.fixture.ts';
import { incidents, report, run } from './input-samples.fixture.ts';
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
