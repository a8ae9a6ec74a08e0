import {
  type ClientOrderId,
  parsePrice,
  type Price,
  type TradePlan,
  type VenueCapabilities,
} from '@ballast/domain';
import type { TradeEffect, TradeInput } from './messages.ts';
import type { StepResult } from './open-trade.ts';
import { INSTRUMENT, opened, START } from './sample-trade.fixture.ts';
import { toJson, tradeFromJson } from './state-wire.ts';
import { step } from './step.ts';
import type { Trade } from './trade.ts';
import { type Arrival, createVenue, receive, type Venue } from './venue-model.fixture.ts';

/** Of a submit that has not been answered by then, the HTTP client says that it does not know. */
const HTTP_TIMEOUT_MS = 7_000;

type Wire =
  | {
      readonly kind: 'request';
      readonly effect: TradeEffect;
      readonly sentAt: number;
      deaf: boolean;
    }
  | {
      readonly kind: 'answer';
      readonly effect: TradeEffect;
      readonly sentAt: number;
      readonly arrivals: readonly Arrival[];
    }
  | { readonly kind: 'push'; readonly arrival: Arrival };

/** One gateway with one trade, one venue, and everything on its way between them. */
export type World = {
  trade: Trade;
  readonly venue: Venue;
  readonly reportFirst: boolean;
  wires: Wire[];
  now: number;
  /** Executions that have arrived, by id. */
  readonly seen: Set<string>;
  /** What the market last traded at, as the feed tells it. */
  price: Price;
  readonly check: Check;
};

/** Looks at one step; throws when something does not hold. */
export type Check = (
  world: World,
  before: Trade | null,
  input: TradeInput | null,
  result: StepResult,
) => void;

export function createWorld(
  plan: TradePlan,
  options: {
    exits: VenueCapabilities['exits'];
    cancelsExitsWhenFlat: boolean;
    marketFillPercent: number;
    reportFirst: boolean;
  },
  check: Check,
): World {
  const first = opened(plan, INSTRUMENT, options.exits);
  const world: World = {
    trade: first.trade,
    venue: createVenue(options.exits, options.cancelsExitsWhenFlat, options.marketFillPercent),
    reportFirst: options.reportFirst,
    wires: [],
    now: START,
    seen: new Set(),
    price: parsePrice('100'),
    check,
  };
  commit(world, null, null, first);
  return world;
}

export function feed(world: World, input: TradeInput): void {
  const before = world.trade;
  if (input.type === 'fill') world.seen.add(input.fill.executionId);
  commit(world, before, input, step(before, input));
}

function commit(
  world: World,
  before: Trade | null,
  input: TradeInput | null,
  result: StepResult,
): void {
  world.trade = result.trade;
  world.check(world, before, input, result);
  for (const effect of result.effects) {
    world.wires.push({ kind: 'request', effect, sentAt: world.now, deaf: false });
  }
}

/**
 * The next thing that arrives; `again` leaves a copy of it under way,
 * where such a thing can come twice.
 */
export function deliver(world: World, pick: number, again = false): void {
  collectPushes(world);
  const index = pick % Math.max(world.wires.length, 1);
  const wire = world.wires[index];
  if (wire === undefined) return;
  const repeatable =
    wire.kind === 'push' || (wire.kind === 'answer' && wire.effect.type === 'query');
  if (!again || !repeatable) world.wires.splice(index, 1);
  if (wire.kind === 'push') return feed(world, wire.arrival(world.now));
  if (wire.kind === 'answer') return answer(world, wire);
  const { effect, sentAt } = wire;
  const arrivals = receive(world.venue, effect, sentAt, world.now, world.reportFirst);
  if (!wire.deaf) world.wires.push({ kind: 'answer', effect, sentAt, arrivals });
  collectPushes(world);
}

function answer(world: World, wire: Extract<Wire, { kind: 'answer' }>): void {
  const tooLate = world.now - wire.sentAt > HTTP_TIMEOUT_MS;
  const arrivals = tooLate && wire.effect.type === 'submit' ? unclear(wire.effect) : wire.arrivals;
  for (const arrival of arrivals) feed(world, arrival(world.now));
}

/** A request or an answer gets lost, or the stream drops a message. */
export function lose(world: World, pick: number, neverLeft: boolean): void {
  collectPushes(world);
  const index = pick % Math.max(world.wires.length, 1);
  const [wire] = world.wires.splice(index, 1);
  if (wire === undefined || wire.kind === 'push') return;
  if (wire.kind === 'request' && wire.deaf) return;
  const { effect, sentAt } = wire;
  const notSent = neverLeft && wire.kind === 'request' && effect.type === 'submit';
  const arrivals = notSent ? [notSentArrival(effect.order.clientOrderId)] : unclear(effect);
  world.wires.push({ kind: 'answer', effect, sentAt, arrivals });
}

function notSentArrival(id: ClientOrderId): Arrival {
  return (at) => ({ type: 'submitNotSent', at, clientOrderId: id, reason: 'no connection' });
}

function unclear(effect: TradeEffect): Arrival[] {
  switch (effect.type) {
    case 'submit': {
      const id = effect.order.clientOrderId;
      return [(at) => ({ type: 'submitUnclear', at, clientOrderId: id, reason: 'timeout' })];
    }
    case 'cancel': {
      const { clientOrderId: id } = effect;
      return [(at) => ({ type: 'cancelUnclear', at, clientOrderId: id })];
    }
    case 'query':
      return [];
    default:
      return effect satisfies never;
  }
}

/**
 * The process dies and another loads the state. Answers and stream messages are gone; each request
 * either never left (a zero bit of `left`) or travels on with nobody to hear its answer.
 */
export function crash(world: World, left: number): void {
  world.venue.pushes.length = 0;
  world.wires = world.wires.filter(
    (wire, index) => wire.kind === 'request' && ((left >> (index % 16)) & 1) === 1,
  );
  for (const wire of world.wires) if (wire.kind === 'request') wire.deaf = true;
  const stored: unknown = JSON.parse(JSON.stringify(keysSorted(toJson(world.trade))));
  world.trade = tradeFromJson(stored);
  feed(world, { type: 'restarted', at: world.now });
}

/** As jsonb does it: keys by length, then by bytes. */
function keysSorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(keysSorted);
  if (typeof value !== 'object' || value === null) return value;
  const sorted = Object.entries(value).toSorted(
    ([a], [b]) => a.length - b.length || (a < b ? -1 : 1),
  );
  return Object.fromEntries(sorted.map(([key, inner]) => [key, keysSorted(inner)]));
}

export function collectPushes(world: World): void {
  for (const arrival of world.venue.pushes.splice(0)) world.wires.push({ kind: 'push', arrival });
}
