import { z } from 'zod';
import { parseInstrumentId } from './instrument.ts';

/** What of a venue's listing travels: enough to search in. */
const listedWire = z.object({
  id: z.string().transform(parseInstrumentId),
  baseCurrency: z.string(),
  quoteCurrency: z.string(),
  sector: z.string().nullable(),
});
export type ListedInstrument = z.output<typeof listedWire>;

/** A venue's listing on the bus; `at` (epoch ms) is when the venue gave it. */
export const listingWire = z.object({
  venue: z.string(),
  at: z.number(),
  instruments: z.array(listedWire),
});
export type ListingWire = z.output<typeof listingWire>;

/** Name of the state that holds the newest listing of a venue. */
export const listingStateName = (venue: string): string => `feed:${venue}:listing`;

/** Lists that the page makes by itself: no list of the operator's is called so, in any case. */
export const ALL_INSTRUMENTS = 'All';

/** Instruments that are streamed at once, over all venues. */
export const UNIVERSE_MAX = 1_000;
