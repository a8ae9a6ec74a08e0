import { type Price, type Quantity, subtractQuantity, ZERO_QUANTITY } from '@ballast/domain';
import type { VenueOrder } from '@ballast/sim-core';
import type { Contract } from './contracts.ts';
import type { AskedOrder } from './place-order.ts';

export type OrderStatusWord = 'PreSubmitted' | 'Submitted' | 'Filled' | 'Cancelled' | 'Inactive';

/** How an order stands: what its messages say. */
export type OrderView = {
  readonly asked: AskedOrder;
  readonly status: OrderStatusWord;
  readonly filled: Quantity;
  /** Σ price × quantity of its fills, scale 18. */
  readonly cost: bigint;
  readonly lastFillPrice: Price | null;
  /** `trigger` for a stop that waits, `child` for an order that waits for its parent. */
  readonly whyHeld: string;
  /** Of its end. */
  readonly reason: string;
  readonly at: number;
};

export type OrderRecord = {
  /** Account-wide, given by the venue. */
  readonly permId: number;
  readonly clientId: number;
  readonly orderId: number;
  readonly contract: Contract;
  readonly parent: OrderRecord | null;
  /** False: it waits for an order of its family that is sent with `transmit`. */
  transmitted: boolean;
  /** Null until the matcher has it. */
  venueId: string | null;
  view: OrderView;
  /** Views before, oldest first, each from its time on. */
  readonly past: OrderView[];
};

const PAST_MAX = 32;

export function changeView(record: OrderRecord, change: Partial<OrderView>, at: number): void {
  record.past.push(record.view);
  if (record.past.length > PAST_MAX) record.past.shift();
  record.view = { ...record.view, ...change, at };
}

/** The order as it was `at` a time; undefined before it was there. */
export function viewAt(record: OrderRecord, at: number): OrderView | undefined {
  if (record.view.at <= at) return record.view;
  return record.past.findLast((view) => view.at <= at);
}

export function isWorking({ status }: OrderView): boolean {
  return status === 'PreSubmitted' || status === 'Submitted';
}

export function remainingOf({ asked, filled }: OrderView): Quantity {
  return subtractQuantity(asked.quantity, filled);
}

/**
 * The group whose first fill ends the rest (type 1), for the matcher, which lets none of them
 * trade in between; empty for an order that ends no other.
 */
export function groupOf({ view }: OrderRecord): string {
  return view.asked.ocaType === '1' ? view.asked.ocaGroup : '';
}

export function newView(asked: AskedOrder, at: number): OrderView {
  return {
    asked,
    status: 'PreSubmitted',
    filled: ZERO_QUANTITY,
    cost: 0n,
    lastFillPrice: null,
    whyHeld: '',
    reason: '',
    at,
  };
}

/** What the matcher's order says, in this venue's words. */
export function standingOf(order: VenueOrder): Partial<OrderView> {
  const { filled, cost } = order;
  switch (order.status) {
    case 'untriggered':
      return { status: 'PreSubmitted', whyHeld: 'trigger', filled, cost };
    case 'triggered':
    case 'new':
    case 'partiallyFilled':
      return { status: 'Submitted', whyHeld: '', filled, cost };
    case 'filled':
      return { status: 'Filled', whyHeld: '', filled, cost };
    case 'cancelled':
    case 'deactivated':
      return { status: 'Cancelled', whyHeld: '', filled, cost, reason: END_TEXT[order.endReason] };
    default:
      return order.status satisfies never;
  }
}

const END_TEXT: Record<VenueOrder['endReason'], string> = {
  '': '',
  byUser: '',
  byReduceOnly: '',
  byGroup: 'OCA group was executed',
  rejected: 'Rejected by the exchange',
  postOnlyWouldTake: '',
  noImmediateQuantity: 'The order could not be filled at once',
  noLiquidity: 'No market for the rest of the order',
  insufficientBalance: 'Available funds are not sufficient',
};
