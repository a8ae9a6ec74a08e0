import { toNumber } from '@ballast/domain';
import { flat, type HeldTrade, type Trade } from '@ballast/order-core';
import { askTicks, bidTicks, type Costs, lastTicks } from './costs.ts';
import type { Opening } from './opening.ts';
import { positionOf, type RecalledTrade } from './recalled-trade.ts';
import { Standing } from './standing.ts';
import type { Track } from './track.ts';

/** A trade that is under way, or whose entry waits for the next open. */
export type Held = {
  readonly track: Track;
  readonly opening: Opening;
  /** Stepped by the order core; null before its entry is sent, and while it is recalled. */
  trade: Trade | null;
  recalled: RecalledTrade | null;
  enteredAt: number | null;
  leftAt: number | null;
  /** Paid, or below 0 received. */
  funding: number;
  /** Anything else than a recalled long, or one on its way. */
  isOdd: boolean;
};

/** As the pre-trade rules look at it. */
export function shownOf({ track, opening, trade, recalled }: Held): HeldTrade {
  if (trade !== null) return trade;
  const { instrument } = track;
  const position = flat(instrument.quoteCurrency);
  const of = { id: opening.id, plan: opening.plan, createdAt: opening.at, instrument, orders: {} };
  return recalled === null
    ? { ...of, status: 'entering', position }
    : { ...of, status: 'open', position: { ...position, ...positionOf(recalled, track) } };
}

/** At the price shown last; what is on its way at the price that its entry would get. */
export function notionalOf({ track, opening }: Held, costs: Costs): number {
  const { quantity, shown, terms } = track;
  if (quantity !== 0) return Math.abs(quantity) * lastTicks(shown, terms) * terms.tick;
  const { ticks, direction } = opening;
  const coming = ticks === null ? toNumber(opening.plan.quantity) : ticks.lots * terms.lot;
  const ticksOf = direction === 'long' ? askTicks : bidTicks;
  return coming * ticksOf(shown, terms, costs) * terms.tick;
}

export function standingOf(all: readonly Held[], cash: number, costs: Costs): Standing {
  let equity = cash;
  for (const { track } of all) {
    const { quantity, cost, terms, shown } = track;
    if (quantity !== 0) equity += quantity * lastTicks(shown, terms) * terms.tick - cost;
  }
  const standing = new Standing(equity);
  for (const held of all) standing.add(notionalOf(held, costs), held.track.instrument.sector);
  return standing;
}

/** What recalled trades have gained at the prices shown last, exact. */
export function gainedBy(all: readonly Held[]): bigint {
  let gained = 0n;
  for (const { track, recalled } of all) {
    if (recalled === null) continue;
    const worth = recalled.planned.lots * lastTicks(track.shown, track.terms) - recalled.cost;
    const made = recalled.opening.direction === 'long' ? worth : -worth;
    gained += BigInt(made) * track.terms.unit;
  }
  return gained;
}
