import { heldInstruments, loadUniverse, priceWindows, recentBars, recentFills } from '@ballast/db';
import { formatScaled, instrumentIdText, symbolOf, venueOf } from '@ballast/domain';
import { z } from 'zod';
import type { Dashboard } from './dashboard.ts';
import { readProcedure, router } from './trpc.ts';

const BARS_MAX = 500;
const FILLS_MAX = 200;
/** The watchlist's change is measured against the first stored bar of this window. */
const WINDOW_MS = 24 * 3_600_000;

export function marketApi({ db, account, now }: Dashboard) {
  return {
    instruments: router({
      /** Every instrument that is or was streamed: trades of long ago are shown too. */
      list: readProcedure.query(async () => {
        const [rows, held, windows] = await Promise.all([
          loadUniverse(db),
          heldInstruments(db),
          priceWindows(db, now() - WINDOW_MS),
        ]);
        const byId = new Map(windows.map((window) => [window.instrument, window]));
        return rows.map(({ instrument, listed, wanted }) => ({
          id: instrument.id,
          listed,
          /** In the universe, or held. */
          streamed: wanted || held.includes(instrument.id),
          sector: instrument.sector,
          venue: venueOf(instrument.id),
          symbol: symbolOf(instrument.id),
          baseCurrency: instrument.baseCurrency,
          quoteCurrency: instrument.quoteCurrency,
          tickSize: formatScaled(instrument.tickSize),
          lotSize: formatScaled(instrument.lotSize),
          minQuantity: formatScaled(instrument.minQuantity),
          maxQuantity: formatScaled(instrument.maxQuantity),
          minNotional: formatScaled(instrument.minNotional),
          multiplier: formatScaled(instrument.multiplier),
          window: byId.get(instrument.id) ?? null,
        }));
      }),
    }),
    bars: router({
      recent: readProcedure
        .input(
          z.strictObject({ instrument: instrumentIdText, limit: z.int().min(1).max(BARS_MAX) }),
        )
        .query(({ input }) => recentBars(db, input.instrument, '1m', input.limit)),
      fills: readProcedure
        .input(z.strictObject({ instrument: instrumentIdText }))
        .query(async ({ input }) =>
          (await recentFills(db, account, input.instrument, FILLS_MAX)).map((fill) => ({
            ...fill,
            price: formatScaled(fill.price),
            quantity: formatScaled(fill.quantity),
          })),
        ),
    }),
  };
}
