import { z } from 'zod';

/**
 * 10 and 30 bars, three ranges to the stop, six to the target: the round numbers of the textbooks.
 * It is here to be read first, and as the measure of the others, not to be traded.
 */
export const smaCrossParameters = z
  .strictObject({
    fastPeriod: z.int().min(2).max(200).default(10).describe('bars of the fast average'),
    slowPeriod: z.int().min(3).max(400).default(30).describe('bars of the slow average'),
    rangePeriod: z.int().min(2).max(100).default(14).describe('bars of the average true range'),
    stopRanges: z.number().min(0.5).max(20).default(3).describe('stop, in average true ranges'),
    targetRanges: z.number().min(0.5).max(60).default(6).describe('target, in the same'),
    short: z.boolean().default(false).describe('also sells short on a cross below'),
  })
  .refine(({ fastPeriod, slowPeriod }) => fastPeriod < slowPeriod, {
    error: 'fastPeriod must be below slowPeriod',
    path: ['fastPeriod'],
  });

export type SmaCrossParameters = z.infer<typeof smaCrossParameters>;
