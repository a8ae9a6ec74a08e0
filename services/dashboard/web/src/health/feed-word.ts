import type { AccountView } from '@ballast/dashboard-server/api';
import { FEED_STATE_LATE_MS } from '@ballast/domain';
import { formatAge } from '../format/time.ts';

type Feed = Pick<NonNullable<AccountView['feed']>, 'at' | 'state'>;

/**
 * What may be said of the feed, at `now` by the server's clock: market-data repeats its word each
 * second, and once it does not, its last one ("live") holds no more.
 */
export function feedWord({ at, state }: Feed, now: number): { text: string; isOld: boolean } {
  const ageMs = now - at;
  if (ageMs <= FEED_STATE_LATE_MS) return { text: state, isOld: false };
  return { text: `silent ${formatAge(ageMs)}`, isOld: true };
}
