import type { MarketEvent } from '@ballast/domain';
import type { FaultCounts } from './faults.ts';

/**
 * `stale`: the socket is open and says nothing; it is being replaced. `down`: no socket, next try
 * is due.
 */
export type FeedState = 'connecting' | 'live' | 'stale' | 'down';

export type FeedHandlers = {
  /**
   * What one frame brought, in the venue's order. Trades may repeat after a reconnect. A `bar` is
   * the venue's own closed bar (source 'venue').
   */
  onEvents(events: MarketEvent[]): void;
  /** `reason` is a stable code or the venue's words. After each `live` a gap may lie behind. */
  onState(state: FeedState, reason: string): void;
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
  readonly counts: FeedCounts;
  /**
   * Stops and starts taking data off the connection, for a consumer that cannot follow: what comes
   * meanwhile waits in the network. A pause longer than the feed's data age ends
   * in a new connection.
   */
  setPaused(paused: boolean): void;
  stop(): Promise<void>;
};
