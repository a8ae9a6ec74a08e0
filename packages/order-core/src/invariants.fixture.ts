import { expect } from 'vitest';
import { dueAt } from './due.ts';
import type { Check, World } from './gateway-model.fixture.ts';
import type { TradeEffect, TradeInput } from './messages.ts';
import { isLive, leavesQuantity, type Order } from './order.ts';
import { toJson } from './state-wire.ts';
import { PROTECT_WITHIN_MS } from './timing.ts';
import { ENDED, isFrozen, openQuantity, ordersOf, type Trade } from './trade.ts';
import { RECEIVE_WINDOW_MS } from './venue-model.fixture.ts';

/** What holds after each step, whatever the network, the venue and the operator did. */
export function createCheck(): Check {
  let exposedSince: number | null = null;
  const doubtedAt = new Map<string, number>();
  return (world, before, input, result) => {
    const { trade, effects } = result;
    checkLedger(world, trade);
    checkVenue(world);
    for (const effect of effects) checkEffect(world, before, trade, effect);
    checkEnds(before, trade);
    const wasExposed = before !== null && isExposed(before, unanswered(doubtedAt, world.now));
    noteDoubts(trade, world.now, doubtedAt);
    const doubtful = unanswered(doubtedAt, world.now);
    const since = wasExposed ? Math.min(world.now, ...doubtful.values()) : world.now;
    exposedSince = isExposed(trade, doubtful) ? (exposedSince ?? since) : null;
    checkProtection(world, trade, input, exposedSince);
    checkNotStuck(trade, input);
  };
}

function checkLedger(world: World, trade: Trade): void {
  const fills = world.venue.executions.filter((fill) => world.seen.has(fill.executionId));
  const booked = trade.fills.map(({ executionId }) => executionId);
  expect(new Set(booked), 'each arrived execution is booked').toEqual(world.seen);
  expect(booked.length, 'each execution is booked once').toBe(world.seen.size);
  const signed = fills.map(({ side, quantity }) => (side === 'buy' ? quantity : -quantity));
  expect(trade.position.quantity, 'position is the sum of its fills').toBe(sum(signed));
  const cash = fills.map(({ side, quantity, price }) => {
    const value = (price * quantity) / 10n ** 18n;
    return side === 'buy' ? value : -value;
  });
  expect(trade.position.cost - trade.position.realisedCum, 'no cent is lost').toBe(sum(cash));
  for (const order of Object.values(trade.orders)) {
    const own = fills.filter((fill) => fill.clientOrderId === order.request.clientOrderId);
    expect(order.filledQuantity).toBe(sum(own.map((fill) => fill.quantity)));
  }
}

function checkVenue({ venue }: World): void {
  expect(venue.repeatedIds, 'an id is never sent while the venue has it').toBe(0);
  expect(venue.crossedZero, 'no exit turns the position').toBe(false);
}

function checkEffect(world: World, before: Trade | null, trade: Trade, effect: TradeEffect): void {
  const id = effect.type === 'submit' ? effect.order.clientOrderId : effect.clientOrderId;
  const order = trade.orders[id];
  if (order === undefined) throw new Error(`effect for an order that is not stored: ${id}`);
  const { status } = order.phase;
  switch (effect.type) {
    case 'submit':
      expect(status, 'intent before act').toBe('submitting');
      return checkSubmit(world, before, trade, order);
    case 'cancel':
      expect(status, 'a cancel is remembered').toBe('cancelling');
      expect(world.venue.orders.get(id)?.venueOrderId).toBe(effect.venueOrderId);
      return;
    case 'query':
      expect(isLive(order) || isBehind(order), 'no effect for an ended order').toBe(true);
      return;
    default:
      effect satisfies never;
  }
}

function checkSubmit(world: World, before: Trade | null, trade: Trade, order: Order): void {
  const { clientOrderId, role, reduceOnly, side } = order.request;
  expect(world.venue.orders.has(clientOrderId), 'the venue has this id already').toBe(false);
  const inFlight = world.wires.filter(
    (wire) =>
      wire.kind === 'request' &&
      wire.effect.type === 'submit' &&
      wire.effect.order.clientOrderId === clientOrderId &&
      world.now - wire.sentAt <= RECEIVE_WINDOW_MS,
  );
  expect(inFlight, 'an earlier request may still arrive').toEqual([]);
  if (role === 'entry') {
    expect(trade.closing, 'no entry once the trade closes').toBeNull();
    const exits = Object.values(trade.orders).filter((other) => other.request.role !== 'entry');
    expect(exits.some((exit) => exit.filledQuantity > 0n)).toBe(false);
    return;
  }
  const clips = world.venue.exits === 'reduceOnly';
  expect(reduceOnly).toBe(clips);
  expect(side).toBe(trade.plan.direction === 'long' ? 'sell' : 'buy');
  expect(isFrozen(trade), 'nothing new while a state is not known').toBe(false);
  if (role === 'target') expect(trade.closing, 'no target once the trade closes').toBeNull();
  const byHand = trade.scaleOutCum > 0n ? 'scale out' : null;
  if (role === 'close') {
    expect(before?.closing ?? trade.closing ?? byHand).not.toBeNull();
    if (trade.closing === null) checkScaledOut(trade);
  }
  const exits = Object.values(trade.orders).filter((other) => other.request.role !== 'entry');
  const rivals = clips ? exits.filter((other) => isRival(order, other)) : exits;
  const coming = sum(
    exits.filter((other) => !isLive(other) || !rivals.includes(other)).map(behindBy),
  );
  expect(held(rivals) + coming <= openQuantity(trade), `${role} exceeds the position`).toBe(true);
}

