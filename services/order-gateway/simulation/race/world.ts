import {
  type Fill,
  parsePrice,
  parseQuantity,
  parseUuid,
  type Quantity,
  type TradeId,
  type TradePlan,
  type VenueCapabilities,
} from '@ballast/domain';
import {
  heedsPrice,
  openTrade,
  step,
  type StepResult,
  type Trade,
  type TradeEffect,
  type TradeInput,
} from '@ballast/order-core';
import type { MarketPrint } from '@ballast/sim-core';
import { INSTRUMENTS, TRADED_MARKETS } from '../market.ts';
import { fillOf, reportOf } from '../told.ts';
import { SimulatedVenue, type VenueNews } from '../venue.ts';

/** Something on its way: a request to the venue, or what the venue has said to the gateway. */
export type Wire =
  | { readonly to: 'venue'; readonly effect: TradeEffect }
  | { readonly to: 'gateway'; readonly input: TradeInput; readonly by: 'answer' | 'stream' };

/** One trade, its venue, and all that is under way between them. */
export type World = {
  trade: Trade;
  venue: SimulatedVenue;
  wires: Wire[];
  now: number;
};

const START = 1_767_571_200_000;
const ONE = parseQuantity('1');
const LEVELS = { stop: '90', entry: '100', target: '110' } as const;

/** Two units long, with its exits at the venue and nothing under way. */
export function openWorld(exits: VenueCapabilities['exits']): World {
  const instrument = INSTRUMENTS[0];
  if (instrument === undefined) throw new Error('no instrument');
  const capabilities: VenueCapabilities = {
    markets: TRADED_MARKETS,
    exits,
    shorting: true,
    postOnly: true,
    requestSettlesMs: 5_000,
    timesInForce: ['gtc', 'day', 'ioc', 'fok'],
    executionsKeptMs: 86_400_000,
  };
  const plan: TradePlan = {
    instrument: instrument.id,
    direction: 'long',
    entry: { type: 'market' },
    entryExpiresAt: null,
    stop: parsePrice(LEVELS.stop),
    takeProfit: { style: 'single', target: parsePrice(LEVELS.target) },
    quantity: parseQuantity('2'),
    origin: { kind: 'ticket' },
  };
  const id = parseUuid<TradeId>('01936c1e-0000-7000-8000-000000000001');
  const opened = openTrade({
    ...{ id, account: 'race', plan, instrument, capabilities, verdicts: [], at: START },
  });
  const world = emptyWorld(opened.trade, capabilities);
  world.venue.open(instrument.id, printAt(LEVELS.entry, 10n));
  take(world, opened);
  for (let wire = world.wires[0]; wire !== undefined; wire = world.wires[0]) deliver(world, 0);
  return world;
}

function emptyWorld(trade: Trade, capabilities: VenueCapabilities): World {
  const world: World = {
    trade,
    wires: [],
    now: START,
    venue: new SimulatedVenue('race', INSTRUMENTS, capabilities, (news) => hear(world, news)),
  };
  return world;
}

/** Another world that is the same: what happens in one does not happen in the other. */
export function copyOf(world: World): World {
  const copy = emptyWorld(world.trade, world.venue.capabilities);
  copy.venue.restore(world.venue);
  copy.wires = [...world.wires];
  copy.now = world.now;
  return copy;
}

/** The market trades one unit at the level. */
export function marketAt(world: World, level: keyof typeof LEVELS): void {
  const price = parsePrice(LEVELS[level]);
  world.venue.print(world.trade.plan.instrument, printAt(LEVELS[level], 1n), world.now);
  const { trade, now } = world;
  if (!heedsPrice(trade, price, now)) return;
  feed(world, { type: 'marketPrice', at: now, price });
}

export function askToClose(world: World): void {
  const input = { type: 'closeRequested', at: world.now, reason: 'operator' } as const;
  feed(world, input);
}

/**
 * The wires that may arrive next: requests and answers overtake each other and the stream as they
 * like; the stream itself is one connection and keeps its order.
 */
export function arrivable({ wires }: World): number[] {
  const head = wires.findIndex((wire) => isStream(wire));
  return wires.flatMap((wire, index) => (!isStream(wire) || index === head ? [index] : []));
}

export function isStream(wire: Wire): boolean {
  return wire.to === 'gateway' && wire.by === 'stream';
}

/** The wire at `index` arrives. */
export function deliver(world: World, index: number): void {
  const [wire] = world.wires.splice(index, 1);
  if (wire === undefined) return;
  if (wire.to === 'gateway') return feed(world, { ...wire.input, at: world.now });
  for (const input of carryOut(world, wire.effect)) {
    world.wires.push({ to: 'gateway', input, by: 'answer' });
  }
}

export function feed(world: World, input: TradeInput): void {
  take(world, step(world.trade, input));
}

function take(world: World, result: StepResult): void {
  world.trade = result.trade;
  for (const effect of result.effects) world.wires.push({ to: 'venue', effect });
}

function carryOut({ venue, now }: World, effect: TradeEffect): TradeInput[] {
  switch (effect.type) {
    case 'submit': {
      const { clientOrderId } = effect.order;
      const outcome = venue.place(effect.order, now);
      if (!outcome.ok) {
        return [{ type: 'submitRefused', at: now, clientOrderId, reason: outcome.refusal.code }];
      }
      const venueOrderId = outcome.order.id;
      return [{ type: 'submitAccepted', at: now, clientOrderId, venueOrderId }];
    }
    case 'cancel': {
      const { clientOrderId } = effect;
      const order = venue.orderOf(clientOrderId);
      const done = order !== null && venue.cancel(order.id, now);
      return done ? [] : [{ type: 'cancelUnclear', at: now, clientOrderId }];
    }
    case 'query': {
      const { clientOrderId } = effect;
      const order = venue.orderOf(clientOrderId);
      if (order === null) return [{ type: 'notFound', at: now, askedAt: now, clientOrderId }];
      const fills = venue.executions.filter(({ linkId }) => linkId === clientOrderId);
      return [
        ...fills.map((execution) => fillInput(fillOf(execution, 'race'), now)),
        { type: 'report', at: now, report: reportOf(order) },
      ];
    }
    default:
      return effect satisfies never;
  }
}

function hear(world: World, news: readonly VenueNews[]): void {
  for (const item of news) {
    const input: TradeInput =
      item.kind === 'fill'
        ? fillInput(fillOf(item.execution, 'race'), world.now)
        : { type: 'report', at: world.now, report: reportOf(item.order) };
    world.wires.push({ to: 'gateway', input, by: 'stream' });
  }
}

function fillInput(fill: Fill, at: number): TradeInput {
  return { type: 'fill', at, fill };
}

function printAt(level: string, units: bigint): MarketPrint {
  const price = parsePrice(level);
  const size = (ONE * units) as Quantity;
  return { price, size, taker: 'sell', bid: price, ask: price, depth: size };
}
