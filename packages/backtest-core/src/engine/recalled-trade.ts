import { toNumber } from '@ballast/domain';
import type { Position } from '@ballast/order-core';
import { askTicks, bidTicks, type Costs, lastTicks } from './costs.ts';
import type { Shape } from './course-memory.ts';
import type { Course, Deal, Happening, Moment, Turn } from './course.ts';
import type { EndedTrade } from './ended-trade.ts';
import type { Opening } from './opening.ts';
import type { SizedTicks } from './sized-ticks.ts';
import { floatOf, isExact, quantityOf } from './terms.ts';
import type { Track } from './track.ts';
import type { BacktestVenue } from './venue.ts';

/** A trade under way whose course is remembered: entered whole, stop and target at the venue. */
export type RecalledTrade = {
  readonly shape: Shape;
  readonly opening: Opening;
  readonly planned: SizedTicks;
  readonly sent: Moment;
  readonly entry: number;
  /** In units of one lot at one tick. */
  readonly cost: number;
  feesCum: bigint;
  leave: Course['leave'];
  /** What was met first in this trade was learned from the order core, which sees it whole. */
  taught: boolean;
};

/** Prices are held as integers of the tick, values as integers of one lot at one tick. */
const isWhole = (lots: number, ticks: number, { terms }: Track): boolean =>
  isExact(lots, terms.ofLot) && isExact(ticks, terms.ofTick) && isExact(lots * ticks, terms.ofUnit);

/**
 * Whether nothing but the plan decides on the entry at this open: the venue would take it, fill all
 * of it at once, and take stop and target after it.
 * @param available what the account may still bind; a bound from below
 */
export function isPlain(
  { lots, stop, target }: SizedTicks,
  isLong: boolean,
  {
    track,
    price,
    costs,
    available,
  }: {
    readonly track: Track;
    readonly price: number;
    readonly costs: Costs;
    readonly available: number;
  },
): boolean {
  const { terms } = track;
  const last = lastTicks(price, terms);
  const [bid, ask] = [bidTicks(price, terms, costs), askTicks(price, terms, costs)];
  const rests = isLong ? stop < last && target > bid : stop > last && target < ask;
  const highest = Math.max(ask, target, stop);
  if (!rests || terms.unit === 0n || !isWhole(lots, highest, track)) return false;
  if (lots < terms.minLots || lots > terms.maxLots || bid < 1) return false;
  const value = floatOf(lots * last, terms.ofUnit);
  if (value < terms.minNotional * SURELY_MORE) return false;
  // The venue wants a tenth of it and the fee.
  return value * (0.1 + Number(costs.takerFee) / 1e18) * SURELY_MORE < available;
}

/** More than all rounding of floats together, less than anybody would notice. */
const SURELY_MORE = 1 + 1e-9;

/** Entered at this open, as remembered. The account has paid the fee. */
export function enterRecalled(
  { shape, opening, planned, sent }: Pick<RecalledTrade, 'shape' | 'opening' | 'planned' | 'sent'>,
  { deal }: Extract<Turn, { kind: 'entered' }>,
  {
    track,
    venue,
    taught,
  }: {
    readonly track: Track;
    readonly venue: BacktestVenue;
    readonly taught: boolean;
  },
): RecalledTrade {
  const { terms } = track;
  const entry = ticksOf(deal, sent.price, planned, { track, costs: venue.costs });
  const cost = entry * planned.lots;
  const fee = venue.feeOf(BigInt(cost) * terms.unit, deal.liquidity);
  venue.book(-fee);
  const isLong = opening.direction === 'long';
  const [quantity, value] = [floatOf(planned.lots, terms.ofLot), floatOf(cost, terms.ofUnit)];
  const [stop, target] = [
    floatOf(planned.stop, terms.ofTick),
    floatOf(planned.target, terms.ofTick),
  ];
  track.quantity = isLong ? quantity : -quantity;
  track.cost = isLong ? value : -value;
  track.below = isLong ? stop : target;
  track.above = isLong ? target : stop;
  // A tick away from them no rounding makes them met.
  track.calmFrom = track.below + terms.tick;
  track.calmTo = track.above - terms.tick;
  return { shape, opening, planned, sent, entry, cost, feesCum: fee, leave: null, taught };
}