/** By hand no more is closed than was asked for, whether its fills have been seen or not. */
function checkScaledOut(trade: Trade): void {
  const closes = ordersOf(trade, 'close').map((order) => {
    const coming = isLive(order) ? leavesQuantity(order) : behindBy(order);
    return order.filledQuantity + coming;
  });
  expect(sum(closes) <= trade.scaleOutCum, 'more is closed than was asked for').toBe(true);
}

/** Where the venue clips exits, those of one kind at one level must not exceed the position. */
function isRival(order: Order, other: Order): boolean {
  if (order.request.role !== other.request.role) return false;
  return (
    JSON.stringify(toJson(order.request.kind)) === JSON.stringify(toJson(other.request.kind)) ||
    order.request.role !== 'stop'
  );
}

function held(orders: readonly Order[]): bigint {
  return sum(orders.filter(isLive).map(leavesQuantity));
}

function checkEnds(before: Trade | null, trade: Trade): void {
  const ended = ENDED.has(trade.status);
  expect(trade.endedAt !== null, 'an end has its time').toBe(ended);
  if (before?.closing) expect(trade.closing, 'closing is for good').toEqual(before.closing);
  if (!ended) return;
  expect(trade.position.quantity, 'an ended trade is flat').toBe(0n);
  for (const order of Object.values(trade.orders)) {
    expect(isLive(order) || isBehind(order), 'an ended trade awaits nothing').toBe(false);
  }
}

function checkProtection(
  world: World,
  trade: Trade,
  input: TradeInput | null,
  exposedSince: number | null,
): void {
  expect(trade.unprotectedSince).toBe(exposedSince);
  if (exposedSince === null || trade.incident === 'UNPROTECTED') return;
  const limit = exposedSince + PROTECT_WITHIN_MS;
  const due = dueAt(trade);
  expect(due !== null && due <= limit, 'exposure is looked at in time').toBe(true);
  if (input?.type === 'clock')
    expect(world.now, 'exposure becomes an incident').toBeLessThan(limit);
}

/** Whatever no stream is bound to bring is asked for by the clock, and the clock gets somewhere. */
function checkNotStuck(trade: Trade, input: TradeInput | null): void {
  const due = dueAt(trade);
  const orders = Object.values(trade.orders);
  const awaited = orders.filter(
    (order) =>
      ['submitting', 'unknown', 'cancelling'].includes(order.phase.status) || isBehind(order),
  );
  if (awaited.length > 0) expect(due, 'something is awaited').not.toBeNull();
  if (input?.type === 'clock' && due !== null) {
    expect(due, 'the clock would spin').toBeGreaterThan(input.at);
  }
  if (ENDED.has(trade.status) || openQuantity(trade) === 0n || isFrozen(trade)) return;
  const exits = orders.filter((order) => order.request.role !== 'entry');
  const coming = sum(exits.map(behindBy));
  const guards = exits.filter(
    ({ request }) => request.role === 'close' || (!trade.closing && request.role === 'stop'),
  );
  if (sum(guards.filter(isLive).map(leavesQuantity)) + coming >= openQuantity(trade)) return;
  const cancelling = exits.some((order) => order.phase.status === 'cancelling');
  expect(due !== null || cancelling, 'nothing will bring the missing exit').toBe(true);
}

/** Since when which stop may be gone: its cancel was asked for, or a listing lacks it. */
function noteDoubts(trade: Trade, now: number, doubtedAt: Map<string, number>): void {
  for (const { phase, missing, request } of ordersOf(trade, 'stop')) {
    const isLiveAtVenue = phase.status === 'working' || phase.status === 'cancelling';
    const reasons = {
      cancel: phase.status === 'cancelling',
      missing: isLiveAtVenue && missing !== null,
    };
    for (const [reason, holds] of Object.entries(reasons)) {
      const key = `${request.clientOrderId} ${reason}`;
      if (!holds) doubtedAt.delete(key);
      else if (!doubtedAt.has(key)) doubtedAt.set(key, now);
    }
  }
}

/** Those for so long that they protect nothing any more. */
function unanswered(doubtedAt: ReadonlyMap<string, number>, now: number): Map<string, number> {
  return new Map([...doubtedAt].filter(([, since]) => now >= since + PROTECT_WITHIN_MS));
}

function isExposed(trade: Trade, doubtful: ReadonlyMap<string, number>): boolean {
  const gone = new Set([...doubtful.keys()].map((key) => key.split(' ')[0]));
  const working = ordersOf(trade, 'stop').filter(
    ({ phase, request }) =>
      ['working', 'cancelling'].includes(phase.status) && !gone.has(request.clientOrderId),
  );
  return openQuantity(trade) > sum(working.map(leavesQuantity));
}

function isBehind(order: Order): boolean {
  return behindBy(order) > 0n;
}

function behindBy(order: Order): bigint {
  return order.reportedQuantityCum - order.filledQuantity;
}

function sum(values: readonly bigint[]): bigint {
  return values.reduce((total, value) => total + value, 0n);
}
