import { z } from 'zod';
import type { Market } from '../market.ts';
import type { Venue } from '../venue.ts';
import { CODE, VenueRefusal } from './codes.ts';
import { parseBody } from './order-wire.ts';

export type Query = Readonly<Record<string, string>>;
/** A public listing. @throws VenueRefusal 10001 for parameters that it cannot use */
export type Route = (venue: Venue, query: Query, now: number) => Record<string, unknown>;

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

/** The market that is asked for. @throws VenueRefusal 10001 */
export function required(venue: Venue, query: Query): Market {
  requireLinear(query);
  const market = venue.markets.get(query['symbol'] ?? '');
  if (market !== undefined) return market;
  throw new VenueRefusal(CODE.parameter, `symbol invalid: ${query['symbol'] ?? ''}`);
}
