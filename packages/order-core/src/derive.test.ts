import { describe, expect, test } from 'vitest';
import { dueAt } from './due.ts';
import {
  accepted,
  clock,
  entry,
  fill,
  filledEntry,
  protectedTrade,
  report,
  run,
  submitted,
} from './input-samples.fixture.ts';
import type { TradeInput } from './messages.ts';
import { idOf, INSTRUMENT, opened, planOf, START, units } from './sample-trade.fixture.ts';

describe('exits follow the position', () => {
  test('each fill of the entry gets a stop and a target of its own size', () => {
    const first = run(opened(), ...filledEntry(4));
    expect(submitted(first)).toMatchObject([
      { role: 'stop', side: 'sell', quantity: units(4), reduceOnly: true },
      { role: 'target', side: 'sell', quantity: units(4), reduceOnly: true },
    ]);
    const waiting = run(first, fill(entry, 'buy', 6));
    expect(submitted(waiting), 'one leg after the other').toEqual([]);
    const second = run(waiting, accepted(idOf('stop')));
    expect(submitted(second)).toMatchObject([
      { clientOrderId: idOf('stop', 1), quantity: units(6), kind: { type: 'stop' } },
    ]);
  });

  test('a short is left by buying', () => {
    const short = opened(planOf({ direction: 'short', entry: 'market' }));
    expect(submitted(short)).toMatchObject([{ side: 'sell', kind: { type: 'market' } }]);
    const result = run(short, accepted(entry), fill(entry, 'sell', 10));
    expect(submitted(result).map(({ side }) => side)).toEqual(['buy', 'buy']);
  });

  test('while a leg is unknown no second one is sent, and the wait becomes an incident', () => {
    const unclear = { type: 'submitUnclear', at: START, clientOrderId: idOf('stop') } as const;
    const first = run(opened(), ...filledEntry(4), { ...unclear, reason: '' });
    const more = run(first, accepted(idOf('target')), fill(entry, 'buy', 6));
    expect(submitted(more).map(({ role }) => role)).toEqual(['target']);
    const late = run(more, clock(START + 5_000));
    expect(submitted(late)).toEqual([]);
    expect(late.trade.incident).toBe('UNPROTECTED');
  });

  test('a close takes the target away and leaves the stop until the position is flat', () => {
    const close = { type: 'closeRequested', at: START, reason: 'operator' } as const;
    const closing = run(protectedTrade(), close);
    expect(closing.effects).toMatchObject([
      { type: 'cancel', clientOrderId: idOf('target') },
      { type: 'submit', order: { role: 'close', quantity: units(10), reduceOnly: true } },
    ]);
    const flat = run(closing, accepted(idOf('close')), fill(idOf('close'), 'sell', 10));
    expect(flat.effects).toMatchObject([{ type: 'cancel', clientOrderId: idOf('stop') }]);
    expect(flat.trade.status).toBe('closing');
  });

  test('the first exit fill ends the entry', () => {
    const open = run(opened(), ...filledEntry(4), accepted(idOf('stop')), accepted(idOf('target')));
    const { trade, effects } = run(open, fill(idOf('target'), 'sell', 1));
    expect(trade.orders[entry]?.phase.status).toBe('cancelling');
    expect(effects).toMatchObject([{ type: 'cancel', clientOrderId: entry }]);
  });

  test('an older leg that the venue ends is tried again although a younger one works', () => {
    const legs = run(
      opened(),
      ...filledEntry(4),
      accepted(idOf('stop')),
      accepted(idOf('target')),
      fill(entry, 'buy', 6),
      accepted(idOf('stop', 1)),
      accepted(idOf('target', 1)),
    );
    const ended = run(legs, report(idOf('target'), 'cancelled'));
    expect(dueAt(ended.trade)).toBe(START + 1_000);
    expect(submitted(run(ended, clock(START + 999)))).toEqual([]);
    const again = run(ended, clock(START + 1_000));
    expect(submitted(again)).toMatchObject([
      { clientOrderId: idOf('target', 2), quantity: units(4) },
    ]);
  });

  test('an exit proven absent is not sent again once it has become too large', () => {
    const target = idOf('target');
    const unclear: TradeInput = {
      type: 'submitUnclear',
      at: START,
      clientOrderId: idOf('stop'),
      reason: '',
    };
    const sold = run(
      opened(),
      ...filledEntry(),
      unclear,
      accepted(target),
      fill(target, 'sell', 4),
    );
    const proof: TradeInput = {
      type: 'notFound',
      at: START + 7_000,
      askedAt: START + 6_500,
      clientOrderId: idOf('stop'),
    };
    const gone = run(sold, proof);
    expect(submitted(gone)).toEqual([]);
    expect(gone.trade.closing, 'absent is not refused').toBeNull();
    const again = run(gone, clock(START + 8_000));
    expect(submitted(again)).toMatchObject([
      { clientOrderId: idOf('stop', 1), quantity: units(6) },
    ]);
  });

  test('a close below the least quantity is tried: the venue says no, not silence', () => {
    const instrument = { ...INSTRUMENT, minQuantity: units(5) };
    const rest = run(
      opened(planOf({}), instrument),
      ...filledEntry(),
      accepted(idOf('stop')),
      accepted(idOf('target')),
      fill(idOf('target'), 'sell', 8),
    );
    const closing = run(rest, { type: 'closeRequested', at: START, reason: 'operator' });
    expect(submitted(closing)).toMatchObject([{ role: 'close', quantity: units(2) }]);
  });

  test('a position below the least quantity waits for more, with an incident', () => {
    const instrument = { ...INSTRUMENT, minQuantity: units(5) };
    const dust = run(opened(planOf({}), instrument), ...filledEntry(4));
    expect(submitted(dust)).toEqual([]);
    expect(dueAt(dust.trade)).toBe(START + 5_000);
    const { trade, events } = run(dust, clock(START + 5_000));
    expect(events).toEqual([{ type: 'protectionLost' }]);
    expect(trade.incident).toBe('UNPROTECTED');
    expect(dueAt(trade)).toBeNull();
    const more = run({ trade, events: [], effects: [] }, fill(entry, 'buy', 1, START + 6_000));
    expect(submitted(more).map(({ quantity }) => quantity)).toEqual([units(5), units(5)]);
  });
});
