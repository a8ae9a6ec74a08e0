import {
  type RiskApproved,
  type Fill,
  type OrderReport,
  parsePrice,
  type Quantity,
  type VenueCapabilities,
  type VenueOrderStatus,
} from '@ballast/domain';
import type { TradeEffect, TradeInput } from './messages.ts';

/** As every model's capabilities say. */
export const RECEIVE_WINDOW_MS = 5_000;

/** Something on its way to the gateway; its time is that of its arrival. */
export type Arrival = (at: number) => TradeInput;

type VenueOrder = {
  readonly request: RiskApproved;
  readonly venueOrderId: string;
  status: VenueOrderStatus;
  reason: string;
  cum: bigint;
  /** A stop whose trigger was met trades like a market order from then on. */
  triggered: boolean;
};

/**
 * A venue that keeps its own promises and none of the network's: takes a client order id once,
 * clips reduce-only fills to the position, refuses a stop whose trigger has been passed, and
 * forgets nothing.
 */
export type Venue = {
  position: bigint;
  readonly orders: Map<string, VenueOrder>;
  readonly executions: Fill[];
  /** Stream messages that nobody has read yet. */
  readonly pushes: Arrival[];
  readonly exits: VenueCapabilities['exits'];
  readonly cancelsExitsWhenFlat: boolean;
  /** Share of what is left, in percent, that one market fill takes. */
  marketFillPercent: number;
  triggerPassed: boolean;
  refusesNext: boolean;
  repeatedIds: number;
  crossedZero: boolean;
};

export function createVenue(
  exits: VenueCapabilities['exits'],
  cancelsExitsWhenFlat: boolean,
  marketFillPercent: number,
): Venue {
  return {
    position: 0n,
    orders: new Map(),
    executions: [],
    pushes: [],
    exits,
    cancelsExitsWhenFlat,
    marketFillPercent,
    triggerPassed: false,
    refusesNext: false,
    repeatedIds: 0,
    crossedZero: false,
  };
}

/** Carries a request out as it arrives and returns what the answer will say. */
export function receive(
  venue: Venue,
  effect: TradeEffect,
  sentAt: number,
  now: number,
  reportFirst: boolean,
): Arrival[] {
  switch (effect.type) {
    case 'submit':
      return [submit(venue, effect.order, now - sentAt > RECEIVE_WINDOW_MS)];
    case 'cancel': {
      const { clientOrderId } = effect;
      const order = venue.orders.get(clientOrderId);
      if (order !== undefined && isWorking(order) && now - sentAt <= RECEIVE_WINDOW_MS) {
        end(venue, order, 'cancelled', 'by request');
        return [];
      }
      return [(at) => ({ type: 'cancelUnclear', at, clientOrderId })];
    }
    case 'query': {
      const { clientOrderId } = effect;
      const order = venue.orders.get(clientOrderId);
      if (order === undefined) {
        return [(at) => ({ type: 'notFound', at, askedAt: sentAt, clientOrderId })];
      }
      const fills = venue.executions
        .filter((fill) => fill.clientOrderId === clientOrderId)
        .map(fillArrival);
      const report = reportArrival(order);
      return reportFirst ? [report, ...fills] : [...fills, report];
    }
    default:
      return effect satisfies never;
  }
}

function submit(venue: Venue, request: RiskApproved, tooOld: boolean): Arrival {
  const { clientOrderId } = request;
  if (tooOld) {
    return (at) => ({ type: 'submitNotSent', at, clientOrderId, reason: 'outside the window' });
  }
  if (venue.orders.has(clientOrderId)) {
    venue.repeatedIds += 1;
    return (at) => ({ type: 'submitUnclear', at, clientOrderId, reason: 'id used already' });
  }
  const reason = refusal(venue, request);
  if (reason !== null) return (at) => ({ type: 'submitRefused', at, clientOrderId, reason });
  const venueOrderId = `v${venue.orders.size + 1}`;
  const order: VenueOrder = {
    request,
    venueOrderId,
    status: 'working',
    reason: '',
    cum: 0n,
    triggered: false,
  };
  venue.orders.set(clientOrderId, order);
  push(venue, reportArrival(order));
  if (request.kind.type === 'market') execute(venue, order, venue.marketFillPercent);
  return (at) => ({ type: 'submitAccepted', at, clientOrderId, venueOrderId });
}

function refusal(venue: Venue, request: RiskApproved): string | null {
  if (venue.refusesNext) {
    venue.refusesNext = false;
    return 'the venue will not';
  }
  if (request.kind.type === 'stop' && venue.triggerPassed) return 'trigger has been passed';
  return request.reduceOnly && reducible(venue, request) === 0n ? 'nothing to reduce' : null;
}

