export { openBybitFeed } from './bybit/public-feed.ts';
export { fetchBars, fetchInstruments } from './bybit/public-rest.ts';
export type { Feed, FeedHandlers, FeedState } from './feed.ts';
