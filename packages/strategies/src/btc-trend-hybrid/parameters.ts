import { z } from 'zod';
import { rangeParameters } from '../range-parameters.ts';

/**
 * Averages of 20 and 50, pullbacks to the faster: the usual ones of swing trading (Raschke and
 * Connors, Street Smarts, 1995, buy at the 20 too). Channel of 20 and stop at two ranges: Turtles.
 * The distance of a pullback and the target at twice the stop are ours.
 */
export const btcTrendHybridParameters = z
  .strictObject({
    fastPeriod: z
      .int()
      .min(2)
      .max(200)
      .default(20)
      .describe('bars of the average that pullbacks go to'),
    slowPeriod: z
      .int()
      .min(3)
      .max(400)
      .default(50)
      .describe('bars of the average below which the idea is over'),
    awayRanges: z
      .number()
      .min(0.1)
      .max(10)
      .default(1)
      .describe('average true ranges above the fast average from which a way back is a pullback'),
    breakoutPeriod: z
      .int()
      .min(5)
      .max(250)
      .default(20)
      .describe('bars whose highest high a close must exceed in a neutral market'),
    ...rangeParameters({ period: 14, stop: 2, target: 4 }),
  })
  .refine(({ fastPeriod, slowPeriod }) => fastPeriod < slowPeriod, {
    error: 'fastPeriod must be below slowPeriod',
    path: ['fastPeriod'],
  });

export type BtcTrendHybridParameters = z.infer<typeof btcTrendHybridParameters>;
