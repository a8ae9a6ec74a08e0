import { z } from 'zod';
import { rangeParameters } from '../range-parameters.ts';

/**
 * Channels of 55 and 20, range of 20 and stop at two ranges: the Turtles' second system (Faith, Way
 * of the Turtle, 2007). Volume against its average of 50: O'Neil (How to Make Money in Stocks,
 * 1988), who wants it half above that on a breakout. Relative strength and quality over the same 55
 * bars. Target at three times the stop and the least score are ours.
 */
export const growthPotentialParameters = z
  .strictObject({
    breakoutPeriod: z
      .int()
      .min(5)
      .max(250)
      .default(55)
      .describe('bars whose highest high a close must exceed; also those of strength and quality'),
    exitPeriod: z
      .int()
      .min(2)
      .max(200)
      .default(20)
      .describe('bars whose lowest low ends the idea when a close is below it'),
    volumePeriod: z.int().min(5).max(250).default(50).describe('bars of the average volume'),
    scoreMin: z.number().min(0).max(100).default(60).describe('score that a breakout must have'),
    ...rangeParameters({ period: 20, stop: 2, target: 6 }),
  })
  .refine(({ exitPeriod, breakoutPeriod }) => exitPeriod < breakoutPeriod, {
    error: 'exitPeriod must be below breakoutPeriod',
    path: ['exitPeriod'],
  });

export type GrowthPotentialParameters = z.infer<typeof growthPotentialParameters>;
