import type {
  RiskApproved,
  ClientOrderId,
  Fill,
  InstrumentId,
  OrderReport,
  Price,
  Quantity,
  TradeId,
} from '@ballast/domain';
import type { OrderStatus } from './order.ts';
import type { RuleVerdict } from './risk/assess.ts';
import type { BookedFill, TradeStatus } from './trade.ts';

/** What can happen to a trade. `at` is epoch ms by our clock, given by the caller. */
export type TradeInput =
  | { readonly type: 'closeRequested'; readonly at: number; readonly reason: string }
  /** Nothing more is to be entered; the position stays. */
  | { readonly type: 'entryStopRequested'; readonly at: number; readonly reason: string }
  /** The stops belong at `level` from now on; judged by the caller. */
  | {
      readonly type: 'stopMoveRequested';
      readonly at: number;
      readonly level: Price | 'breakEven';
      readonly reason: string;
    }
  /** So much of the position is to be closed at market now. */
  | {
      readonly type: 'scaleOutRequested';
      readonly at: number;
      readonly quantity: Quantity;
      readonly reason: string;
    }
  /** The venue takes another most in one order of the instrument now. */
  | { readonly type: 'maxQuantityChanged'; readonly at: number; readonly maxQuantity: Quantity }
  /** A price that `heedsPrice` has asked for. */
  | { readonly type: 'marketPrice'; readonly at: number; readonly price: Price }
  | {
      readonly type: 'submitAccepted';
      readonly at: number;
      readonly clientOrderId: ClientOrderId;
      readonly venueOrderId: string;
    }
  /** The venue said no. */
  | {
      readonly type: 'submitRefused';
      readonly at: number;
      readonly clientOrderId: ClientOrderId;
      readonly reason: string;
    }
  /** It surely did not reach the venue (no connection, our own rate limit). */
  | {
      readonly type: 'submitNotSent';
      readonly at: number;
      readonly clientOrderId: ClientOrderId;
      readonly reason: string;
    }
  | {
      readonly type: 'submitUnclear';
      readonly at: number;
      readonly clientOrderId: ClientOrderId;
      readonly reason: string;
    }
  /** The cancel was refused or its answer was lost: the order itself has to be asked for. */
  | { readonly type: 'cancelUnclear'; readonly at: number; readonly clientOrderId: ClientOrderId }
  | { readonly type: 'report'; readonly at: number; readonly report: OrderReport }
  /** Neither among the open orders nor in the history, asked at `askedAt`. */
  | {
      readonly type: 'notFound';
      readonly at: number;
      readonly askedAt: number;
      readonly clientOrderId: ClientOrderId;
    }
  /** A listing of open orders does not have it; listings lag, so this only asks. */
  | { readonly type: 'missing'; readonly at: number; readonly clientOrderId: ClientOrderId }
  /** `bookedIn`: another trade that has booked this execution id already. */
  | {
      readonly type: 'fill';
      readonly at: number;
      readonly fill: Fill;
      readonly bookedIn?: TradeId;
    }
  /**
   * Ledger and venue are equal long after the order's sum was reported: no fill of it is missing,
   * whatever the sum says.
   */
  | {
      readonly type: 'nothingMissing';
      readonly at: number;
      readonly clientOrderId: ClientOrderId;
      /** What was reported by then; more than that is another matter. */
      readonly reportedQuantityCum: Quantity;
    }
  /** Fills by hand have reduced this trade, says the operator; judged by the caller. */
  | {
      readonly type: 'fillsAttributed';
      readonly at: number;
      readonly fills: readonly { readonly from: TradeId; readonly fill: BookedFill }[];
    }
  /** This process has just started: requests of the last one may or may not have left. */
  | { readonly type: 'restarted'; readonly at: number }
  | { readonly type: 'clock'; readonly at: number };

/** Facts to store. */
export type TradeEvent =
  | { readonly type: 'tradeOpened' | 'tradeDenied'; readonly verdicts: readonly RuleVerdict[] }
  | { readonly type: 'orderCreated'; readonly clientOrderId: ClientOrderId }
  | {
      readonly type: 'orderChanged';
      readonly clientOrderId: ClientOrderId;
      readonly from: OrderStatus;
      readonly to: OrderStatus;
      readonly reason: string;
    }
  /** Revised: a correction took the place of the execution's earlier revision. */
  | {
      readonly type: 'fillBooked' | 'fillRevised';
      readonly clientOrderId: string;
      readonly executionId: string;
      readonly revision: number;
    }
  /** Of this trade from here on, under its next revision, and no longer of the record `from`. */
  | {
      readonly type: 'fillAttributed';
      readonly clientOrderId: string;
      readonly executionId: string;
      readonly revision: number;
      readonly from: TradeId;
    }
  | { readonly type: 'closeStarted' | 'entryStopped'; readonly reason: string }
  | {
      readonly type: 'stopMoved';
      readonly from: Price;
      readonly to: Price;
      readonly reason: string;
    }
  | { readonly type: 'scaleOutAsked'; readonly quantity: Quantity; readonly reason: string }
  | { readonly type: 'maxQuantityFollowed'; readonly from: Quantity; readonly to: Quantity }
  | { readonly type: 'targetReached'; readonly slot: number; readonly price: Price }
  | { readonly type: 'targetGivenBack'; readonly slot: number }
  | { readonly type: 'statusChanged'; readonly from: TradeStatus; readonly to: TradeStatus }
  | { readonly type: 'protectionLost' | 'protectionRestored' }
  /** What was missing of this order has been booked after all, or never was executed. */
  | { readonly type: 'fillsFound'; readonly clientOrderId: ClientOrderId }
  /** The venue's word for this order is one that we know again, or the order has ended. */
  | { readonly type: 'stateRecognised'; readonly clientOrderId: ClientOrderId }
  | { readonly type: 'incident'; readonly kind: IncidentKind; readonly detail: string };

export type IncidentKind =
  | 'UNPROTECTED'
  | 'OVERSHOT'
  | 'OVERFILLED'
  | 'FILL_WITHOUT_ORDER'
  | 'FILL_MISMATCH'
  | 'FILL_MISSING'
  | 'TARGET_REJECTED'
  | 'LEGS_EXHAUSTED'
  | 'STATE_UNRECOGNISED';

/** Requests to the world, performed after the commit. */
export type TradeEffect =
  | { readonly type: 'submit'; readonly order: RiskApproved }
  | {
      readonly type: 'cancel';
      readonly clientOrderId: ClientOrderId;
      readonly venueOrderId: string;
      readonly instrument: InstrumentId;
    }
  /** Ask the venue for this order: state and executions. */
  | {
      readonly type: 'query';
      readonly clientOrderId: ClientOrderId;
      readonly instrument: InstrumentId;
    };
