import { z } from 'zod';

/** What one combination came to; or why it could not be tried. */
export const sweepRow = z.discriminatedUnion('ok', [
  z.strictObject({
    ok: z.literal(true),
    index: z.int().min(0),
    entered: z.int().min(0),
    blocked: z.int().min(0),
    end: z.number(),
    fees: z.number(),
    /** Of each day, for what is said of all together. */
    returns: z.array(z.number()),
  }),
  z.strictObject({
    ok: z.literal(false),
    index: z.int().min(0),
    code: z.string(),
    message: z.string(),
  }),
]);
export type SweepRow = z.infer<typeof sweepRow>;
export type TriedRow = Extract<SweepRow, { ok: true }>;
