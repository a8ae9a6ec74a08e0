import { minQuantity, type Price, type Quantity, targetsOf, ZERO_QUANTITY } from '@ballast/domain';
import { wantedByHand } from './exits.ts';
import { leastExit } from './risk/least-exit.ts';
import { slotsOf } from './slots.ts';
import type { Trade } from './trade.ts';

/** What of a trade may be closed by hand. */
export type ScaleOutRoom = {
  /** Open, and not on its way out by an earlier command. */
  readonly held: Quantity;
  /** The same by slots, in the order in which they are left. */
  readonly parts: readonly Quantity[];
  /** The least that the venue takes as an exit of this trade; all of it may be less. */
  readonly least: Quantity;
  readonly minQuantity: Quantity;
};

export function scaleOutRoom(trade: Trade): ScaleOutRoom {
  const { instrument, capabilities, plan, stopLevel } = trade;
  let leaving = wantedByHand(trade);
  const parts: Quantity[] = [];
  for (const { quantity } of slotsOf(trade).toReversed()) {
    const gone = minQuantity(leaving, quantity);
    leaving = (leaving - gone) as Quantity;
    if (quantity > gone) parts.push((quantity - gone) as Quantity);
  }
  const levels = [stopLevel, ...targetsOf(plan).map(({ price }) => price)];
  const lowest = levels.reduce((a, b): Price => (a < b ? a : b));
  return {
    held: sum(parts),
    parts,
    least: leastExit(instrument, capabilities, lowest),
    minQuantity: instrument.minQuantity,
  };
}

/** Is so much there, and does the venue take an order to close it? */
export function isTakeable(room: ScaleOutRoom, asked: Quantity): boolean {
  const { held, least, minQuantity: smallest } = room;
  return asked === held ? asked >= smallest : asked >= least && asked < held;
}

/**
 * What closing so much by hand leaves of a slot, or of everything, that is too little for a stop of
 * its own: the one it has would be cancelled and could not be replaced. Null when nothing is.
 */
export function restTooSmall(room: ScaleOutRoom, asked: Quantity): Quantity | null {
  const { parts, held, least } = room;
  let wanted = asked;
  for (const part of parts) {
    const left = (part - minQuantity(wanted, part)) as Quantity;
    if (wanted > 0n && left > 0n && left < least) return left;
    wanted = (wanted - minQuantity(wanted, part)) as Quantity;
  }
  const rest = (held - asked) as Quantity;
  return rest > 0n && rest < least ? rest : null;
}

/** The quantities next to the one asked for, below and above it, that could be closed instead. */
export function nearestScaleOuts(room: ScaleOutRoom, asked: Quantity): Quantity[] {
  const fitting = boundsOf(room)
    .filter((bound) => isTakeable(room, bound) && restTooSmall(room, bound) === null)
    .toSorted((a, b) => (a < b ? -1 : 1));
  const below = fitting.findLast((bound) => bound < asked);
  const above = fitting.find((bound) => bound > asked);
  return [below, above].filter((bound) => bound !== undefined);
}

/** Where what may be closed begins or ends: a whole part, or just enough of it left. */
function boundsOf({ parts, least }: ScaleOutRoom): Quantity[] {
  const bounds = parts.flatMap((part, index) => {
    const before = sum(parts.slice(0, index));
    return [before + part - least, before + part] as Quantity[];
  });
  return [least, ...bounds];
}

function sum(parts: readonly Quantity[]): Quantity {
  return parts.reduce((total, part) => (total + part) as Quantity, ZERO_QUANTITY);
}
