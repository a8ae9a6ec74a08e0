import { createHash } from 'node:crypto';
import { TIMEFRAME_MS, type MicrostructureSource } from '@ballast/domain';
import type { PolledKind } from '@ballast/feeds';

/**
 * ByBit says of which moment a point is, and not when it could be read: it guarantees nothing. Five
 * minutes after that moment is what we assume of points that were not received as they came; seen
 * were seconds for settled rates and up to a minute for the others.
 */
const ASSUMED_PUBLISHED_AFTER_MS = 5 * TIMEFRAME_MS['1m'];

/** The newest point is looked for no earlier than this after the time that it bears. */
const FIRST_LOOK_AFTER_MS = TIMEFRAME_MS['1m'];
const EVERY_MS: Readonly<Record<PolledKind, number>> = {
  'open-interest': TIMEFRAME_MS['5m'],
  'long-account-share': TIMEFRAME_MS['5m'],
  'funding-rate': TIMEFRAME_MS['1h'],
};
/** Rates settle on the hour and are wanted soon after. */
const SPREAD_MS: Readonly<Record<PolledKind, number>> = {
  'open-interest': TIMEFRAME_MS['5m'],
  'long-account-share': TIMEFRAME_MS['5m'],
  'funding-rate': TIMEFRAME_MS['15m'],
};

/**
 * When a series is looked at next, after `now`: each at a moment of its own within the period, the
 * same after a restart, so that hundreds of instruments ask one after another. Epoch ms.
 */
export function nextLook(instrument: string, kind: PolledKind, now: number): number {
  const period = EVERY_MS[kind];
  const drawn = createHash('sha1').update(`${instrument} ${kind}`).digest().readUInt32BE(0);
  const moment = (FIRST_LOOK_AFTER_MS + (drawn % SPREAD_MS[kind])) % period;
  const begin = now - (now % period);
  return begin + moment > now ? begin + moment : begin + period + moment;
}

/**
 * Since when a point that has just come could be known. What came while we were looking is known
 * since its receipt. What lies before our first look is known since the assumed publication: a
 * value of those that the venue revised meanwhile is told in its last revision.
 */
export function knownSince(
  at: number,
  { receivedAt, wasLooking }: { readonly receivedAt: number; readonly wasLooking: boolean },
): { readonly knownAt: number; readonly source: MicrostructureSource } {
  const published = at + ASSUMED_PUBLISHED_AFTER_MS;
  if (wasLooking || published >= receivedAt) return { knownAt: receivedAt, source: 'venue' };
  return { knownAt: published, source: 'history' };
}
