import { z } from 'zod';

/** Bars of the average true range and the distances measured in it, with these defaults. */
export function rangeParameters(defaults: {
  readonly period: number;
  readonly stop: number;
  readonly target: number;
}) {
  return {
    ...stopParameters(defaults),
    targetRanges: z
      .number()
      .min(0.5)
      .max(60)
      .default(defaults.target)
      .describe('target, in average true ranges'),
  };
}

/** The same without a target, for a strategy whose target is a mean. */
export function stopParameters(defaults: { readonly period: number; readonly stop: number }) {
  return {
    rangePeriod: z
      .int()
      .min(2)
      .max(100)
      .default(defaults.period)
      .describe('bars of the average true range'),
    stopRanges: z
      .number()
      .min(0.5)
      .max(20)
      .default(defaults.stop)
      .describe('stop, in average true ranges'),
  };
}