/** What of the trade's orders the market reaches at this price. */
export function reachedAt(
  { planned: { stop, target }, opening: { direction } }: RecalledTrade,
  price: number,
  { terms }: Track,
): 'stop' | 'target' | null {
  const last = lastTicks(price, terms);
  if (direction === 'long') return last <= stop ? 'stop' : last >= target ? 'target' : null;
  return last >= stop ? 'stop' : last <= target ? 'target' : null;
}

/** The happening in the words of the memory. */
export function happeningOf(
  { leave }: RecalledTrade,
  what: 'stop' | 'target' | 'last' | 'open',
): Happening | null {
  if (leave !== null) return `leaving ${what}`;
  return what === 'open' ? null : what;
}

/** Left whole, as remembered; the account has what it made. @returns realised, after fees, exact */
export function leaveRecalled(
  trade: RecalledTrade,
  { deal }: Extract<Turn, { kind: 'ended' }>,
  {
    track,
    venue,
    price,
  }: {
    readonly track: Track;
    readonly venue: BacktestVenue;
    readonly price: number;
  },
): { readonly realised: bigint; readonly ticks: number } {
  const { planned, opening, cost } = trade;
  const { unit } = track.terms;
  const ticks = ticksOf(deal, price, planned, { track, costs: venue.costs });
  // A short may be left at any price above its stop, where the product is no exact float any more.
  const value = BigInt(ticks) * BigInt(planned.lots);
  const made = opening.direction === 'long' ? value - BigInt(cost) : BigInt(cost) - value;
  const fee = venue.feeOf(value * unit, deal.liquidity);
  const gained = made * unit;
  venue.book(gained - fee);
  trade.feesCum += fee;
  return { realised: gained - trade.feesCum, ticks };
}

/** The trade as it ended. */
export function endedRecalled(
  { opening, planned, entry, sent, feesCum, leave }: RecalledTrade,
  { exit, reason }: Extract<Turn, { kind: 'ended' }>,
  {
    track,
    realised,
    ticks,
    leftAt,
    funding,
  }: {
    readonly track: Track;
    readonly realised: bigint;
    readonly ticks: number;
    readonly leftAt: number;
    readonly funding: number;
  },
): EndedTrade {
  const { id, at: decidedAt, direction, instrument, strategy } = opening;
  const { ofTick, ofLot } = track.terms;
  return {
    id,
    instrument: instrument.id,
    direction,
    strategy,
    decidedAt,
    enteredAt: sent.at,
    leftAt,
    quantity: floatOf(planned.lots, ofLot),
    entryPrice: floatOf(entry, ofTick),
    exitPrice: floatOf(ticks, ofTick),
    stop: floatOf(planned.stop, ofTick),
    realised: toNumber(realised) - funding,
    funding,
    fees: toNumber(feesCum),
    exit,
    reason: reason ?? leave?.reason ?? exit,
  };
}

/** The position as the pre-trade rules look at it. */
export function positionOf(
  { planned, cost, opening: { direction } }: RecalledTrade,
  { terms }: Track,
): Pick<Position, 'quantity' | 'cost'> {
  const sign = direction === 'long' ? 1 : -1;
  return {
    quantity: quantityOf(sign * planned.lots, terms),
    cost: BigInt(sign * cost) * terms.unit,
  };
}

function ticksOf(
  { from }: Deal,
  price: number,
  { stop, target }: SizedTicks,
  { track: { terms }, costs }: { readonly track: Track; readonly costs: Costs },
): number {
  switch (from) {
    case 'bid':
      return bidTicks(price, terms, costs);
    case 'ask':
      return askTicks(price, terms, costs);
    case 'stop':
      return stop;
    case 'target':
      return target;
    default:
      return from satisfies never;
  }
}
