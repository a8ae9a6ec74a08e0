import type {
  DataSource,
  Instrument,
  InstrumentId,
  MarketEvent,
  PublicTrade,
} from '@ballast/domain';
import type { FaultCounts, FaultNotice } from './faults.ts';

/**
 * `stale`: the connection is open and says nothing; it is being replaced. `down`: no connection,
 * next try is due.
 */
export type FeedState = 'connecting' | 'live' | 'stale' | 'down';

/** An instrument and the name that one source has for it. */
export type Route = { readonly instrument: Instrument; readonly symbol: string };

/** The source has taken back a trade that it told before; `trade` is what stands instead. */
export type TradeCorrection = {
  readonly kind: 'correction';
  readonly instrument: InstrumentId;
  readonly source: DataSource;
  /** Of the trade that no longer stands; the new one may have an id of its own. */
  readonly venueTradeId: string;
  /** Null: cancelled. */
  readonly trade: PublicTrade | null;
  readonly eventTime: number;
  readonly receivedTime: number;
};

/** Price and quantity, decimal text. */
export type BookLevel = readonly [price: string, quantity: string];

/** The whole book as far as it is followed, best first; never crossed. */
export type BookUpdate = {
  readonly kind: 'book';
  readonly instrument: InstrumentId;
  readonly source: DataSource;
  readonly bids: readonly BookLevel[];
  readonly asks: readonly BookLevel[];
  /** The venue's own number: one more with each change, anew from any number with a snapshot. */
  readonly sequence: number;
  readonly eventTime: number;
  readonly receivedTime: number;
};

/** A price without a trade behind it: it says where the market is and belongs into no bar. */
export type PriceUpdate = {
  readonly kind: 'price';
  readonly instrument: InstrumentId;
  readonly source: DataSource;
  readonly price: string;
  readonly eventTime: number;
  readonly receivedTime: number;
};

/**
 * The source's own numbering, or its word, shows that something of `channel` is lost. What a break
 * of the connection lost is not told here: each `live` says that.
 */
export type GapNotice = {
  readonly kind: 'gap';
  readonly instrument: InstrumentId;
  readonly source: DataSource;
  readonly channel: 'trades' | 'quotes' | 'book' | 'bars';
  /** Venue's time (epoch ms) of the last one before and the first one after; null: not known. */
  readonly from: number | null;
  readonly to: number | null;
  readonly receivedTime: number;
};

/**
 * Before the first trade of an instrument whose trades the source begins to tell while it is `live`
 * already: of the minute that it comes in, and of those before, trades were not told.
 */
export type TradesBegin = {
  readonly kind: 'begin';
  readonly instrument: InstrumentId;
  readonly source: DataSource;
  readonly receivedTime: number;
};

export type FeedEvent =
  | MarketEvent
  | TradeCorrection
  | BookUpdate
  | PriceUpdate
  | GapNotice
  | TradesBegin;

/** Whether the event is one of those that travel on the market stream as they are. */
export function isMarketEvent(event: FeedEvent): event is MarketEvent {
  return event.kind === 'trade' || event.kind === 'quote' || event.kind === 'bar';
}

export type FeedHandlers = {
  /**
   * What one frame brought, in the venue's order. Trades may repeat after a reconnect; times are
   * told as they came, also from the future. A `bar` is the source's own closed bar (builtFrom
   * 'venue').
   */
  onEvents(events: FeedEvent[]): void;
  /**
   * `reason` is a stable code or the venue's words. After each `live` a gap may lie behind. `live`
   * comes with data, or, while no session of any route is open, with the connection.
   */
  onState(state: FeedState, reason: string): void;
  /** What is counted as a fault, one by one. It must be quick and not throw. */
  onFault?(fault: FaultNotice): void;
};

export type FeedCounts = {
  frames: number;
  events: number;
  connects: number;
  /** Faulty input by reason code. */
  readonly faults: FaultCounts;
};

/** A running source of market data: it reconnects for ever, until stopped. */
export type Feed = {
  readonly source: DataSource;
  readonly counts: FeedCounts;
  /**
   * What is wanted from now on; asked for and given up on the running connection where the venue
   * lets one. Nothing changes when it throws.
   * @throws FeedError FEED_ROUTE_REPEATED, FEED_ROUTES_TOO_MANY
   */
  setRoutes(routes: readonly Route[]): void;
  /**
   * Stops and starts taking data off the connection, for a consumer that cannot follow: what comes
   * meanwhile waits in the network. A pause longer than the feed's data age ends
   * in a new connection.
   */
  setPaused(paused: boolean): void;
  stop(): Promise<void>;
};
