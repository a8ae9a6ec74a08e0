import { z } from 'zod';

/**
 * 20 and 2: Bollinger's bands (Bollinger on Bollinger Bands, 2001). 14 and 30/70: Wilder (1978).
 * Reset and stop are ours: one deviation is inside the band, and a stop of 1.5 with a target at
 * least 2 deviations away pays from 43 % of winners on, before fees.
 */
export const meanReversionParameters = z
  .strictObject({
    meanPeriod: z.int().min(5).max(200).default(20).describe('bars of the mean'),
    zScoreMin: z
      .number()
      .min(0.5)
      .max(6)
      .default(2)
      .describe('standard deviations from the mean at which the price counts as stretched'),
    zScoreReset: z
      .number()
      .min(0)
      .max(6)
      .default(1)
      .describe('back inside this distance it is ready for the next stretch'),
    strengthPeriod: z
      .int()
      .min(2)
      .max(100)
      .default(14)
      .describe('bars of the relative strength index'),
    strengthLow: z
      .number()
      .min(1)
      .max(49)
      .default(30)
      .describe('index at or below which a fall is confirmed; 100 less it for a rise'),
    stopDeviations: z.number().min(0.5).max(10).default(1.5).describe('stop, in deviations'),
    shortAllowed: z.boolean().default(true).describe('also sells a rise short'),
  })
  .refine(({ zScoreReset, zScoreMin }) => zScoreReset <= zScoreMin, {
    error: 'zScoreReset must not be above zScoreMin',
    path: ['zScoreReset'],
  });

export type MeanReversionParameters = z.infer<typeof meanReversionParameters>;
