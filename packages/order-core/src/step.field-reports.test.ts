import { describe, expect, test } from 'vitest';
import { clockWhenDue, converge, deliverAll, perform, sweep } from './fate.fixture.ts';
import { later, newWorld, openWorld, phaseOf, requestClose } from './field-reports.fixture.ts';
import { crash, deliver, feed, lose } from './gateway-model.fixture.ts';
import { idOf, units } from './sample-trade.fixture.ts';
import { ordersOf } from './trade.ts';
import {
  endByVenue,
  fillArrival,
  isOpenAt,
  marketMove,
  openReports,
} from './venue-model.fixture.ts';

// What traders have reported of other platforms, played against ours.

describe('restart', () => {
  test('a warm restart adds no fill and no order, however often', () => {
    const world = openWorld();
    for (let count = 0; count < 3; count += 1) {
      crash(world, 0);
      converge(world);
    }
    expect(world.trade.position.quantity).toBe(units(10));
    expect(world.venue.orders.size).toBe(3);
    expect(world.trade.fills).toHaveLength(1);
  });

  test('fills that are replayed after a restart are not booked again', () => {
    const world = openWorld();
    crash(world, 0);
    const { position } = world.trade;
    for (const fill of world.venue.executions) feed(world, fillArrival(fill)(world.now));
    expect(world.trade.position).toEqual(position);
  });

  test('death between the fill and the cancel of its sibling leaves no orphan behind', () => {
    const world = openWorld();
    marketMove(world.venue, 'target', 100);
    deliver(world, 0);
    deliver(world, 0);
    expect(phaseOf(world, idOf('stop'))).toBe('cancelling');
    expect(world.trade.status).toBe('closing');
    crash(world, 0);
    expect(isOpenAt(world.venue, idOf('stop'))).toBe(true);
    converge(world);
    expect(openReports(world.venue)).toEqual([]);
    expect(world.trade.status).toBe('closed');
  });

  test.each([0, 1])('an entry in hand at death, having left (%d) or not, exists once', (left) => {
    const world = newWorld();
    crash(world, left);
    expect(phaseOf(world, idOf('entry'))).toBe('unknown');
    converge(world);
    expect(phaseOf(world, idOf('entry'))).toBe('working');
    expect(world.venue.orders.size).toBe(1);
  });
});

describe('lost answers', () => {
  test('a request in flight past its time-out is not dead: orders do not stack', () => {
    const world = newWorld();
    deliver(world, 0);
    world.venue.pushes.length = 0;
    world.wires = [];
    later(world, 8_000);
    expect(phaseOf(world, idOf('entry'))).toBe('unknown');
    lose(world, 0, false);
    later(world, 60_000);
    expect(phaseOf(world, idOf('entry'))).toBe('unknown');
    converge(world);
    expect(phaseOf(world, idOf('entry'))).toBe('working');
    expect(world.venue.orders.size).toBe(1);
  });

  test('a stop whose answer is lost is asked for, never doubled', () => {
    const world = newWorld();
    deliverAll(world);
    marketMove(world.venue, 'entry', 100);
    deliver(world, 0);
    deliver(world, 0);
    const stop = world.wires.findIndex(
      (wire) =>
        wire.kind === 'request' &&
        wire.effect.type === 'submit' &&
        wire.effect.order.role === 'stop',
    );
    lose(world, stop, false);
    converge(world);
    expect(ordersOf(world.trade, 'stop').map(({ phase }) => phase.status)).toEqual(['working']);
    expect([...world.venue.orders.keys()].filter((id) => id === idOf('stop'))).toHaveLength(1);
  });

  test("the stream's word ends the wait: a late failure starts no retry", () => {
    const world = newWorld();
    deliver(world, 0);
    world.wires = world.wires.filter((wire) => wire.kind === 'push');
    deliverAll(world);
    expect(phaseOf(world, idOf('entry'))).toBe('working');
    const late = { at: world.now, clientOrderId: idOf('entry'), reason: 'timeout' };
    feed(world, { type: 'submitUnclear', ...late });
    feed(world, { type: 'submitNotSent', ...late });
    feed(world, { type: 'submitRefused', ...late });
    expect(phaseOf(world, idOf('entry'))).toBe('working');
    expect(world.wires).toEqual([]);
  });

  test('a healthy stream that drops one fill: the report gives it away and it is asked for', () => {
    const world = newWorld();
    deliverAll(world);
    marketMove(world.venue, 'entry', 40);
    world.venue.pushes.splice(0, 1);
    deliver(world, 0);
    expect(world.trade.position.quantity).toBe(0n);
    lose(world, 0, false);
    clockWhenDue(world);
    deliverAll(world);
    expect(world.trade.position.quantity).toBe(units(5));
    expect(phaseOf(world, idOf('stop'))).toBe('working');
  });

  test('an event that comes twice counts once', () => {
    const world = newWorld();
    deliverAll(world);
    marketMove(world.venue, 'entry', 100);
    for (let count = 0; count < 4; count += 1) perform(world, { do: 'deliverTwice', pick: 0 });
    expect(world.trade.position.quantity).toBe(units(10));
    expect(ordersOf(world.trade, 'stop')).toHaveLength(1);
  });
});

