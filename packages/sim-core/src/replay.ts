import { invariant, type Side } from '@ballast/domain';
import type { MarketTick } from './tick-path.ts';

/**
 * A recorded bar in ticks and lots. A file's bars are checked; `low` and `high` of a followed venue
 * may be inside open/close.
 */
export type RecordedBar = {
  readonly openTicks: number;
  readonly highTicks: number;
  readonly lowTicks: number;
  readonly closeTicks: number;
  readonly volumeLots: number;
};

/** A recorded public trade; `taker` null where the source does not know the side. */
export type RecordedTrade = {
  readonly priceTicks: number;
  readonly sizeLots: number;
  readonly taker: Side | null;
};

/** Points of a bar's path: enough that each leg has steps between its ends. */
export const BAR_POINTS = 12;
const DEPTH_TO_SIZE = 4;

/**
 * The path of a bar: open → the extreme nearer to the open (the low when both are as near) → the
 * other extreme → close. It touches each of the four prices exactly, stays between low and high,
 * and its sizes add up to the bar's volume; a point that gets no volume moves the quote only.
 * `previousTicks` is the price before the bar (the first point's taker side follows from it).
 */
export function barTicks(
  bar: RecordedBar,
  timing: { readonly startMs: number; readonly widthMs: number },
  previousTicks: number,
  depthLots: number,
): MarketTick[] {
  const { points, turns } = pathPoints(bar);
  const sizes = splitVolume(bar, points.length, turns);
  let before = previousTicks;
  let taker: Side = 'buy';
  return points.map((priceTicks, index) => {
    taker = sideOfMove(before, priceTicks, taker);
    before = priceTicks;
    const offsetMs = timing.startMs + Math.floor((timing.widthMs * index) / points.length);
    return quoted({ offsetMs, priceTicks, sizeLots: sizes[index] ?? 0, taker, depthLots });
  });
}

/** A recorded trade as it was; without a side, an up move counts as a buy (tick rule). */
export function tradeTick(
  trade: RecordedTrade,
  offsetMs: number,
  previous: { readonly priceTicks: number; readonly taker: Side },
  depthLots: number,
): MarketTick {
  const { priceTicks, sizeLots } = trade;
  const taker = trade.taker ?? sideOfMove(previous.priceTicks, priceTicks, previous.taker);
  return quoted({ offsetMs, priceTicks, sizeLots, taker, depthLots });
}

/** Size of the best displayed level for prints of this size. */
export function depthFor(meanSizeLots: number): number {
  return Math.max(1, Math.ceil(meanSizeLots * DEPTH_TO_SIZE));
}

function quoted(tick: Omit<MarketTick, 'bidTicks' | 'askTicks'>): MarketTick {
  const bidTicks = tick.taker === 'buy' ? Math.max(1, tick.priceTicks - 1) : tick.priceTicks;
  return { ...tick, bidTicks, askTicks: bidTicks + 1 };
}

function pathPoints(bar: RecordedBar): { points: number[]; turns: readonly number[] } {
  const high = Math.max(bar.highTicks, bar.openTicks, bar.closeTicks);
  const low = Math.min(bar.lowTicks, bar.openTicks, bar.closeTicks);
  const highFirst = high - bar.openTicks < bar.openTicks - low;
  const first = highFirst ? high : low;
  const second = highFirst ? low : high;
  const corners = [bar.openTicks, first, second, bar.closeTicks] as const;
  const lengths = [
    Math.abs(first - corners[0]),
    Math.abs(second - first),
    Math.abs(corners[3] - second),
  ] as const;
  const [one, two, three] = stepsOfLegs(lengths);
  const points = [
    corners[0],
    ...leg(corners[0], first, one),
    ...leg(first, second, two),
    ...leg(second, corners[3], three),
  ];
  invariant(points.length === BAR_POINTS, `a bar's path has ${points.length} points`);
  return { points, turns: [0, one, one + two, BAR_POINTS - 1] };
}

/** Each leg gets one step, the rest goes by length. */
function stepsOfLegs(lengths: readonly [number, number, number]): [number, number, number] {
  const spare = BAR_POINTS - 1 - 3;
  const total = lengths[0] + lengths[1] + lengths[2];
  if (total === 0) return [1, 1, BAR_POINTS - 3];
  const one = 1 + Math.floor((spare * lengths[0]) / total);
  const three = 1 + Math.floor((spare * lengths[2]) / total);
  return [one, BAR_POINTS - 1 - one - three, three];
}

/** `steps` points from after `from` up to `to` itself. */
function leg(from: number, to: number, steps: number): number[] {
  const stepAt = (index: number): number => Math.round(((to - from) * (index + 1)) / steps);
  return Array.from({ length: steps }, (_, index) => from + stepAt(index));
}

/** Whole lots per point. Scarce volume goes to open, extremes and close first. */
function splitVolume(bar: RecordedBar, count: number, turns: readonly number[]): number[] {
  const each = Math.floor(bar.volumeLots / count);
  const sizes = Array.from({ length: count }, () => each);
  const order = [...new Set([...turns, ...sizes.keys()])];
  const rest = bar.volumeLots - each * count;
  for (const index of order.slice(0, rest)) sizes[index] = each + 1;
  return sizes;
}

function sideOfMove(before: number, after: number, last: Side): Side {
  if (after > before) return 'buy';
  return after < before ? 'sell' : last;
}
