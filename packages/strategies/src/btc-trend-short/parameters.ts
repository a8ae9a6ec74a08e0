import { z } from 'zod';
import { rangeParameters } from '../range-parameters.ts';

/**
 * Averages of 50 and 200: the usual ones, and that of the "death cross". Squeeze of 20, 2 and 1.5
 * for at least six bars: Carter (Mastering the Trade, 2005). Funding of -0.0001: who is short pays
 * a basis point each eight hours, some 11 % a year, the same that who is long pays at ByBit's
 * usual rate. Stop at two ranges: Turtles. The distances of a pullback and of the exit, and the
 * target at twice the stop, are ours.
 */
export const btcTrendShortParameters = z
  .strictObject({
    fastPeriod: z
      .int()
      .min(5)
      .max(200)
      .default(50)
      .describe('bars of the average that pullbacks go to'),
    slowPeriod: z.int().min(10).max(400).default(200).describe('bars of the slow average'),
    awayRanges: z
      .number()
      .min(0.1)
      .max(10)
      .default(1)
      .describe('average true ranges below the fast average from which a way back is a pullback'),
    exitRanges: z
      .number()
      .min(0)
      .max(10)
      .default(1)
      .describe('average true ranges above the fast average at which the idea is over'),
    squeezePeriod: z.int().min(5).max(100).default(20).describe('bars of the squeeze'),
    squeezeBars: z.int().min(1).max(100).default(6).describe('bars that a squeeze must have held'),
    fundingRateMin: z
      .number()
      .min(-0.01)
      .max(0.01)
      .default(-0.0001)
      .describe('funding rate below which it does not sell; who is short pays a negative one'),
    ...rangeParameters({ period: 14, stop: 2, target: 4 }),
  })
  .refine(({ fastPeriod, slowPeriod }) => fastPeriod < slowPeriod, {
    error: 'fastPeriod must be below slowPeriod',
    path: ['fastPeriod'],
  });

export type BtcTrendShortParameters = z.infer<typeof btcTrendShortParameters>;
