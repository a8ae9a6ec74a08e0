import { existsSync, readFileSync } from 'node:fs';
import { z } from 'zod';
import { writeAtomically } from './journal.ts';
import type { Market } from './market.ts';

/** The minute that ran, as far as it had come. */
const running = z.object({
  openTime: z.int().positive(),
  ...{ open: z.int(), high: z.int(), low: z.int(), close: z.int() },
  ...{ lots: z.number(), turnover: z.number(), trades: z.int() },
});
const mark = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('model'),
    priceTicks: z.int().positive(),
    running: running.optional(),
  }),
  z.object({ kind: z.literal('replay'), file: z.string(), row: z.int().nonnegative() }),
]);
const marks = z.record(z.string(), mark);

/** Where each market's prices were, by symbol, so that a restart goes on near there. */
export type Marks = z.infer<typeof marks>;

/** @throws Error when the file is there and cannot be read as marks */
export function readMarks(path: string): Marks {
  if (!existsSync(path)) return {};
  return marks.parse(JSON.parse(readFileSync(path, 'utf8')));
}

export function writeMarks(path: string, markets: readonly Market[]): void {
  const now: Record<string, unknown> = {};
  for (const { symbol, source, klines } of markets) {
    const where = source.mark();
    if (where?.kind === 'model') now[symbol] = { ...where, running: klines.running };
    else if (where !== null) now[symbol] = where;
  }
  writeAtomically(path, JSON.stringify(now));
}
