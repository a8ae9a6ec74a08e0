import { parseScaled } from '@ballast/domain';
import {
  type Account,
  type Amendment,
  amendOrder,
  applyPrint,
  cancelOrder,
  createAccount,
  type Execution,
  isOpen,
  listInstrument,
  type MarketTick,
  type OrderSpec,
  type Outcome,
  placeOrder,
  restoreEvents,
  setMarket,
  takeAndReject,
  type VenueEvent,
  type VenueOrder,
} from '@ballast/sim-core';
import { START_CASH } from './instruments.ts';
import type { Journal } from './journal.ts';
import { type MinuteBar, closeUntil } from './klines.ts';
import { acceptTick, type Market, type MarketChange, type PublicPrint } from './market.ts';
import type { TimedTick } from './prices/source.ts';

/** Closed orders that the live listing still shows, as on the venue. */
export const CLOSED_LISTED_MAX = 500;
const HISTORY_MAX = 20_000;
const TICKS_PER_TURN_MAX = 2_000;
/** Further behind than this, the market goes on from now: a machine that slept is no backlog. */
const BEHIND_MAX_MS = 60_000;

export type VenueListener = {
  onMarket?(change: MarketChange): void;
  onAccount?(events: readonly VenueEvent[]): void;
};

/** The venue behind all front ends: markets, one account, its history, and who listens. */
export type Venue = {
  readonly account: Account;
  readonly markets: ReadonlyMap<string, Market>;
  /** Newest last. */
  readonly history: Map<string, VenueOrder>;
  readonly executions: Execution[];
  readonly journal: Journal;
  readonly listeners: Set<VenueListener>;
  /** Venues where the same markets are traded: what happens here happens there. */
  readonly followers: Venue[];
  /** The venue that this one follows; null where it has markets of its own. */
  readonly lead: Venue | null;
  /** Markets stand still while any of the venues that share them is frozen. */
  frozen: boolean;
  lastTurnAt: number;
};

export function openVenue(
  seed: string,
  markets: readonly Market[],
  journal: Journal,
  now: number,
  lead: Venue | null = null,
): Venue {
  const cash = new Map<string, bigint>();
  for (const { instrument } of markets) {
    const currency = instrument.quoteCurrency;
    cash.set(currency, parseScaled(START_CASH.get(currency) ?? '100000'));
  }
  const account = createAccount(seed, cash);
  for (const { instrument } of markets) listInstrument(account, instrument);
  const venue: Venue = {
    account,
    markets: new Map(markets.map((market) => [market.symbol, market])),
    history: new Map(),
    executions: [],
    journal,
    listeners: new Set(),
    followers: [],
    lead,
    frozen: false,
    lastTurnAt: now,
  };
  for (const { sequence, events } of journal.restored) {
    restoreEvents(account, events);
    account.sequence = sequence;
    remember(venue, events);
  }
  for (const { instrument, print } of markets) setMarket(account, instrument.id, print);
  lead?.followers.push(venue);
  return venue;
}

export function place(venue: Venue, spec: OrderSpec, now: number): Outcome {
  return commit(venue, placeOrder(venue.account, spec, now));
}

/** Taken and acknowledged, never in the book; its rejection is told as its end. */
export function placeRejected(venue: Venue, spec: OrderSpec, now: number): Outcome {
  return commit(venue, takeAndReject(venue.account, spec, now));
}

export function cancel(venue: Venue, id: string, now: number): Outcome {
  return commit(venue, cancelOrder(venue.account, id, now));
}

export function amend(venue: Venue, id: string, change: Amendment, now: number): Outcome {
  return commit(venue, amendOrder(venue.account, id, change, now));
}

/**
 * One turn of the clock: all ticks that are due, through bars, matcher and listeners. A venue that
 * follows another has its turn with that one.
 */
export function turn(venue: Venue, now: number): void {
  const elapsed = now - venue.lastTurnAt;
  venue.lastTurnAt = now;
  if (venue.lead !== null) return;
  const isFrozen = sharersOf(venue).some(({ frozen }) => frozen);
  for (const market of venue.markets.values()) {
    if (isFrozen || elapsed > BEHIND_MAX_MS) market.source.delay(elapsed);
    const ticks = isFrozen ? [] : market.source.due(now, TICKS_PER_TURN_MAX);
    const isQuiet = isFrozen || market.source.ended;
    feed(venue, market.symbol, ticks, isQuiet ? null : now);
  }
}

