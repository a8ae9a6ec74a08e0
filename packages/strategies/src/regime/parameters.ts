import { InvalidInput } from '@ballast/domain';
import { z } from 'zod';

const bars = (min: number, max: number, usual: number, meaning: string) =>
  z.int().min(min).max(max).default(usual).describe(meaning);

/**
 * 50 and 200 bars are the textbooks' averages; by four hours they are 8 and 33 days. An index of 25
 * is where Wilder begins to speak of a trend. The others keep it from changing to and fro.
 */
export const regimeParameters = z
  .strictObject({
    timeframe: z.enum(['4h', '1d']).default('4h').describe('of the bars that it is given'),
    fastPeriod: bars(2, 200, 50, 'bars of the fast average of closes'),
    slowPeriod: bars(3, 400, 200, 'bars of the slow average'),
    slopePeriod: bars(2, 100, 12, 'bars over which the slope of the fast average is taken'),
    strengthPeriod: bars(2, 100, 14, 'bars of the average directional index'),
    band: z
      .number()
      .min(0)
      .max(0.2)
      .default(0.01)
      .describe('so far beyond the slow average a side begins, and so far behind it ends'),
    strongFrom: z.number().min(0).max(100).default(25).describe('index at which it gets strong'),
    strongUntil: z.number().min(0).max(100).default(20).describe('index below which it ends'),
    confirmBars: bars(1, 100, 3, 'bars in a row that must speak for a change'),
  })
  .refine(({ fastPeriod, slowPeriod }) => fastPeriod < slowPeriod, {
    error: 'fastPeriod must be below slowPeriod',
    path: ['fastPeriod'],
  })
  .refine(({ strongFrom, strongUntil }) => strongUntil <= strongFrom, {
    error: 'strongUntil must not be above strongFrom',
    path: ['strongUntil'],
  });

export type RegimeParameters = z.infer<typeof regimeParameters>;

/**
 * What is not given has its default.
 * @throws InvalidInput PARAMETERS_INVALID: which parameter, and what it may be
 */
export function readRegimeParameters(given: unknown): RegimeParameters {
  const read = regimeParameters.safeParse(given);
  if (read.success) return read.data;
  throw new InvalidInput('PARAMETERS_INVALID', `regime: ${z.prettifyError(read.error)}`);
}
