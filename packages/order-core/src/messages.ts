import type {
  ApprovedOrder,
  ClientOrderId,
  Fill,
  InstrumentId,
  OrderReport,
} from '@ballast/domain';
import type { RuleVerdict } from './risk/assess.ts';
import type { OrderStatus } from './order.ts';
import type { TradeStatus } from './trade.ts';

/** What can happen to a trade. `at` is epoch ms by our clock, given by the caller. */
export type TradeInput =
  | { readonly type: 'closeRequested'; readonly at: number; readonly reason: string }
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
  | { readonly type: 'fill'; readonly at: number; readonly fill: Fill }
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
  | {
      readonly type: 'fillBooked';
      readonly clientOrderId: string;
      readonly executionId: string;
    }
  | { readonly type: 'closeStarted'; readonly reason: string }
  | { readonly type: 'statusChanged'; readonly from: TradeStatus; readonly to: TradeStatus }
  | { readonly type: 'protectionLost' | 'protectionRestored' }
  | { readonly type: 'incident'; readonly kind: IncidentKind; readonly detail: string };

export type IncidentKind =
  | 'UNPROTECTED'
  | 'OVERSHOT'
  | 'OVERFILLED'
  | 'FILL_WITHOUT_ORDER'
  | 'FILL_MISMATCH'
  | 'TARGET_REJECTED'
  | 'LEGS_EXHAUSTED';

/** Requests to the world, performed after the commit. */
export type TradeEffect =
  | { readonly type: 'submit'; readonly order: ApprovedOrder }
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