/** Walks the market from where it is to `targetTicks`, in at most 200 prints. For tests. */
export function moveMarket(venue: Venue, market: Market, targetTicks: number, now: number): void {
  const { lastTick } = market;
  const target = Math.max(2, targetTicks);
  const distance = target - lastTick.priceTicks;
  const steps = Math.min(200, Math.abs(distance));
  const from = lastTick.priceTicks;
  const ticks = Array.from({ length: steps }, (_none, index) => {
    const priceTicks = from + Math.round((distance * (index + 1)) / steps);
    const taker = distance > 0 ? 'buy' : 'sell';
    const bidTicks = taker === 'buy' ? Math.max(1, priceTicks - 1) : priceTicks;
    const sizeLots = Math.max(1, lastTick.sizeLots);
    const askTicks = bidTicks + 1;
    const tick: MarketTick = { ...lastTick, priceTicks, taker, bidTicks, sizeLots, askTicks };
    return { at: now, tick };
  });
  market.source.moveTo(target);
  feed(venue, market.symbol, ticks, null);
}

/** All venues that share this one's markets, itself among them. */
export function sharersOf(venue: Venue): readonly Venue[] {
  const first = venue.lead ?? venue;
  return [first, ...first.followers];
}

/** Ticks into a market, at each venue that has it. `now`: minutes that have ended are closed. */
function feed(venue: Venue, symbol: string, ticks: readonly TimedTick[], now: number | null): void {
  for (const sharer of sharersOf(venue)) {
    const market = sharer.markets.get(symbol);
    if (market === undefined) continue;
    const change = { trades: new Array<PublicPrint>(), closedBars: new Array<MinuteBar>() };
    for (const { at, tick } of ticks) feedTick(sharer, market, at, tick, change);
    if (now !== null) change.closedBars.push(...closeUntil(market.klines, now));
    if (ticks.length === 0 && change.closedBars.length === 0) continue;
    // Stored first, told later.
    market.kept?.append(change.closedBars);
    for (const listener of sharer.listeners) listener.onMarket?.({ market, ...change });
  }
}

/** The venue forgets its open orders: nobody is told, and no listing shows them. */
export function forgetOrders(venue: Venue, now: number): void {
  const { account, journal } = venue;
  for (const id of [...account.open.keys()]) {
    const outcome = cancelOrder(account, id, now);
    if (outcome.ok) journal.append({ sequence: account.sequence, events: outcome.events });
  }
}

export function findOrder(
  venue: Venue,
  by: { readonly id?: string | undefined; readonly linkId?: string | undefined },
): VenueOrder | undefined {
  if (by.id !== undefined) return venue.account.open.get(by.id) ?? venue.history.get(by.id);
  const match = (order: VenueOrder): boolean => order.linkId === by.linkId;
  const open = [...venue.account.open.values()].find(match);
  return open ?? [...venue.history.values()].findLast(match);
}

function feedTick(
  venue: Venue,
  market: Market,
  at: number,
  tick: MarketTick,
  change: { trades: PublicPrint[]; closedBars: MinuteBar[] },
): void {
  const { trade, closedBars } = acceptTick(market, at, tick);
  if (trade !== null) change.trades.push(trade);
  change.closedBars.push(...closedBars);
  publish(venue, applyPrint(venue.account, market.instrument.id, market.print, at));
}

function commit(venue: Venue, outcome: Outcome): Outcome {
  if (outcome.ok) publish(venue, outcome.events);
  return outcome;
}

/** Stored first, told later: nothing that anyone has heard of can be forgotten. */
function publish(venue: Venue, events: readonly VenueEvent[]): void {
  if (events.length === 0) return;
  venue.journal.append({ sequence: venue.account.sequence, events });
  remember(venue, events);
  // The ack of a request leaves before the pushes that it causes, as a rule, on the real venue too.
  setImmediate(() => {
    for (const listener of venue.listeners) listener.onAccount?.(events);
  });
}

function remember(venue: Venue, events: readonly VenueEvent[]): void {
  for (const event of events) {
    if (event.kind === 'execution') venue.executions.push(event.execution);
    if (event.kind === 'order' && !isOpen(event.order.status)) {
      venue.history.set(event.order.id, event.order);
    }
  }
  if (venue.executions.length > HISTORY_MAX) venue.executions.shift();
  for (const id of venue.history.keys()) {
    if (venue.history.size <= HISTORY_MAX) break;
    venue.history.delete(id);
  }
}
