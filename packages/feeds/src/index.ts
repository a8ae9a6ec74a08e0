export { type BybitFeedOptions, openBybitFeed } from './bybit/public-feed.ts';
export { type BybitRest, fetchBars, fetchInstruments } from './bybit/public-rest.ts';
export { FEED_FAULTS, FeedError, type FaultCounts, type FeedFault } from './faults.ts';
export type { Feed, FeedCounts, FeedHandlers, FeedState } from './feed.ts';
