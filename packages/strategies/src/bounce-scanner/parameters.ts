import { z } from 'zod';
import { rangeParameters } from '../range-parameters.ts';

/**
 * Relative strength of 2 at 10 or below, above the average of 200 closes, left above that of 5:
 * Connors and Alvarez (Short Term Trading Strategies That Work, 2008), who trade it without a stop;
 * here a trade must have one, and it is wide. Volume of half again its average: as O'Neil's measure
 * of what is unusual. The stop, the target and ten days at the longest are ours.
 */
export const bounceScannerParameters = z.strictObject({
  trendPeriod: z
    .int()
    .min(20)
    .max(400)
    .default(200)
    .describe('bars of the average that the close must be above'),
  exitPeriod: z
    .int()
    .min(2)
    .max(50)
    .default(5)
    .describe('bars of the average above which the bounce has happened'),
  strengthPeriod: z.int().min(2).max(30).default(2).describe('bars of the relative strength'),
  strengthLow: z
    .number()
    .min(1)
    .max(50)
    .default(10)
    .describe('relative strength at or below which it is oversold'),
  volumePeriod: z.int().min(5).max(250).default(50).describe('bars of the average volume'),
  climaxMin: z
    .number()
    .min(0.5)
    .max(10)
    .default(1.5)
    .describe('volume of the bar that is a climax, in averages of the bars before'),
  barsMax: z.int().min(1).max(100).default(10).describe('bars after which the idea is over'),
  ...rangeParameters({ period: 14, stop: 3, target: 3 }),
});

export type BounceScannerParameters = z.infer<typeof bounceScannerParameters>;
