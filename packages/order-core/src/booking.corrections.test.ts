import type { ClientOrderId, Fill, Side } from '@ballast/domain';
import { expect, test } from 'vitest';
import { accepted, entry, fill, report, run, submitted } from './input-samples.fixture.ts';
import type { TradeInput } from './messages.ts';
import { idOf, opened, START, units } from './sample-trade.fixture.ts';
import { fromJson, toJson, tradeFromJson } from './state-wire.ts';
import { openQuantity, type Trade } from './trade.ts';

const STOP = idOf('stop');

/** An execution and what the venue makes of it later. */
function execution(id: ClientOrderId, side: Side, quantity: number) {
  const first = fill(id, side, quantity);
  if (first.type !== 'fill') throw new Error('not a fill');
  const { fill: told } = first;
  const corrected = (to: number, revision: number): TradeInput => {
    const change: Partial<Fill> = { quantity: units(to), revision };
    return { type: 'fill', at: START, fill: { ...told, ...change } };
  };
  return { first, corrected };
}

const inPosition = (): ReturnType<typeof run> =>
  run(opened(), accepted(entry), fill(entry, 'buy', 10), accepted(STOP), accepted(idOf('target')));
const close: TradeInput = { type: 'closeRequested', at: START, reason: 'operator' };

test('a report from before a correction does not hold back what the correction gave back', () => {
  const sold = execution(STOP, 'sell', 10);
  const flat = run(inPosition(), sold.first, report(idOf('target'), 'cancelled'));
  expect(flat.trade.status).toBe('closed');
  const again = run(flat, sold.corrected(6, 1));
  expect(submitted(again)).toMatchObject([
    { role: 'stop', quantity: units(4) },
    { role: 'target', quantity: units(4) },
  ]);
  const stale = run(again, report(STOP, 'filled', 10));
  expect(stale.effects).toEqual([]);
  const closing = run(stale, accepted(idOf('stop', 1)), accepted(idOf('target', 1)), close);
  expect(submitted(closing)).toMatchObject([{ role: 'close', quantity: units(4) }]);
  const { trade } = run(
    closing,
    ...[accepted(idOf('close')), fill(idOf('close'), 'sell', 4)],
    ...[report(idOf('stop', 1), 'cancelled'), report(idOf('target', 1), 'cancelled')],
  );
  expect(trade.status).toBe('closed');
});

test('what was taken back of a stop that still works is not at the venue any more', () => {
  const sold = execution(STOP, 'sell', 4);
  const part = run(inPosition(), sold.first);
  const again = run(part, sold.corrected(0, 1));
  expect(openQuantity(again.trade)).toBe(units(10));
  expect(submitted(again), 'its rest is 6').toMatchObject([{ role: 'stop', quantity: units(4) }]);
  const whole = run(again, accepted(idOf('stop', 1)), fill(STOP, 'sell', 6));
  expect(whole.trade.orders[STOP]?.phase.status).toBe('filled');
});

test('a correction upwards gives back what one downwards took', () => {
  const sold = execution(STOP, 'sell', 4);
  const part = run(inPosition(), sold.first, sold.corrected(1, 1), sold.corrected(4, 2));
  expect(part.trade.orders[STOP]).toMatchObject({ filledQuantity: units(4), takenBackCum: 0n });
  expect(run(part, report(STOP, 'partiallyFilled', 4)).effects).toEqual([]);
  const more = run(part, report(STOP, 'partiallyFilled', 5));
  expect(more.effects, 'one is missing').toMatchObject([{ type: 'query' }]);
});

test('a fill taken back before it was seen holds the position until none is proven missing', () => {
  const sold = execution(STOP, 'sell', 10);
  const sum = report(STOP, 'filled', 10);
  const gone = run(inPosition(), sum, sold.corrected(0, 1));
  expect(submitted(run(gone, close)), 'it may have left').toEqual([]);
  const none = (reported: number): TradeInput => {
    const reportedQuantityCum = units(reported);
    return { type: 'nothingMissing', at: START, clientOrderId: STOP, reportedQuantityCum };
  };
  expect(submitted(run(gone, none(9))), 'proven for less').toEqual([]);
  const proven = run(gone, none(10));
  expect(submitted(proven)).toMatchObject([{ role: 'stop', quantity: units(10) }]);
  expect(run(proven, sum).effects, 'the same sum once more').toEqual([]);
  const { trade } = run(
    run(proven, accepted(idOf('stop', 1)), close, accepted(idOf('close'))),
    ...[fill(idOf('close'), 'sell', 10), report(idOf('target'), 'cancelled')],
    report(idOf('stop', 1), 'cancelled'),
  );
  expect(trade.status).toBe('closed');
});

test('an order stored before this was counted has nothing taken back', () => {
  const { trade } = inPosition();
  const orders = Object.entries(trade.orders).map(([id, { takenBackCum: _none, ...order }]) => [
    id,
    order,
  ]);
  const stored: unknown = toJson({ ...trade, orders: Object.fromEntries(orders) });
  expect(fromJson(stored)).not.toEqual<Trade>(trade);
  expect(tradeFromJson(stored)).toEqual(trade);
});
