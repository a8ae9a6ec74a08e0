import { z } from 'zod';

/** A figure as reports have it; without a value there is a reason. */
export const figureShape = z.object({
  value: z.number().nullable(),
  reason: z.string().nullish(),
});

const LABEL_WIDTH = 28;

export const digits = (value: number): string => value.toFixed(Math.abs(value) >= 100 ? 2 : 4);
export const line = (label: string, value: string): string =>
  `${label.padEnd(LABEL_WIDTH)}${value}`;
export const figure = ({ value, reason }: z.output<typeof figureShape>): string =>
  value === null ? `none (${reason ?? 'no reason'})` : digits(value);
