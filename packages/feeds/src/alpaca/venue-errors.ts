import type { FeedFault } from '../faults.ts';

/**
 * What an error of the stream means: `request` refuses what was asked last, `connection` ends the
 * connection and the next try comes late. Source: the venue's documentation of its real-time data,
 * "Errors".
 */
export type VenueError = {
  readonly code: FeedFault;
  readonly of: 'request' | 'connection';
  readonly isPassing?: boolean;
};

const ERRORS: Readonly<Record<number, VenueError>> = {
  400: { code: 'FEED_SUBSCRIBE_REFUSED', of: 'request' },
  401: { code: 'FEED_LOGIN_REFUSED', of: 'connection' },
  402: { code: 'FEED_LOGIN_REFUSED', of: 'connection' },
  // Logged in already: nothing is lost.
  403: { code: 'FEED_SOURCE_ERROR', of: 'request' },
  404: { code: 'FEED_LOGIN_REFUSED', of: 'connection' },
  405: { code: 'FEED_SYMBOL_LIMIT', of: 'request' },
  // The connection of a process that has just ended may still count.
  406: { code: 'FEED_CONNECTION_LIMIT', of: 'connection', isPassing: true },
  407: { code: 'FEED_CLIENT_SLOW', of: 'connection' },
  408: { code: 'FEED_NOT_ENTITLED', of: 'connection' },
  409: { code: 'FEED_NOT_ENTITLED', of: 'connection' },
  410: { code: 'FEED_SUBSCRIBE_REFUSED', of: 'request' },
  500: { code: 'FEED_SOURCE_ERROR', of: 'connection' },
};
const UNKNOWN: VenueError = { code: 'FEED_SOURCE_ERROR', of: 'connection' };

export function venueErrorOf(code: unknown): VenueError {
  return (typeof code === 'number' ? ERRORS[code] : undefined) ?? UNKNOWN;
}
