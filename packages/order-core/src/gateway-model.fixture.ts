import {
  clientOrderId,
  type ClientOrderId,
  type Instrument,
  instrumentId,
  parsePrice,
  parseQuantity,
  parseUuid,
  type Quantity,
  type TradeId,
  type TradePlan,
  type VenueOrderStatus,
} from '@ballast/domain';
import { dueAt } from './due.ts';
import type { TradeEffect, TradeInput } from './messages.ts';
import { openTrade, type StepResult } from './open-trade.ts';
import { isLive } from './order.ts';
import { toJson, tradeFromJson } from './state-wire.ts';
import { step } from './step.ts';
import { ENDED, type Trade } from './trade.ts';
import {
  type Arrival,
  createVenue,
  endByVenue,
  fillArrival,
  isOpenAt,
  marketMove,
  openReports,
  receive,
  type Venue,
} from './venue-model.fixture.ts';

export const TRADE_ID = parseUuid<TradeId>('01936c1e-0000-7000-8000-000000000001');
export const START = 1_700_000_000_000;
/** Of a submit that has not been answered by then, the HTTP client says that it does not know. */
const HTTP_TIMEOUT_MS = 7_000;

export const INSTRUMENT: Instrument = {
  id: instrumentId('model', 'linear', 'BTCUSDT'),
  baseCurrency: 'BTC',
  quoteCurrency: 'USDT',
  tickSize: 10n ** 17n,
  lotSize: 10n ** 18n,
  minQuantity: parseQuantity('1'),
  maxQuantity: parseQuantity('1000'),
  minNotional: 0n,
  multiplier: 10n ** 18n,
};

export function planOf(options: {
  direction?: 'long' | 'short';
  entry?: 'market' | 'limit';
  quantity?: number;
}): TradePlan {
  const { direction = 'long', entry = 'limit', quantity = 10 } = options;
  const long = direction === 'long';
  return {
    instrument: INSTRUMENT.id,
    direction,
    entry: entry === 'market' ? { type: 'market' } : { type: 'limit', price: parsePrice('100') },
    stop: parsePrice(long ? '90' : '110'),
    target: parsePrice(long ? '110' : '90'),
    quantity: parseQuantity(String(quantity)),
    origin: { kind: 'ticket' },
  };
}

export function opened(plan: TradePlan = planOf({}), instrument = INSTRUMENT): StepResult {
  return openTrade({ id: TRADE_ID, account: 'one', plan, instrument, verdicts: [], at: START });
}

export const idOf = (role: 'entry' | 'stop' | 'target' | 'close', leg = 0): ClientOrderId =>
  clientOrderId(TRADE_ID, role, leg, 0);

export const units = (count: number): Quantity => (BigInt(count) * 10n ** 18n) as Quantity;

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
  options: { cancelsExitsWhenFlat: boolean; marketFillPercent: number; reportFirst: boolean },
  check: Check,
): World {
  const first = opened(plan);
  const world: World = {
    trade: first.trade,
    venue: createVenue(options.cancelsExitsWhenFlat, options.marketFillPercent),
    reportFirst: options.reportFirst,
    wires: [],
    now: START,
    seen: new Set(),
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

/** The next thing that arrives; `again` leaves a copy of it under way, where such a thing can come twice. */
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
 * The process dies and another loads the state. Answers and stream messages are gone; each request either never left
 * (a zero bit of `left`) or travels on with nobody to hear its answer.
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

export function clockWhenDue(world: World): void {
  const due = dueAt(world.trade);
  if (due === null) return;
  world.now = Math.max(world.now, due);
  feed(world, { type: 'clock', at: world.now });
}

/** Executions first, then the open orders, as the gateway sweeps them. */
export function sweep(world: World): void {
  for (const fill of world.venue.executions) {
    if (!world.seen.has(fill.executionId)) feed(world, fillArrival(fill)(world.now));
  }
  for (const report of openReports(world.venue)) feed(world, report(world.now));
  for (const order of Object.values(world.trade.orders)) {
    const id = order.request.clientOrderId;
    if (!isLive(order) || order.phase.status === 'submitting') continue;
    if (isOpenAt(world.venue, id)) continue;
    feed(world, { type: 'missing', at: world.now, clientOrderId: id });
  }
}

export type Operation =
  | { readonly do: 'deliver' | 'deliverTwice'; readonly pick: number }
  | { readonly do: 'lose'; readonly pick: number; readonly neverLeft: boolean }
  | {
      readonly do: 'market';
      readonly move: 'entry' | 'target' | 'urgent' | 'trigger';
      readonly percent: number;
    }
  | { readonly do: 'endByVenue'; readonly pick: number; readonly status: VenueOrderStatus }
  | { readonly do: 'refuseNext' | 'due' | 'close' | 'sweep' }
  | { readonly do: 'wait'; readonly ms: number; readonly clock: boolean }
  | { readonly do: 'crash'; readonly left: number };

export function perform(world: World, operation: Operation): void {
  switch (operation.do) {
    case 'deliver':
      return deliver(world, operation.pick);
    case 'deliverTwice':
      return deliver(world, operation.pick, true);
    case 'lose':
      return lose(world, operation.pick, operation.neverLeft);
    case 'market':
      return marketMove(world.venue, operation.move, operation.percent);
    case 'endByVenue':
      return endByVenue(world.venue, operation.pick, operation.status);
    case 'refuseNext':
      world.venue.refusesNext = true;
      return;
    case 'due':
      return clockWhenDue(world);
    case 'close':
      return feed(world, { type: 'closeRequested', at: world.now, reason: 'operator' });
    case 'sweep':
      return sweep(world);
    case 'wait':
      world.now += operation.ms;
      if (operation.clock) feed(world, { type: 'clock', at: world.now });
      return;
    case 'crash':
      return crash(world, operation.left);
    default:
      return operation satisfies never;
  }
}

/** More rounds than any trade needs once the network is whole: doubling pauses of every exit leg included. */
const ROUNDS_MAX = 120;
const DELIVERIES_MAX = 2_000;

/** The network heals: everything arrives, the sweeps run, clocks tick, until nothing is left to happen. */
export function converge(world: World): void {
  world.venue.refusesNext = false;
  world.venue.marketFillPercent = 100;
  for (let round = 0; round < ROUNDS_MAX; round += 1) {
    marketMove(world.venue, 'urgent', 100);
    deliverAll(world);
    sweep(world);
    deliverAll(world);
    if (ENDED.has(world.trade.status) || dueAt(world.trade) === null) return;
    clockWhenDue(world);
  }
  throw new Error(`not settled after ${ROUNDS_MAX} rounds: ${world.trade.status}`);
}

export function deliverAll(world: World): void {
  collectPushes(world);
  for (let count = 0; world.wires.length > 0; count += 1) {
    if (count === DELIVERIES_MAX) throw new Error('requests and answers without end');
    deliver(world, 0);
  }
}

function collectPushes(world: World): void {
  for (const arrival of world.venue.pushes.splice(0)) world.wires.push({ kind: 'push', arrival });
}
