import { instrumentIdText, TIMEFRAMES } from '@ballast/domain';
import { z } from 'zod';
import { cellGaps } from '../coverage/cell-gaps.ts';
import type { CellColour } from '../coverage/cell-view.ts';
import { type BoardRow, createCoverageBoard, DAYS_MAX } from '../coverage/coverage-board.ts';
import { qualityView } from '../quality/quality-view.ts';
import type { Dashboard } from './dashboard.ts';
import { readProcedure, router } from './trpc.ts';

/** Instruments of one answer: it stays small however many are listed. */
const ROWS_PER_PAGE = 50;
const PAGES_MAX = 1_000;
const SEARCH_LENGTH_MAX = 64;
/** Of what is not listed any more, so many are named. */
const UNKNOWN_MAX = 20;

const QUALITY_HOURS_MAX = 720;

/** A word that is looked for; the database takes no NUL. */
const searchText = z
  .string()
  .max(SEARCH_LENGTH_MAX)
  .refine((text) => !text.includes('\0'), 'text holds what is no character');
const daysOfWindow = z.int().min(1).max(DAYS_MAX);

/** Which stored bars should be there and are not, and what data broke a rule of quality. */
export function dataApi({ db, now }: Dashboard) {
  const board = createCoverageBoard({ db, now });
  return router({
    coverage: readProcedure
      .input(
        z.strictObject({
          days: daysOfWindow,
          /** Part of an instrument's id, in any case. */
          search: searchText.default(''),
          show: z.enum(['all', 'faulty']).default('all'),
          page: z.int().min(0).max(PAGES_MAX).default(0),
        }),
      )
      .query(async ({ input }) => {
        const { at, rows, unknown } = await board.read(input.days);
        const wanted = input.search.trim().toLowerCase();
        const found = rows.filter(({ instrument }) => instrument.toLowerCase().includes(wanted));
        const shown = input.show === 'all' ? found : found.filter(isFaulty);
        const start = input.page * ROWS_PER_PAGE;
        return {
          at,
          timeframes: TIMEFRAMES,
          rows: shown.slice(start, start + ROWS_PER_PAGE),
          rowsPerPage: ROWS_PER_PAGE,
          shown: shown.length,
          found: found.length,
          listed: rows.length,
          totals: totalsOf(found),
          unknown: unknown.slice(0, UNKNOWN_MAX),
        };
      }),
    gaps: readProcedure
      .input(
        z.strictObject({
          instrument: instrumentIdText,
          timeframe: z.enum(TIMEFRAMES),
          days: daysOfWindow,
        }),
      )
      .query(({ input }) => cellGaps(db, input, now())),
    quality: readProcedure
      .input(
        z.strictObject({
          hours: z.int().min(1).max(QUALITY_HOURS_MAX),
          /** Part of an instrument's id, in any case. */
          search: searchText.default(''),
          rule: searchText.nullable().default(null),
        }),
      )
      .query(({ input }) => qualityView(db, input, now())),
  });
}

const isFaulty = ({ cells }: BoardRow): boolean =>
  cells.some(({ colour }) => colour === 'red' || colour === 'amber');

function totalsOf(rows: readonly BoardRow[]): Record<CellColour, number> {
  const totals = { green: 0, amber: 0, red: 0, none: 0 };
  for (const { cells } of rows) for (const { colour } of cells) totals[colour] += 1;
  return totals;
}
