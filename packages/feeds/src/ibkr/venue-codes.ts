import type { FeedFault } from '../faults.ts';
import type { LinkEnd } from './link.ts';

/** Ends of a connection that do not heal by trying again soon. */
export const REFUSALS: Partial<Record<LinkEnd, FeedFault>> = {
  CLIENT_ID_IN_USE: 'FEED_CONNECTION_LIMIT',
  UNSUPPORTED_VERSION: 'FEED_LOGIN_REFUSED',
};

/**
 * What a code about one request means for its route: `fallBack` to the line of quotes, since no
 * more tick-by-tick data is to be had; `route` refuses this one; `connection` ends the connection.
 * Source: https://interactivebrokers.github.io/tws-api/message_codes.html
 */
export type CodeMeaning = {
  readonly fault: FeedFault;
  readonly of: 'route' | 'fallBack' | 'connection' | 'nothing';
};

const LINES_FULL: CodeMeaning = { fault: 'FEED_SYMBOL_LIMIT', of: 'route' };
const NO_TICKS: CodeMeaning = { fault: 'FEED_SYMBOL_LIMIT', of: 'fallBack' };
const NOT_ENTITLED: CodeMeaning = { fault: 'FEED_NOT_ENTITLED', of: 'route' };
const UNKNOWN_CONTRACT: CodeMeaning = { fault: 'FEED_SYMBOL_UNKNOWN', of: 'route' };
const WARNING: CodeMeaning = { fault: 'FEED_SOURCE_ERROR', of: 'nothing' };

const MEANINGS: ReadonlyMap<number, CodeMeaning> = new Map([
  [100, { fault: 'FEED_RATE_LIMITED', of: 'connection' }],
  [101, LINES_FULL],
  [10_190, NO_TICKS],
  [10_189, { fault: 'FEED_NOT_ENTITLED', of: 'fallBack' }],
  [200, UNKNOWN_CONTRACT],
  [321, { fault: 'FEED_SUBSCRIBE_REFUSED', of: 'route' }],
  [354, NOT_ENTITLED],
  [420, NOT_ENTITLED],
  [10_089, NOT_ENTITLED],
  [10_090, NOT_ENTITLED],
  [10_091, NOT_ENTITLED],
  [10_168, NOT_ENTITLED],
  [10_186, NOT_ENTITLED],
  // Another session of the same user has the data: none comes here until it ends.
  [10_197, { fault: 'FEED_SESSION_TAKEN', of: 'connection' }],
]);

export function meaningOf(code: number, text: string): CodeMeaning {
  if (code === 322) {
    return /max|limit/i.test(text) ? LINES_FULL : { fault: 'FEED_SUBSCRIBE_REFUSED', of: 'route' };
  }
  return MEANINGS.get(code) ?? WARNING;
}

/**
 * What TWS says of itself: `away`, its own connection or a farm of prices is gone; `back`, with
 * its subscriptions kept; `lost`, back without them; `notice`, nothing that matters here.
 */
export function systemMeaningOf(code: number): 'away' | 'back' | 'lost' | 'notice' | 'unknown' {
  if (code === 1100 || code === 2103 || code === 2110) return 'away';
  if (code === 1102 || code === 2104 || code === 2108) return 'back';
  if (code === 1101) return 'lost';
  const isFarm = code >= 2100 && code <= 2109;
  return isFarm || code === 2119 || code === 2158 ? 'notice' : 'unknown';
}
