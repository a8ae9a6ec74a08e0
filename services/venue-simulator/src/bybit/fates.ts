import type { RequestFate } from '@ballast/sim-core';
import { CODE, VenueRefusal } from './codes.ts';

/** How long the private stream is ahead of an answer that is to come after it. */
const PUSH_LEAD_MS = 50;
/** How far this venue's clock then is from the client's. */
const SKEW_MS = 60_000;

export function answerAfterMs(fate: RequestFate): number {
  return Math.max(fate.answerAfterMs, fate.pushFirst ? PUSH_LEAD_MS : 0);
}

/** A fault that is told in this venue's codes. A server error has none: it is an HTTP status. */
export function refusalFor(
  refusal: 'rateLimit' | 'clockSkew' | 'tokenExpired',
  now: number,
): VenueRefusal {
  switch (refusal) {
    case 'rateLimit':
      return new VenueRefusal(CODE.rateLimited, 'Too many visits. Exceeded the API Rate Limit.');
    case 'clockSkew': {
      const times = `req_timestamp[${now}],server_timestamp[${now + SKEW_MS}],recv_window[5000]`;
      const what = 'invalid request, please check your server timestamp or recv_window param.';
      return new VenueRefusal(CODE.timestamp, `${what} ${times}`);
    }
    case 'tokenExpired':
      return new VenueRefusal(CODE.expiredKey, 'Your api key has expired.');
    default:
      return refusal satisfies never;
  }
}
