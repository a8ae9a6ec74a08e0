import type { Feed } from '@ballast/feeds';

type FeedFault = keyof Feed['counts']['faults'];

/** Faults that say something of the data; the others are about the connection. */
const OF_THE_DATA: readonly FeedFault[] = [
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
];

/** What of a feed is looked at here. */
export type CountingFeed = Pick<Feed, 'source' | 'counts'>;

/** How many faults of each kind have come since the last look at a feed; all at the first one. */
export function createFaultReader() {
  const looks = new WeakMap<CountingFeed, Map<FeedFault, number>>();

  return (feed: CountingFeed): { code: FeedFault; count: number }[] => {
    const known = looks.get(feed) ?? new Map<FeedFault, number>();
    looks.set(feed, known);
    const { faults } = feed.counts;
    return OF_THE_DATA.flatMap((code) => {
      const total = faults[code] ?? 0;
      const count = total - (known.get(code) ?? 0);
      known.set(code, total);
      return count > 0 ? [{ code, count }] : [];
    });
  };
}
