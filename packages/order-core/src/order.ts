import {
  addQuantity,
  type RiskApproved,
  invariant,
  type Quantity,
  subtractQuantity,
  type VenueOrderStatus,
} from '@ballast/domain';

type Ended = 'filled' | 'cancelled' | 'rejected' | 'expired';

/**
 * One order's life. Each arm has only what exists then.
 * `submitting`: the intent is stored and the request is, or is about to be, on its way.
 * `unknown`: it may or may not be at the venue; only the venue's word ends this.
 * `nextAskAt` of a working or ended order counts only while a fill that the venue has reported is
 * still to come.
 */
export type OrderPhase =
  | { readonly status: 'submitting'; readonly since: number }
  | {
      readonly status: 'unknown';
      readonly since: number;
      readonly asks: number;
      readonly nextAskAt: number;
      readonly venueOrderId: string | null;
    }
  | { readonly status: 'working'; readonly venueOrderId: string; readonly nextAskAt: number }
  | {
      readonly status: 'cancelling';
      /** When its end was asked for first. */
      readonly since: number;
      readonly venueOrderId: string;
      readonly nextAskAt: number;
      readonly asks: number;
    }
  | {
      readonly status: Ended;
      readonly venueOrderId: string | null;
      readonly endedAt: number;
      readonly reason: string;
      readonly nextAskAt: number;
    };

export type Order = {
  readonly request: RiskApproved;
  readonly createdAt: number;
  /** Sum of the booked fills: the only quantity that counts. */
  readonly filledQuantity: Quantity;
  /**
   * The highest cumulative quantity the venue has reported; above filledQuantity a fill is still
   * to come.
   */
  readonly reportedQuantityCum: Quantity;
  /**
   * What corrections have taken from the booked fills, or from such as were never seen here. It
   * does not rest again, and a report from before the correction, or of a venue that never lowers
   * its sum, still counts it.
   */
  readonly takenBackCum: Quantity;
  /** We asked for its end: an end that follows is no reason to wait before the next one. */
  readonly cancelAsked: boolean;
  /** The venue's own word for its state when we do not know it; null while we do. */
  readonly unrecognised: string | null;
  /**
   * A listing of open orders lacks it although it works, as far as we know: it is asked for until
   * the venue has said something about it. Null while nothing contradicts us.
   */
  readonly missing: {
    readonly since: number;
    readonly asks: number;
    readonly nextAskAt: number;
  } | null;
  /** Since when a reported quantity is not booked, and whether that was told as an incident. */
  readonly behind: {
    readonly since: number;
    readonly told: boolean;
    /** The reported quantity, and since when it is this one. */
    readonly cum: Quantity;
    readonly cumSince: number;
  } | null;
  readonly phase: OrderPhase;
};

export type OrderStatus = OrderPhase['status'];

/** May this order still trade, as far as we can know? */
export function isLive(order: Order): boolean {
  switch (order.phase.status) {
    case 'submitting':
    case 'unknown':
    case 'working':
    case 'cancelling':
      return true;
    case 'filled':
    case 'cancelled':
    case 'rejected':
    case 'expired':
      return false;
    default:
      return order.phase satisfies never;
  }
}

/** The venue uses a word that we do not know for an order that may still trade. */
export function isStrange(order: Order): boolean {
  return order.unrecognised !== null && isLive(order);
}

/** Over for good: ended at the venue and every quantity it reported is booked. */
export function isSettled(order: Order): boolean {
  return !isLive(order) && unbookedQuantity(order) === 0n;
}

/** Ended without having been filled whole, and not because we wanted it. */
export function endedBadly(order: Order): boolean {
  return !isLive(order) && order.phase.status !== 'filled' && !order.cancelAsked;
}

/** What the venue has reported as filled while the fill itself is still to come. */
export function unbookedQuantity(order: Order): Quantity {
  const unbooked = subtractQuantity(order.reportedQuantityCum, executedQuantity(order));
  return unbooked > 0n ? unbooked : (0n as Quantity);
}

/** What may still trade. */
export function leavesQuantity(order: Order): Quantity {
  const leaves = subtractQuantity(order.request.quantity, executedQuantity(order));
  return leaves > 0n ? leaves : (0n as Quantity);
}

/** What the venue has ever executed of it and told us, later taken back or not. */
function executedQuantity(order: Order): Quantity {
  return addQuantity(order.filledQuantity, order.takenBackCum);
}

export function venueOrderIdOf(order: Order): string | null {
  return order.phase.status === 'submitting' ? null : order.phase.venueOrderId;
}

/** Our status for each of the venue's words. A word that is missing here does not compile. */
const AFTER_REPORT: Record<Exclude<VenueOrderStatus, 'unrecognised'>, 'working' | Ended> = {
  working: 'working',
  partiallyFilled: 'working',
  filled: 'filled',
  cancelled: 'cancelled',
  rejected: 'rejected',
  expired: 'expired',
};

/**
 * The phase after the venue's report. An ended order never lives again: reports may come late and
 * out of order, and an end is final at every venue. A cancel that we asked for stays asked for
 * until the venue ends the order.
 */
export function phaseAfterReport(
  order: Order,
  report: { status: VenueOrderStatus; venueOrderId: string; reason: string },
  at: number,
): OrderPhase {
  const { phase } = order;
  if (!isLive(order) || report.status === 'unrecognised') return phase;
  const next = AFTER_REPORT[report.status];
  if (next !== 'working') {
    return {
      status: next,
      venueOrderId: report.venueOrderId,
      endedAt: at,
      reason: report.reason,
      nextAskAt: at,
    };
  }
  if (phase.status === 'cancelling') return phase;
  const nextAskAt = phase.status === 'working' ? phase.nextAskAt : at;
  return { status: 'working', venueOrderId: report.venueOrderId, nextAskAt };
}

/**
 * Books a quantity. More than was ordered breaks the venue's contract, but a fill is a fact: it is
 * booked all the same.
 */
export function withFill(order: Order, quantity: Quantity): Order {
  invariant(quantity > 0n, `fill of ${quantity} on ${order.request.clientOrderId}`);
  const filledQuantity = addQuantity(order.filledQuantity, quantity);
  return reportedAtLeast({ ...order, filledQuantity });
}

/** Moves what is booked by what a correction changes: down, or up again. */
export function withCorrection(order: Order, change: Quantity): Order {
  const filledQuantity = atLeastNone(addQuantity(order.filledQuantity, change));
  const takenBackCum = atLeastNone(subtractQuantity(order.takenBackCum, change));
  return reportedAtLeast({ ...order, filledQuantity, takenBackCum });
}

/** A booked quantity has been reported by that. */
function reportedAtLeast(order: Order): Order {
  const executed = executedQuantity(order);
  return executed > order.reportedQuantityCum ? { ...order, reportedQuantityCum: executed } : order;
}

function atLeastNone(quantity: Quantity): Quantity {
  return quantity > 0n ? quantity : (0n as Quantity);
}