describe('exits', () => {
  test('a stop that the venue took away unseen is missed and replaced under a new id', () => {
    const world = openWorld();
    endByVenue(world.venue, 0, 'cancelled');
    world.venue.pushes.length = 0;
    sweep(world);
    deliverAll(world);
    expect(phaseOf(world, idOf('stop'))).toBe('cancelled');
    converge(world);
    expect(phaseOf(world, idOf('stop', 1))).toBe('working');
  });

  test('target and stop both trade: what is sold is what was held', () => {
    const world = openWorld();
    marketMove(world.venue, 'target', 40);
    marketMove(world.venue, 'trigger', 100);
    converge(world);
    expect(world.venue.position).toBe(0n);
    expect(world.trade).toMatchObject({
      status: 'closed',
      endReason: 'TARGET and STOP'.toUpperCase(),
    });
  });

  test('a close that is asked for again and again is one order, and none when flat', () => {
    const world = openWorld();
    for (let count = 0; count < 5; count += 1) requestClose(world);
    deliverAll(world);
    requestClose(world);
    converge(world);
    requestClose(world);
    expect(ordersOf(world.trade, 'close')).toHaveLength(1);
    expect(world.wires).toEqual([]);
    expect(world.venue.position).toBe(0n);
  });

  test('a close refused while the position was sold elsewhere is no endless loop', () => {
    const world = openWorld();
    marketMove(world.venue, 'trigger', 100);
    world.venue.pushes.length = 0;
    requestClose(world);
    deliverAll(world);
    expect(phaseOf(world, idOf('close'))).toBe('rejected');
    expect(ordersOf(world.trade, 'close')).toHaveLength(1);
    converge(world);
    expect(ordersOf(world.trade, 'close')).toHaveLength(1);
    expect(world.trade.status).toBe('closed');
  });

  test('a stop reported as filled before its fill arrives is not sent a second time', () => {
    const world = openWorld();
    marketMove(world.venue, 'trigger', 100);
    const [, reported] = world.venue.pushes.splice(0);
    if (reported === undefined) throw new Error('the stop was reported');
    feed(world, reported(world.now));
    expect(phaseOf(world, idOf('stop'))).toBe('filled');
    expect(world.trade.position.quantity).toBe(units(10));
    later(world, 300);
    requestClose(world);
    expect(Object.keys(world.trade.orders)).toHaveLength(3);
    converge(world);
    expect(world.trade).toMatchObject({ status: 'closed', endReason: 'STOP' });
  });

  test('a stop that traded in part and was ended is followed by one for the rest', () => {
    const world = openWorld();
    marketMove(world.venue, 'trigger', 40);
    world.venue.triggerPassed = false;
    endByVenue(world.venue, 0, 'cancelled');
    deliverAll(world);
    later(world, 1_000);
    deliverAll(world);
    const [first, second, ...more] = ordersOf(world.trade, 'stop');
    expect(first?.filledQuantity).toBe(units(5));
    expect(second?.request.quantity).toBe(units(5));
    expect(more).toEqual([]);
  });
});
