import { z } from 'zod';
import { stopParameters } from '../range-parameters.ts';

/**
 * Bands of 20 and 2: Bollinger (Bollinger on Bollinger Bands, 2001). Rallies below the average of
 * 200 closes only: Connors and Alvarez (Short Term Trading Strategies That Work, 2008). Relative
 * strength of 14 (Wilder), from 60 on: where rallies of a bear market end (Brown, Technical
 * Analysis for the Trading Professional, 1999). Stop and longest time are ours.
 */
export const meanReversionShortParameters = z.strictObject({
  bandPeriod: z.int().min(5).max(200).default(20).describe('bars of the Bollinger bands'),
  bandDeviations: z
    .number()
    .min(0.5)
    .max(5)
    .default(2)
    .describe('standard deviations from their middle to each band'),
  strengthPeriod: z.int().min(2).max(100).default(14).describe('bars of the relative strength'),
  strengthHigh: z
    .number()
    .min(50)
    .max(95)
    .default(60)
    .describe('relative strength that the rally must have had above the band'),
  trendPeriod: z
    .int()
    .min(20)
    .max(400)
    .default(200)
    .describe('bars of the average that the close must be below'),
  barsMax: z.int().min(1).max(500).default(40).describe('bars after which the idea is over'),
  ...stopParameters({ period: 14, stop: 2 }),
});

export type MeanReversionShortParameters = z.infer<typeof meanReversionShortParameters>;
