import { z } from 'zod';
import { stopParameters } from '../range-parameters.ts';

/**
 * Bands of 20 and 2: Bollinger (2001). A directional index of 14 below 20 is a market without a
 * trend, one above 25 has one: Wilder (1978). Stop at a range and a half: ours.
 */
export const rangeFadeParameters = z
  .strictObject({
    bandPeriod: z.int().min(5).max(200).default(20).describe('bars of the Bollinger bands'),
    bandDeviations: z
      .number()
      .min(0.5)
      .max(5)
      .default(2)
      .describe('standard deviations from their middle to each band'),
    adxPeriod: z.int().min(2).max(50).default(14).describe('bars of the directional index'),
    adxMax: z
      .number()
      .min(5)
      .max(60)
      .default(20)
      .describe('directional index up to which a market counts as a range'),
    adxLeave: z
      .number()
      .min(5)
      .max(100)
      .default(25)
      .describe('directional index above which the range is over'),
    shortAllowed: z.boolean().default(true).describe('also sells the upper edge short'),
    ...stopParameters({ period: 14, stop: 1.5 }),
  })
  .refine(({ adxMax, adxLeave }) => adxMax <= adxLeave, {
    error: 'adxMax must not be above adxLeave',
    path: ['adxMax'],
  });

export type RangeFadeParameters = z.infer<typeof rangeFadeParameters>;
