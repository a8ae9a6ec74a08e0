import { z } from 'zod';
import { rangeParameters } from '../range-parameters.ts';

/**
 * Stochastic of 14, 3 and 3 with 20 and 80: Lane's. Trading its turns only with the trend: Elder
 * (Trading for a Living, 1993). Here the trend is the slope of 50 closes; that, its least slope and
 * the target at twice the stop are ours. Stop at two ranges: Turtles.
 */
export const btcSwingParameters = z.strictObject({
  rangeBars: z.int().min(3).max(100).default(14).describe('bars of the stochastic'),
  smoothing: z.int().min(1).max(20).default(3).describe('bars that smooth k, and k to d'),
  extreme: z
    .number()
    .min(5)
    .max(45)
    .default(20)
    .describe('d below which a rise, and above 100 less which a fall, may begin'),
  trendPeriod: z.int().min(10).max(400).default(50).describe('bars of the slope of closes'),
  slopeMin: z
    .number()
    .min(0)
    .max(1)
    .default(0.02)
    .describe('slope of a trend, in average true ranges a bar'),
  shortAllowed: z.boolean().default(true).describe('also sells swings of a fall short'),
  ...rangeParameters({ period: 14, stop: 2, target: 4 }),
});

export type BtcSwingParameters = z.infer<typeof btcSwingParameters>;