/** What the market does: takes a part of the orders of one kind, or passes the stop's trigger. */
export function marketMove(
  venue: Venue,
  move: 'entry' | 'target' | 'urgent' | 'trigger',
  percent: number,
): void {
  if (move === 'trigger') venue.triggerPassed = true;
  for (const order of venue.orders.values()) {
    if (!isWorking(order)) continue;
    const { role, kind } = order.request;
    if (move === 'trigger' && kind.type === 'stop') order.triggered = true;
    const urgent = order.triggered || kind.type === 'market';
    const meant = move === role || (urgent && (move === 'urgent' || move === 'trigger'));
    if (meant) execute(venue, order, percent);
  }
}

/** The venue ends an order of its own accord. */
export function endByVenue(venue: Venue, pick: number, status: VenueOrderStatus): void {
  const working = [...venue.orders.values()].filter(isWorking);
  const order = working[pick % Math.max(working.length, 1)];
  if (order === undefined || (status === 'rejected' && order.cum > 0n)) return;
  end(venue, order, status, 'by the venue');
}

export function openReports(venue: Venue): Arrival[] {
  return [...venue.orders.values()].filter(isWorking).map(reportArrival);
}

export function isOpenAt(venue: Venue, clientOrderId: string): boolean {
  const order = venue.orders.get(clientOrderId);
  return order !== undefined && isWorking(order);
}

export function workingLeaves(venue: Venue, role: string): bigint {
  return [...venue.orders.values()]
    .filter((order) => isWorking(order) && order.request.role === role)
    .reduce((sum, order) => sum + order.request.quantity - order.cum, 0n);
}

export function fillArrival(fill: Fill): Arrival {
  return (at) => ({ type: 'fill', at, fill });
}

function execute(venue: Venue, order: VenueOrder, percent: number): void {
  const { request } = order;
  const leaves = request.quantity - order.cum;
  const most = request.reduceOnly ? smaller(leaves, reducible(venue, request)) : leaves;
  if (most === 0n) return end(venue, order, 'cancelled', 'nothing to reduce');
  const units = (most / UNIT) * BigInt(percent);
  const quantity = smaller(most, (units / 100n + 1n) * UNIT) as Quantity;
  book(venue, order, quantity);
  if (order.cum < request.quantity && quantity === most && request.reduceOnly) {
    return end(venue, order, 'cancelled', 'clipped to the position');
  }
  order.status = order.cum === request.quantity ? 'filled' : 'partiallyFilled';
  push(venue, reportArrival(order));
  if (venue.position === 0n && venue.cancelsExitsWhenFlat) {
    for (const other of venue.orders.values()) {
      if (isWorking(other) && other.request.reduceOnly) end(venue, other, 'cancelled', 'flat');
    }
  }
}

const UNIT = 10n ** 18n;
const PRICES = { entry: '100', stop: '90', target: '110', close: '95.5' } as const;

function book(venue: Venue, order: VenueOrder, quantity: Quantity): void {
  const { request } = order;
  const fill: Fill = {
    venue: 'model',
    account: 'one',
    executionId: `x${venue.executions.length + 1}`,
    revision: 0,
    clientOrderId: request.clientOrderId,
    venueOrderId: order.venueOrderId,
    instrument: request.instrument,
    side: request.side,
    price: parsePrice(PRICES[request.role]),
    quantity,
    fee: { amount: 10n ** 15n, currency: 'USDT' },
    liquidity: 'taker',
    eventTime: 0,
  };
  const before = venue.position;
  venue.position += request.side === 'buy' ? quantity : -quantity;
  if (before !== 0n && before > 0n !== venue.position > 0n && venue.position !== 0n) {
    venue.crossedZero = true;
  }
  order.cum += quantity;
  venue.executions.push(fill);
  push(venue, fillArrival(fill));
}

function end(venue: Venue, order: VenueOrder, status: VenueOrderStatus, reason: string): void {
  order.status = status;
  order.reason = reason;
  push(venue, reportArrival(order));
}

function reportArrival(order: VenueOrder): Arrival {
  const { request, venueOrderId, status, reason } = order;
  const report: OrderReport = {
    clientOrderId: request.clientOrderId,
    venueOrderId,
    instrument: request.instrument,
    status,
    side: request.side,
    quantity: request.quantity,
    filledQuantityCum: order.cum as Quantity,
    reason,
    eventTime: 0,
  };
  return (at) => ({ type: 'report', at, report });
}

function reducible(venue: Venue, request: RiskApproved): bigint {
  const held = request.side === 'sell' ? venue.position : -venue.position;
  return held > 0n ? held : 0n;
}

function isWorking(order: VenueOrder): boolean {
  return order.status === 'working' || order.status === 'partiallyFilled';
}

function push(venue: Venue, arrival: Arrival): void {
  venue.pushes.push(arrival);
}

function smaller(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}
