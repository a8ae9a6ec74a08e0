import { z } from 'zod';
import { rangeParameters } from '../range-parameters.ts';

/**
 * Channels of 20 and 10, range of 20 and stop at two ranges: the Turtles' first system (Faith, Way
 * of the Turtle, 2007). Directional index of 14 above 25: Wilder (1978). The average of 100 closes
 * and the target at twice the stop are ours.
 */
export const trendBreakdownParameters = z
  .strictObject({
    breakdownPeriod: z
      .int()
      .min(5)
      .max(250)
      .default(20)
      .describe('bars whose lowest low a close must fall below'),
    exitPeriod: z
      .int()
      .min(2)
      .max(200)
      .default(10)
      .describe('bars whose highest high ends the idea when a close is above it'),
    trendPeriod: z
      .int()
      .min(10)
      .max(400)
      .default(100)
      .describe('bars of the exponential average that the close must be below'),
    adxPeriod: z.int().min(2).max(50).default(14).describe('bars of the directional index'),
    adxMin: z.number().min(0).max(60).default(25).describe('directional index that a trend has'),
    ...rangeParameters({ period: 20, stop: 2, target: 4 }),
  })
  .refine(({ exitPeriod, breakdownPeriod }) => exitPeriod < breakdownPeriod, {
    error: 'exitPeriod must be below breakdownPeriod',
    path: ['exitPeriod'],
  });

export type TrendBreakdownParameters = z.infer<typeof trendBreakdownParameters>;
