import { parsePrice, type Price, type VenueOrderStatus } from '@ballast/domain';
import { dueAt } from './due.ts';
import { collectPushes, crash, deliver, feed, lose, type World } from './gateway-model.fixture.ts';
import { heedsPrice } from './market.ts';
import { isLive } from './order.ts';
import { units } from './sample-trade.fixture.ts';
import { ENDED } from './trade.ts';
import {
  endByVenue,
  fillArrival,
  isOpenAt,
  marketMove,
  openReports,
} from './venue-model.fixture.ts';

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
  | { readonly do: 'price'; readonly price: number }
  | { readonly do: 'moveStop'; readonly level: number | 'breakEven' }
  | { readonly do: 'scaleOut'; readonly quantity: number }
  /** The most that the venue takes in one order. */
  | { readonly do: 'limit'; readonly most: number }
  | { readonly do: 'refuseNext' | 'due' | 'close' | 'sweep' | 'stopEntry' | 'unrecognised' }
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
    case 'stopEntry':
      return feed(world, { type: 'entryStopRequested', at: world.now, reason: 'operator' });
    case 'price':
      return tellPrice(world, operation.price);
    case 'moveStop': {
      const level = operation.level === 'breakEven' ? 'breakEven' : priceOf(operation.level);
      return feed(world, { type: 'stopMoveRequested', at: world.now, level, reason: 'operator' });
    }
    case 'scaleOut': {
      const quantity = units(operation.quantity);
      return feed(world, {
        type: 'scaleOutRequested',
        at: world.now,
        quantity,
        reason: 'operator',
      });
    }
    case 'limit': {
      const maxQuantity = units(operation.most);
      return feed(world, { type: 'maxQuantityChanged', at: world.now, maxQuantity });
    }
    case 'unrecognised':
      return sayUnknownWord(world);
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

/** The feed's price, which the trade hears only when it has asked for it. */
function tellPrice(world: World, price: number): void {
  world.price = priceOf(price);
  if (!heedsPrice(world.trade, world.price, world.now)) return;
  feed(world, { type: 'marketPrice', at: world.now, price: world.price });
}

/** The venue describes an open order with a word nobody knows, once. */
function sayUnknownWord(world: World): void {
  const [arrival] = openReports(world.venue);
  const input = arrival?.(world.now);
  if (input?.type !== 'report') return;
  const report = { ...input.report, status: 'unrecognised', reason: 'Pondering' } as const;
  if (world.trade.orders[report.clientOrderId] === undefined) return;
  feed(world, { ...input, report });
}

const priceOf = (value: number): Price => parsePrice(String(value));

/**
 * More rounds than any trade needs once the network is whole:
 * doubling pauses of every exit leg included.
 */
const ROUNDS_MAX = 120;
const DELIVERIES_MAX = 2_000;

/**
 * The network heals: everything arrives, the sweeps run, clocks tick,
 * until nothing is left to happen.
 */
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
