import { type FeedFate, type FeedFaultName, MALFORMATIONS } from '@ballast/sim-core';
import type { Meaning } from './fault-meanings.ts';

const malformed = (variant: string): FeedFate['malformed'] =>
  MALFORMATIONS.find((known) => known === variant) ?? 'truncated';

/** What the names of faults of public feeds do. */
export const FEED_MEANINGS: Readonly<Record<FeedFaultName, Meaning>> = {
  silentFeed: { place: 'feedSocket', state: 'silent', msDefault: 5_000 },
  halfOpenFeed: { place: 'feedSocket', state: 'halfOpen', msDefault: 5_000 },
  midBatchFeedDisconnect: {
    place: 'feed',
    kinds: ['trade'],
    fate: () => ({ thenBreak: true }),
    msDefault: 0,
  },
  duplicateTrade: {
    place: 'feed',
    kinds: ['trade'],
    fate: () => ({ copies: 2 }),
    msDefault: 0,
  },
  reorderedTrades: {
    place: 'feed',
    kinds: ['trade'],
    fate: () => ({ afterNext: true }),
    msDefault: 0,
  },
  droppedTrade: {
    place: 'feed',
    kinds: ['trade'],
    fate: () => ({ copies: 0 }),
    msDefault: 0,
  },
  /** `ms`: how late. */
  lateTrade: {
    place: 'feed',
    kinds: ['trade'],
    fate: (delayMs) => ({ delayMs }),
    msDefault: 1_000,
  },
  /** `ms`: how long after the trade it is corrected. */
  correctedTrade: {
    place: 'feed',
    kinds: ['trade'],
    variants: ['price', 'cancel'],
    fate: (delayMs, variant) => ({
      delayMs,
      corrected: variant === 'cancel' ? 'cancel' : 'price',
    }),
    msDefault: 0,
  },
  /** `ms`: how far ahead. */
  futureTrade: {
    place: 'feed',
    kinds: ['trade'],
    fate: (aheadMs) => ({ aheadMs }),
    msDefault: 3_600_000,
  },
  malformedFrame: {
    place: 'feed',
    kinds: ['trade'],
    variants: MALFORMATIONS,
    fate: (_ms, variant) => ({ malformed: malformed(variant) }),
    msDefault: 0,
  },
  droppedBookDelta: {
    place: 'feed',
    kinds: ['book'],
    fate: () => ({ copies: 0 }),
    msDefault: 0,
  },
  bookReset: {
    place: 'feed',
    kinds: ['book'],
    fate: () => ({ reset: true }),
    msDefault: 0,
  },
};
