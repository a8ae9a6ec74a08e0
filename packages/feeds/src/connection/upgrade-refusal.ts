import type { FeedFault } from '../faults.ts';

/** What the source said to the upgrade of the connection, where it is a word about us. */
export function refusalOf(message: string): FeedFault | null {
  const status = /^Unexpected server response: (\d{3})$/.exec(message)?.[1];
  if (status === '401') return 'FEED_LOGIN_REFUSED';
  if (status === '403') return 'FEED_ACCESS_REFUSED';
  return status === '429' ? 'FEED_RATE_LIMITED' : null;
}
