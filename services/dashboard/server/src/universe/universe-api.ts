import { loadUniverse, loadWatchlists } from '@ballast/db';
import { instrumentIdText, symbolOf, venueOf } from '@ballast/domain';
import { z } from 'zod';
import { commandIdText, reasonText } from '../api/command-inputs.ts';
import type { Dashboard } from '../api/dashboard.ts';
import { operatorProcedure, readProcedure, router } from '../api/trpc.ts';

/** Instruments that one command may name, and rows of one answer. */
const INSTRUMENTS_MAX = 100;
const SEARCH_LENGTH_MAX = 64;

const instruments = z.array(instrumentIdText).max(INSTRUMENTS_MAX);
const change = z.strictObject({
  commandId: commandIdText,
  instruments: instruments.min(1),
  reason: reasonText,
});

/** What is streamed, and what could be. */
export function universeApi({ db, desk, listings }: Dashboard) {
  return router({
    /** Listed instruments that are not in the universe; the best match first. */
    search: readProcedure
      .input(z.strictObject({ text: z.string().max(SEARCH_LENGTH_MAX) }))
      .query(async ({ input }) => {
        const rows = await loadUniverse(db);
        const wanted = new Set<string>(
          rows.filter((row) => row.wanted).map(({ instrument }) => instrument.id),
        );
        const found = await listings.search(input.text, INSTRUMENTS_MAX, (id) => wanted.has(id));
        return {
          ...found,
          rows: found.rows.map((row) => ({
            ...row,
            venue: venueOf(row.id),
            symbol: symbolOf(row.id),
          })),
        };
      }),
    add: operatorProcedure
      .input(change)
      .mutation(({ ctx, input: { commandId, ...body } }) =>
        desk.send(ctx.session, commandId, { type: 'addInstruments', body }),
      ),
    remove: operatorProcedure
      .input(change)
      .mutation(({ ctx, input: { commandId, ...body } }) =>
        desk.send(ctx.session, commandId, { type: 'removeInstruments', body }),
      ),
  });
}

/** The operator's lists. */
export function watchlistsApi({ db, desk }: Dashboard) {
  return router({
    list: readProcedure.query(() => loadWatchlists(db)),
    /** The whole list as it is to be; an empty one removes it. */
    set: operatorProcedure
      .input(
        z.strictObject({
          commandId: commandIdText,
          name: z.string().trim().min(1).max(32),
          instruments,
          reason: reasonText,
        }),
      )
      .mutation(({ ctx, input: { commandId, ...body } }) =>
        desk.send(ctx.session, commandId, { type: 'setWatchlist', body }),
      ),
  });
}
