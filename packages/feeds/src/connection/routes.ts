import { type Instrument, isSessionOpen, symbolOf } from '@ballast/domain';
import { FeedError } from '../faults.ts';
import type { Route } from '../feed.ts';

/** Routes of instruments at their own venue, whose spelling is in their ids. */
export function ownRoutes(instruments: readonly Instrument[]): Route[] {
  return instruments.map((instrument) => ({ instrument, symbol: symbolOf(instrument.id) }));
}

/** @throws FeedError FEED_ROUTE_REPEATED for two routes of one symbol or of one instrument */
export function checkRoutes(routes: readonly Route[]): void {
  const symbols = new Set<string>();
  const instruments = new Set<string>();
  for (const { symbol, instrument } of routes) {
    if (symbols.has(symbol) || instruments.has(instrument.id)) {
      throw new FeedError('FEED_ROUTE_REPEATED', `${symbol} for ${instrument.id}`);
    }
    symbols.add(symbol);
    instruments.add(instrument.id);
  }
}

/** Whether data may be expected at `now` (epoch ms): some instrument's session is open. */
export function isAnySessionOpen(routes: readonly Route[], now: number): boolean {
  const sessions = new Set(routes.map(({ instrument }) => instrument.session));
  return [...sessions].some((session) => isSessionOpen(session, now));
}
