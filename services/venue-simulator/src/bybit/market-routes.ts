import { bookOf } from '@ballast/sim-core';
import { z } from 'zod';
import { aggregate } from '../klines.ts';
import type { Market } from '../market.ts';
import type { Venue } from '../venue.ts';
import { CODE, VenueRefusal } from './codes.ts';
import {
  instrumentJson,
  klineRow,
  orderbookJson,
  recentTradeJson,
  tickerJson,
} from './market-wire.ts';
import { parseBody } from './order-wire.ts';

export type Query = Readonly<Record<string, string>>;
export type Route = (venue: Venue, query: Query, now: number) => Record<string, unknown>;

const INTERVAL_MINUTES: Readonly<Record<string, number>> = {
  '1': 1,
  '3': 3,
  '5': 5,
  '15': 15,
  '30': 30,
  '60': 60,
  '120': 120,
  '240': 240,
  D: 1_440,
};

/** Public listings. Each throws VenueRefusal 10001 for parameters it cannot use. */
export const MARKET_ROUTES: Readonly<Record<string, Route>> = {
  '/v5/market/time': (_venue, _query, now) => ({
    timeSecond: String(Math.floor(now / 1_000)),
    timeNano: `${now}000000`,
  }),
  '/v5/market/instruments-info': (venue, query) =>
    listing(chosen(venue, query).map(instrumentJson), { nextPageCursor: '' }),
  '/v5/market/tickers': (venue, query, now) =>
    listing(chosen(venue, query).map((market) => tickerJson(market, now))),
  '/v5/market/kline': kline,
  '/v5/market/orderbook': orderbook,
  '/v5/market/recent-trade': (venue, query) => {
    const market = required(venue, query);
    const recent = market.recent.slice(-limitOf(query, 500, 1_000)).toReversed();
    return listing(recent.map((trade) => recentTradeJson(market, trade)));
  },
};

const limit = z.object({ limit: z.coerce.number().int().min(1) });

/** @throws VenueRefusal 10001 when `limit` is no number from 1 to `most` */
export function limitOf(query: Query, usual: number, most: number): number {
  if (query['limit'] === undefined) return usual;
  return Math.min(most, parseBody(limit, query).limit);
}

/** @throws VenueRefusal 10001 */
export function timeOf(query: Query, name: string): number | undefined {
  const given = query[name];
  if (given === undefined || given === '') return undefined;
  if (!/^\d{1,15}$/.test(given)) throw new VenueRefusal(CODE.parameter, `${name} invalid`);
  return Number(given);
}

export function requireLinear(query: Query): void {
  if (query['category'] === 'linear') return;
  throw new VenueRefusal(CODE.parameter, 'category invalid: this simulator trades linear only');
}

function listing(list: readonly unknown[], more: object = {}): Record<string, unknown> {
  return { category: 'linear', list, ...more };
}

function chosen(venue: Venue, query: Query): Market[] {
  requireLinear(query);
  return query['symbol'] === undefined ? [...venue.markets.values()] : [required(venue, query)];
}

function required(venue: Venue, query: Query): Market {
  requireLinear(query);
  const market = venue.markets.get(query['symbol'] ?? '');
  if (market !== undefined) return market;
  throw new VenueRefusal(CODE.parameter, `symbol invalid: ${query['symbol'] ?? ''}`);
}

function kline(venue: Venue, query: Query): Record<string, unknown> {
  const market = required(venue, query);
  const interval = query['interval'] ?? '';
  const minutes = Object.hasOwn(INTERVAL_MINUTES, interval)
    ? INTERVAL_MINUTES[interval]
    : undefined;
  if (minutes === undefined) throw new VenueRefusal(CODE.parameter, 'interval invalid');
  const start = timeOf(query, 'start') ?? 0;
  const end = timeOf(query, 'end') ?? Number.MAX_SAFE_INTEGER;
  const count = limitOf(query, 200, 1_000);
  const inside = aggregate(market.klines, minutes).filter(
    ({ openTime }) => openTime >= start && openTime <= end,
  );
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
