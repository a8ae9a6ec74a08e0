import { z } from 'zod';

/**
 * 12 and 26: Appel's MACD (1979). Range 14: Wilder (1978). Stop at two ranges: the "2N" of the
 * Turtle rules (Faith, Way of the Turtle, 2007). Strength and target are ours: a quarter of a range
 * tells a cross from noise, and two to one pays from 34 % of winners on, before fees.
 */
export const momentumParameters = z
  .strictObject({
    fastPeriod: z.int().min(2).max(200).default(12).describe('bars of the fast average'),
    slowPeriod: z.int().min(3).max(400).default(26).describe('bars of the slow average'),
    rangePeriod: z.int().min(2).max(100).default(14).describe('bars of the average true range'),
    strengthMin: z
      .number()
      .min(0)
      .max(5)
      .default(0.25)
      .describe('average true ranges between the averages from which a cross counts as a trend'),
    stopRanges: z.number().min(0.5).max(20).default(2).describe('stop, in average true ranges'),
    targetStops: z.number().min(0.5).max(20).default(2).describe('target, in stop distances'),
    shortAllowed: z.boolean().default(true).describe('also sells short on a cross below'),
  })
  .refine(({ fastPeriod, slowPeriod }) => fastPeriod < slowPeriod, {
    error: 'fastPeriod must be below slowPeriod',
    path: ['fastPeriod'],
  });

export type MomentumParameters = z.infer<typeof momentumParameters>;
