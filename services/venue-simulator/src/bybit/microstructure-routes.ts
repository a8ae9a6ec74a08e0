import { formatScaled } from '@ballast/domain';
import type { Market } from '../market.ts';
import type { Venue } from '../venue.ts';
import { CODE, VenueRefusal } from './codes.ts';
import { limitOf, type Query, required, type Route, timeOf } from './market-query.ts';
import {
  accountShares,
  FUNDING_INTERVAL_MS,
  openInterestOf,
  settledRate,
} from './microstructure.ts';

const PERIOD_MS: Readonly<Record<string, number>> = {
  '5min': 300_000,
  '15min': 900_000,
  '30min': 1_800_000,
  '1h': 3_600_000,
  '4h': 14_400_000,
  '1d': 86_400_000,
};
/** A point is listed so long after the time that it bears. */
const INTEREST_PUBLISHED_AFTER_MS = 10_000;
const SHARES_PUBLISHED_AFTER_MS = 60_000;
const FUNDING_PUBLISHED_AFTER_MS = 5_000;
/** Nothing is listed before. */
const FIRST = Date.UTC(2020, 6, 20);

/** Open interest, settled funding and shares of accounts. Each throws VenueRefusal 10001. */
export const MICROSTRUCTURE_ROUTES: Readonly<Record<string, Route>> = {
  '/v5/market/open-interest': (venue, query, now) => {
    const market = required(venue, query);
    const step = periodOf(query, 'intervalTime');
    const { times, next } = page(query, {
      step,
      last: now - INTEREST_PUBLISHED_AFTER_MS,
      usual: 50,
      most: 200,
    });
    const list = times.map((at) => ({
      openInterest: interestText(market, venue, at),
      ...stamp(at),
    }));
    return { symbol: market.symbol, category: 'linear', list, nextPageCursor: next };
  },
  '/v5/market/funding/history': (venue, query, now) => {
    const market = required(venue, query);
    if (timeOf(query, 'startTime') !== undefined && timeOf(query, 'endTime') === undefined) {
      throw new VenueRefusal(CODE.parameter, 'params error: endTime is required with startTime');
    }
    const { times } = page(query, {
      step: FUNDING_INTERVAL_MS,
      last: now - FUNDING_PUBLISHED_AFTER_MS,
      usual: 200,
      most: 200,
    });
    const list = times.map((at) => ({
      symbol: market.symbol,
      fundingRate: settledRate(market, venue.account.seed, at),
      fundingRateTimestamp: String(at),
    }));
    return { category: 'linear', list };
  },
  '/v5/market/account-ratio': (venue, query, now) => {
    const market = required(venue, query);
    const { times, next } = page(query, {
      step: periodOf(query, 'period'),
      last: now - SHARES_PUBLISHED_AFTER_MS,
      usual: 50,
      most: 500,
    });
    const list = times.map((at) => ({
      symbol: market.symbol,
      ...accountShares(market, venue.account.seed, at),
      ...stamp(at),
    }));
    return { list, nextPageCursor: next };
  },
};

const stamp = (at: number): { readonly timestamp: string } => ({ timestamp: String(at) });

function interestText(market: Market, venue: Venue, at: number): string {
  const lots = openInterestOf(market, venue.account.seed, at);
  return formatScaled(BigInt(lots) * market.instrument.lotSize);
}

/** @throws VenueRefusal 10001 */
function periodOf(query: Query, name: string): number {
  const given = query[name] ?? '';
  const step = Object.hasOwn(PERIOD_MS, given) ? PERIOD_MS[given] : undefined;
  if (step === undefined) throw new VenueRefusal(CODE.parameter, `${name} invalid`);
  return step;
}

/**
 * Times of one page, newest first, among those that startTime and endTime (both included) leave;
 * the cursor is where the next page begins, '' when there is none. @throws VenueRefusal 10001
 */
function page(
  query: Query,
  { step, last, usual, most }: Record<'step' | 'last' | 'usual' | 'most', number>,
): { readonly times: readonly number[]; readonly next: string } {
  const start = Math.max(FIRST, timeOf(query, 'startTime') ?? 0);
  const wanted = Math.min(last, timeOf(query, 'endTime') ?? last, timeOf(query, 'cursor') ?? last);
  const count = limitOf(query, usual, most);
  const times: number[] = [];
  let at = wanted - (wanted % step);
  for (; at >= start && times.length < count; at -= step) times.push(at);
  return { times, next: at >= start ? String(at) : '' };
}
