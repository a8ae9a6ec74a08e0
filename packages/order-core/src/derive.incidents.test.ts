import { clientOrderId, instrumentId, LEGS_MAX } from '@ballast/domain';
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
import {
  idOf,
  INSTRUMENT,
  opened,
  planOf,
  START,
  TRADE_ID,
  units,
} from './sample-trade.fixture.ts';
import { toJson, tradeFromJson } from './state-wire.ts';
import { step } from './step.ts';
import { ordersOf } from './trade.ts';

const OTHER = instrumentId('model', 'linear', 'ETHUSDT');

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

  test('a close that is refused pauses up to a minute and never stops trying', () => {
    let result = run(protectedTrade(), { type: 'closeRequested', at: START, reason: 'operator' });
    const pauses: number[] = [];
    const said: string[] = [];
    for (let attempt = 0; attempt < 3 * LEGS_MAX; attempt += 1) {
      const newest = ordersOf(result.trade, 'close').at(-1);
      if (newest === undefined) throw new Error('no close');
      const { request, createdAt: at } = newest;
      result = run(result, accepted(idOf('target')), refused(request.clientOrderId, at));
      // The cancel of the target is asked for again meanwhile; let it end.
      result = run(result, report(idOf('target'), 'cancelled', 0, at));
      const due = dueAt(result.trade);
      if (due === null) throw new Error('given up');
      pauses.push(due - at);
      result = run(result, clock(due));
      said.push(...incidents(result.events));
    }
    expect(pauses.slice(0, 8)).toEqual([1, 2, 4, 8, 16, 32, 60, 60].map((s) => s * 1_000));
    expect(Math.max(...pauses)).toBe(60_000);
    const ids = ordersOf(result.trade, 'close').map(({ request }) => request.clientOrderId);
    expect(new Set(ids).size).toBe(3 * LEGS_MAX + 1);
    expect(ids.slice(LEGS_MAX - 1, LEGS_MAX + 1)).toEqual([
      idOf('close', LEGS_MAX - 1),
      clientOrderId(TRADE_ID, 'close', 0, 1),
    ]);
    expect(Math.max(...ids.map((id) => id.length))).toBe(36);
    expect(said, 'said once').toEqual(['LEGS_EXHAUSTED']);
  });

  test('stop legs that run out close the trade', () => {
    let result = protectedTrade();
    for (let leg = 0; leg < LEGS_MAX; leg += 1) {
      const at = result.trade.orders[idOf('stop', leg)]?.createdAt ?? 0;
      expect(result.trade.closing, `leg ${leg}`).toBeNull();
      result = run(result, accepted(idOf('stop', leg), at));
      result = run(result, report(idOf('stop', leg), 'cancelled', 0, at));
      if (leg < LEGS_MAX - 1) result = run(result, clock(dueAt(result.trade) ?? 0));
      if (leg < LEGS_MAX - 1) result = run(result, clock(dueAt(result.trade) ?? 0));
    }
    expect(result.trade.closing?.reason).toBe('STOP_LEGS_EXHAUSTED');
    expect(incidents(result.events)).toEqual(['LEGS_EXHAUSTED']);
    expect(submitted(result)).toMatchObject([{ role: 'close', quantity: units(10) }]);
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

  test('an entry whose first fills the venue takes no stop for is stopped with the incident', () => {
    const [id, stop] = [idOf('entry'), idOf('stop')];
    const partly = run(opened(), accepted(id), fill(id, 'buy', 4));
    const unsent = { type: 'submitNotSent', at: START, clientOrderId: stop, reason: '' } as const;
    const waiting = run(partly, unsent);
    expect(run(waiting, clock(START + 4_999)).trade.entryStopped).toBeNull();
    const lost = run(waiting, clock(START + 5_000));
    expect(lost.events).toContainEqual({ type: 'entryStopped', reason: 'UNPROTECTED' });
    expect(lost.effects).toContainEqual(
      expect.objectContaining({ type: 'cancel', clientOrderId: id }),
    );
    expect(run(partly, accepted(stop), clock(START + 5_000)).trade.entryStopped).toBeNull();
  });

  test('an entry is stopped while its stop pauses, or while nothing new may be sent', () => {
    const [id, at] = [idOf('entry'), START + 5_000];
    const partly = run(opened(), accepted(id), fill(id, 'buy', 4));
    const ends = [0, 1, 2].flatMap((attempt) => {
      const when = START + 2_000 * attempt;
      return [clock(when), report(idOf('stop', attempt), 'expired', 0, when)];
    });
    const pausing = run(partly, ...ends);
    expect(pausing.trade.entryStopped).toBeNull();
    expect(run(pausing, clock(at)).trade.entryStopped?.reason).toBe('UNPROTECTED');
    const strange = report(idOf('target'), 'unrecognised');
    const frozen = run(partly, accepted(idOf('stop')), strange, fill(id, 'buy', 1));
    expect(run(frozen, clock(at - 1)).trade.entryStopped).toBeNull();
    expect(run(frozen, clock(at)).trade.entryStopped?.reason).toBe('UNPROTECTED');
  });

  test('an entry goes on while the venue takes stop after stop for its pieces', () => {
    const id = idOf('entry');
    let result = run(opened(planOf({ quantity: 200 })), accepted(id), fill(id, 'buy', 1));
    for (let piece = 1; piece <= 60; piece += 1) {
      const at = START + piece * 100;
      const answers = result.effects.flatMap((effect) => {
        if (effect.type === 'cancel') return [report(effect.clientOrderId, 'cancelled', 0, at)];
        return effect.type === 'submit' ? [accepted(effect.order.clientOrderId, at)] : [];
      });
      const more = run(result, fill(id, 'buy', 1, at));
      result = answers.reduce((all, input) => {
        const next = run(all, input);
        return { ...next, effects: [...all.effects, ...next.effects] };
      }, more);
    }
    expect(result.trade.entryStopped).toBeNull();
    const room = ordersOf(result.trade, 'stop').find(({ phase }) => phase.status === 'cancelling');
    const last = room?.request.clientOrderId;
    const at = START + 6_000;
    const asked = last === undefined ? result : run(result, report(last, 'cancelled', 0, at));
    expect(run(asked, clock(at + 4_999)).trade.entryStopped).toBeNull();
    expect(run(asked, clock(at + 5_000)).trade.entryStopped?.reason).toBe('UNPROTECTED');
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

  test('more sold than held while an exit still works: said at once, and once', () => {
    const over = run(protectedTrade(), fill(idOf('target'), 'sell', 12));
    expect(incidents(over.events)).toEqual(['OVERSHOT', 'OVERFILLED']);
    expect(over.trade.status).toBe('closing');
    const more = run(over, fill(idOf('stop'), 'sell', 1));
    expect(incidents(more.events)).toEqual([]);
    expect(incidents(run(more, report(idOf('stop'), 'cancelled', 1)).events)).toEqual([]);
  });

  test.each([
    ['side', { side: 'sell' }, 'side sell, not buy'],
    ['instrument', { instrument: OTHER }, `instrument ${OTHER}, not ${INSTRUMENT.id}`],
  ] as const)('a fill of another %s than its order moves nothing, said once', (_, change, why) => {
    const strange = fill(entry, 'buy', 4);
    if (strange.type !== 'fill') throw new Error('no fill');
    const input: TradeInput = { ...strange, fill: { ...strange.fill, ...change } };
    const working = run(opened(), accepted(entry));
    const refusedFill = run(working, input);
    const { executionId } = strange.fill;
    expect(refusedFill.events).toEqual([
      { type: 'incident', kind: 'FILL_MISMATCH', detail: `execution ${executionId}: ${why}` },
    ]);
    expect(refusedFill.effects).toEqual([]);
    expect(refusedFill.trade).toEqual({
      ...working.trade,
      mismatchedExecutionIds: [executionId],
    });
    const stored = tradeFromJson(toJson(refusedFill.trade));
    const again = run({ trade: stored, events: [], effects: [] }, input);
    expect([again.events, again.effects]).toEqual([[], []]);
  });

  test('a fill of no known order in another instrument is not booked either', () => {
    const strange = fill(idOf('entry', 7), 'buy', 2);
    if (strange.type !== 'fill') throw new Error('no fill');
    const input = { ...strange, fill: { ...strange.fill, instrument: OTHER } };
    const { trade, events } = run(opened(), input);
    expect(incidents(events)).toEqual(['FILL_MISMATCH']);
    expect(trade.position.quantity).toBe(0n);
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
