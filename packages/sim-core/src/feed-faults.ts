import { CLEAN_PUSH, type PushFate } from './faults.ts';

/**
 * Every fault that a simulated venue can have on its public feeds, by name. They are ordered,
 * seeded and counted as those of the private side (faults.ts) are.
 */
export const FEED_FAULT_NAMES = [
  'silentFeed',
  'halfOpenFeed',
  'midBatchFeedDisconnect',
  'duplicateTrade',
  'reorderedTrades',
  'droppedTrade',
  'lateTrade',
  'correctedTrade',
  'futureTrade',
  'malformedFrame',
  'droppedBookDelta',
  'bookReset',
] as const;
export type FeedFaultName = (typeof FEED_FAULT_NAMES)[number];

export type FeedKind = 'trade' | 'book';

/** How a frame is broken: cut off in its middle, a field of another type, or no frame at all. */
export const MALFORMATIONS = ['truncated', 'wrongType', 'garbage'] as const;
export type Malformation = (typeof MALFORMATIONS)[number];

/** What becomes of one public trade, or of one change of the book. */
export type FeedFate = Omit<PushFate, 'corrected'> & {
  /** A correction of this trade follows after `delayMs`: another price, or it never was. */
  readonly corrected: null | 'price' | 'cancel';
  /** How far its time is ahead of the venue's clock. */
  readonly aheadMs: number;
  readonly malformed: null | Malformation;
  /** The book is told as after a restart of the venue: a snapshot with update id 1. */
  readonly reset: boolean;
};

const { corrected: _none, ...CLEAN_DELIVERY } = CLEAN_PUSH;
export const CLEAN_FEED: FeedFate = {
  ...CLEAN_DELIVERY,
  corrected: null,
  aheadMs: 0,
  malformed: null,
  reset: false,
};

/** Asked by a front end at each place where a public feed can go wrong. */
export type FeedFaultPort = {
  feed(kind: FeedKind): FeedFate;
  /** As FaultPort's `socket`, of the connections that carry public data. */
  feedSocket(): 'open' | 'silent' | 'halfOpen';
};

export const NO_FEED_FAULTS: FeedFaultPort = {
  feed: () => CLEAN_FEED,
  feedSocket: () => 'open',
};
