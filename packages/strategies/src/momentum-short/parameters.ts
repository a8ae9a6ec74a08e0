import { z } from 'zod';
import { rangeParameters } from '../range-parameters.ts';

/**
 * 12, 26 and 9: Appel's MACD (1979). What has fallen goes on falling: Moskowitz, Ooi and Pedersen,
 * Time Series Momentum (2012), there over months; 60 bars here are ours, as are the least fall of
 * half a range times the root of them and the target at twice the stop. Stop at two ranges:
 * Turtles.
 */
export const momentumShortParameters = z
  .strictObject({
    fastPeriod: z.int().min(2).max(100).default(12).describe('bars of the fast average'),
    slowPeriod: z.int().min(3).max(200).default(26).describe('bars of the slow average'),
    signalPeriod: z.int().min(2).max(100).default(9).describe('bars of their gap’s own average'),
    fallPeriod: z.int().min(5).max(400).default(60).describe('bars over which it must have fallen'),
    fallMin: z
      .number()
      .min(0)
      .max(5)
      .default(0.5)
      .describe('that fall, in average true ranges times the root of the bars'),
    ...rangeParameters({ period: 14, stop: 2, target: 4 }),
  })
  .refine(({ fastPeriod, slowPeriod }) => fastPeriod < slowPeriod, {
    error: 'fastPeriod must be below slowPeriod',
    path: ['fastPeriod'],
  });

export type MomentumShortParameters = z.infer<typeof momentumShortParameters>;
