import type { FaultNotice } from '@ballast/feeds';

type FeedFault = FaultNotice['code'];

/** Faults that say something of the data; the others are about the connection. */
const OF_THE_DATA: ReadonlySet<FeedFault> = new Set([
  'FEED_FRAME_MALFORMED',
  'FEED_FRAME_TOO_LARGE',
  'FEED_TOPIC_UNKNOWN',
  'FEED_SYMBOL_UNKNOWN',
  'FEED_PRICE_INVALID',
  'FEED_OFF_TICK',
  'FEED_QUANTITY_INVALID',
  'FEED_TIME_INVALID',
  'FEED_FIELD_INVALID',
  'FEED_DELTA_WITHOUT_SNAPSHOT',
  'FEED_SNAPSHOT_MISSING',
  'FEED_SEQUENCE_REPEATED',
  'FEED_BOOK_CROSSED',
  'FEED_BOOK_TOO_DEEP',
]);

export const isOfTheData = (code: FeedFault): boolean => OF_THE_DATA.has(code);
