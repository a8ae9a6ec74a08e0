import { z } from 'zod';
import { TIMEFRAMES } from './timeframe.ts';

/** Bars that are missing this long were not brought by themselves: somebody has to look. */
export const BARS_OVERDUE_MS = 10 * 60_000;
/** market-data looks each quarter of a minute; older words say nothing of now. */
export const MISSING_BARS_STALE_MS = 2 * 60_000;

/** Name of the state on the bus. */
export const MISSING_BARS_STATE = 'feed:missing-bars';

/** What market-data says of the bars that are missing; times epoch ms. */
export const missingBars = z.object({
  at: z.number(),
  timeframes: z.array(
    z.object({
      timeframe: z.enum(TIMEFRAMES),
      /** Bars of all open gaps. */
      missing: z.number(),
      /** Of them, those known to be missing for `BARS_OVERDUE_MS`. */
      overdue: z.number(),
    }),
  ),
  /** Instruments that lack an overdue bar. */
  instruments: z.number(),
  /** When the oldest overdue gap was found; null without any. */
  since: z.number().nullable(),
});
export type MissingBars = z.infer<typeof missingBars>;

/** All timeframes together; what is overdue is an alert. */
export function overdueBars({ timeframes }: Pick<MissingBars, 'timeframes'>): number {
  return timeframes.reduce((sum, { overdue }) => sum + overdue, 0);
}
