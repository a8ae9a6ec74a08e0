import { parsePrice } from '@ballast/domain';
import { describe, expect, test } from 'vitest';
import { dueAt } from './due.ts';
import { converge, deliverAll } from './fate.fixture.ts';
import { later, openWorld, phaseOf } from './field-reports.fixture.ts';
import { crash, deliver, feed, lose, type World } from './gateway-model.fixture.ts';
import { idOf, units } from './sample-trade.fixture.ts';
import { ordersOf } from './trade.ts';
import { endByVenue, isOpenAt, marketMove } from './venue-model.fixture.ts';

// What traders have reported of orders that are replaced, and of exits that share one position.

const moveStop = (world: World, level: string): void =>
  feed(world, {
    type: 'stopMoveRequested',
    at: world.now,
    level: parsePrice(level),
    reason: 'operator',
  });
const scaleOut = (world: World, quantity: number): void =>
  feed(world, {
    type: 'scaleOutRequested',
    at: world.now,
    quantity: units(quantity),
    reason: 'operator',
  });
const targetTouched = (world: World): void =>
  feed(world, { type: 'marketPrice', at: world.now, price: parsePrice('110') });
const quantitiesOf = (world: World, role: 'stop' | 'target' | 'close') =>
  ordersOf(world.trade, role).map(({ request }) => request.quantity);

describe('a stop that is replaced', () => {
  test('where exits must not overlap, the new one waits for the last fills of the old one', () => {
    const world = openWorld('reserved');
    moveStop(world, '95');
    expect(phaseOf(world, idOf('stop'))).toBe('cancelling');
    expect(ordersOf(world.trade, 'stop')).toHaveLength(1);
    marketMove(world.venue, 'trigger', 40);
    world.venue.triggerPassed = false;
    deliverAll(world);
    expect(quantitiesOf(world, 'stop')).toEqual([units(10), units(5)]);
    expect(phaseOf(world, idOf('stop', 1))).toBe('working');
    expect(world.venue.position).toBe(units(5));
  });

  test('whose fill crosses its cancel is not replaced at all', () => {
    const world = openWorld('reserved');
    moveStop(world, '95');
    marketMove(world.venue, 'trigger', 100);
    converge(world);
    expect(quantitiesOf(world, 'stop')).toEqual([units(10)]);
    expect(world.venue.position).toBe(0n);
    expect(world.trade).toMatchObject({ status: 'closed', endReason: 'STOP' });
  });

  test('where the venue clips exits, old and new both trade: what is sold is what was held', () => {
    const world = openWorld('reduceOnly');
    moveStop(world, '95');
    deliver(world, 0);
    expect(isOpenAt(world.venue, idOf('stop'))).toBe(true);
    expect(isOpenAt(world.venue, idOf('stop', 1))).toBe(true);
    marketMove(world.venue, 'trigger', 40);
    converge(world);
    expect(world.venue).toMatchObject({ position: 0n, crossedZero: false });
    expect(world.trade).toMatchObject({ status: 'closed', endReason: 'STOP' });
  });

  test('is replaced once, however often the same move is asked for', () => {
    const world = openWorld('reduceOnly');
    for (let count = 0; count < 3; count += 1) moveStop(world, '95');
    deliverAll(world);
    moveStop(world, '95');
    deliverAll(world);
    expect(quantitiesOf(world, 'stop')).toEqual([units(10), units(10)]);
    expect(phaseOf(world, idOf('stop'))).toBe('cancelled');
    expect(phaseOf(world, idOf('stop', 1))).toBe('working');
  });

  test.each([0, 1])('death while it is replaced (left %d) leaves one stop for all', (left) => {
    const world = openWorld('reserved');
    moveStop(world, '95');
    crash(world, left);
    converge(world);
    const working = ordersOf(world.trade, 'stop').filter(({ phase }) => phase.status === 'working');
    expect(working.map(({ request }) => request.quantity)).toEqual([units(10)]);
    expect(isOpenAt(world.venue, idOf('stop'))).toBe(false);
  });
});

describe('exits of one position on a venue that lets them sell too much', () => {
  test('a target that is reached is sent only for what the stop has not sold', () => {
    const world = openWorld('reserved');
    targetTouched(world);
    expect(ordersOf(world.trade, 'target')).toEqual([]);
    marketMove(world.venue, 'trigger', 40);
    world.venue.triggerPassed = false;
    deliverAll(world);
    expect(quantitiesOf(world, 'target')).toEqual([units(5)]);
    marketMove(world.venue, 'target', 100);
    converge(world);
    expect(world.venue).toMatchObject({ position: 0n, crossedZero: false });
  });

  test('two scale-outs and a stop that trades meanwhile sell no more than was held', () => {
    const world = openWorld('reserved');
    scaleOut(world, 4);
    scaleOut(world, 4);
    marketMove(world.venue, 'trigger', 40);
    world.venue.triggerPassed = false;
    deliverAll(world);
    converge(world);
    const closes = quantitiesOf(world, 'close').reduce((sum, quantity) => sum + quantity, 0n);
    expect(closes).toBe(units(5));
    expect(world.venue).toMatchObject({ position: 0n, crossedZero: false });
  });
});

test('an exit of another namespace that a listing leaves out is asked for, not sent again', () => {
  const world = openWorld();
  for (let count = 0; count < 5; count += 1) {
    feed(world, { type: 'missing', at: world.now, clientOrderId: idOf('stop') });
    deliverAll(world);
    later(world, 1_000);
  }
  expect(ordersOf(world.trade, 'stop')).toHaveLength(1);
  expect(phaseOf(world, idOf('stop'))).toBe('working');
  endByVenue(world.venue, 0, 'cancelled');
  deliverAll(world);
  converge(world);
  expect(ordersOf(world.trade, 'stop')).toHaveLength(2);
});

test('a stop that a listing leaves out is asked for until the venue answers, without a sweep', () => {
  const world = openWorld();
  endByVenue(world.venue, 0, 'cancelled');
  lose(world, 0, false); // the stream drops its end
  feed(world, { type: 'missing', at: world.now, clientOrderId: idOf('stop') });
  for (let refusals = 0; refusals < 3; refusals += 1) {
    expect(world.wires, 'one question is on its way').toHaveLength(1);
    lose(world, 0, false);
    deliverAll(world);
    expect(phaseOf(world, idOf('stop'))).toBe('working');
    // One of the dates in between may be that of the incident.
    for (let dates = 0; dates < 2 && world.wires.length === 0; dates += 1) {
      later(world, (dueAt(world.trade) ?? 0) - world.now);
    }
  }
  expect(world.trade.incident).toBe('UNPROTECTED');
  deliverAll(world);
  expect(phaseOf(world, idOf('stop'))).toBe('cancelled');
  converge(world);
  expect(isOpenAt(world.venue, idOf('stop', 1))).toBe(true);
});

test('once the venue has named the order again, nobody asks for it any more', () => {
  const world = openWorld();
  feed(world, { type: 'missing', at: world.now, clientOrderId: idOf('stop') });
  deliverAll(world);
  expect(dueAt(world.trade)).toBeNull();
});
