import { bookOf } from '@ballast/sim-core';
import { aggregate, barsBetween } from '../klines.ts';
import type { Market } from '../market.ts';
import type { Venue } from '../venue.ts';
import { CODE, VenueRefusal } from './codes.ts';
import {
  limitOf,
  type Query,
  required,
  requireLinear,
  type Route,
  timeOf,
} from './market-query.ts';
import {
  instrumentJson,
  klineRow,
  orderbookJson,
  recentTradeJson,
  tickerJson,
} from './market-wire.ts';
import { MICROSTRUCTURE_ROUTES } from './microstructure-routes.ts';

const MINUTE_MS = 60_000;
/** 1970-01-05 was a Monday. */
const FIRST_MONDAY_MS = 4 * 1_440 * MINUTE_MS;
const INTERVAL_MINUTES: Readonly<Record<string, number>> = {
  '1': 1,
  '3': 3,
  '5': 5,
  '15': 15,
  '30': 30,
  '60': 60,
  '120': 120,
  '240': 240,
  '360': 360,
  '720': 720,
  D: 1_440,
  W: 7 * 1_440,
};

/** Public listings. Each throws VenueRefusal 10001 for parameters it cannot use. */
export const MARKET_ROUTES: Readonly<Record<string, Route>> = {
  ...MICROSTRUCTURE_ROUTES,
  '/v5/market/time': (_venue, _query, now) => ({
    timeSecond: String(Math.floor(now / 1_000)),
    timeNano: `${now}000000`,
  }),
  '/v5/market/instruments-info': instruments,
  '/v5/market/tickers': (venue, query, now) =>
    listing(chosen(venue, query).map((market) => tickerJson(market, venue.account.seed, now))),
  '/v5/market/kline': kline,
  '/v5/market/orderbook': orderbook,
  '/v5/market/recent-trade': (venue, query) => {
    const market = required(venue, query);
    const recent = market.recent.slice(-limitOf(query, 500, 1_000)).toReversed();
    return listing(recent.map((trade) => recentTradeJson(market, trade)));
  },
};

function listing(list: readonly unknown[], more: object = {}): Record<string, unknown> {
  return { category: 'linear', list, ...more };
}

function chosen(venue: Venue, query: Query): Market[] {
  requireLinear(query);
  return query['symbol'] === undefined ? [...venue.markets.values()] : [required(venue, query)];
}

/** By pages: the cursor is the place of the first instrument that the page before did not tell. */
function instruments(venue: Venue, query: Query): Record<string, unknown> {
  const all = chosen(venue, query);
  const from = timeOf(query, 'cursor') ?? 0;
  const to = from + limitOf(query, 500, 1_000);
  const nextPageCursor = to < all.length ? String(to) : '';
  return listing(all.slice(from, to).map(instrumentJson), { nextPageCursor });
}

function kline(venue: Venue, query: Query): Record<string, unknown> {
  const market = required(venue, query);
  const interval = query['interval'] ?? '';
  const minutes = Object.hasOwn(INTERVAL_MINUTES, interval)
    ? INTERVAL_MINUTES[interval]
    : undefined;
  if (minutes === undefined) throw new VenueRefusal(CODE.parameter, 'interval invalid');
  const width = minutes * MINUTE_MS;
  const start = timeOf(query, 'start') ?? 0;
  const end = timeOf(query, 'end') ?? Number.MAX_SAFE_INTEGER;
  const count = limitOf(query, 200, 1_000);
  const origin = interval === 'W' ? FIRST_MONDAY_MS : 0;
  const named = barsBetween(market.klines, start, end + width - 1);
  const bars = minutes === 1 ? named : aggregate(named, (at) => at - ((at - origin) % width));
  const inside = bars.filter(({ openTime }) => openTime >= start && openTime <= end);
  const rows = inside.slice(-count).toReversed();
  return listing(
    rows.map((bar) => klineRow(market, bar)),
    { symbol: market.symbol },
  );
}

function orderbook(venue: Venue, query: Query, now: number): Record<string, unknown> {
  const market = required(venue, query);
  const book = bookOf(venue.account, market.instrument.id);
  if (book === undefined) throw new VenueRefusal(CODE.parameter, 'symbol has no market');
  return { ...orderbookJson(market, book, limitOf(query, 25, 50)), ts: now, cts: now };
}
