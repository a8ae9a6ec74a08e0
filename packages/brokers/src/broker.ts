import type {
  RiskApproved,
  Fill,
  InstrumentId,
  OrderReport,
  VenueBalance,
  VenueCapabilities,
  VenuePosition,
} from '@ballast/domain';

/** Names one order at the venue; `venueOrderId` null when the venue has never confirmed it. */
export type OrderReference = {
  readonly clientOrderId: string;
  readonly venueOrderId: string | null;
  readonly instrument: InstrumentId;
};

export type BrokerStreamHandlers = {
  /** Authenticated and subscribed: what happened before this moment has to be asked for. */
  onLive(): void;
  onDown(reason: string): void;
  onReport(report: OrderReport): void;
  onFill(fill: Fill): void;
  /**
   * A message that could not be understood; kept, counted and logged by the caller, never thrown.
   * `raw`: what of it is at hand.
   */
  onBadMessage(code: string, detail: string, raw?: string): void;
};

/**
 * One account at one venue. Every method rejects with a BrokerError only; none retries a placement,
 * none queues while disconnected. Times are epoch ms.
 */
export interface Broker {
  readonly venue: string;
  readonly account: string;
  readonly capabilities: VenueCapabilities;
  /** Resolves when the venue has accepted the request, which is not an execution. */
  submit(order: RiskApproved): Promise<{ venueOrderId: string }>;
  /** Resolves when the venue has taken the request; the order's end comes as a report. */
  cancel(order: OrderReference): Promise<void>;
  /** Open and ended orders, newest state; null when the venue has no order of that id anywhere. */
  findOrder(order: OrderReference): Promise<OrderReport | null>;
  executionsOf(order: OrderReference): Promise<Fill[]>;
  openOrders(): Promise<OrderReport[]>;
  /** `since` epoch ms. */
  executionsSince(since: number): Promise<Fill[]>;
  positions(): Promise<VenuePosition[]>;
  balance(): Promise<VenueBalance>;
  openStream(handlers: BrokerStreamHandlers): { close(): void };
}
