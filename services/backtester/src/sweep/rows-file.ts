import { existsSync, readFileSync } from 'node:fs';
import { InvalidInput } from '@ballast/domain';
import { z } from 'zod';
import { type SweepRow, sweepRow } from './sweep-row.ts';

export type RowsFile = {
  /** By the number of their combination. */
  readonly rows: Map<number, SweepRow>;
  /** The text of all whole rows; null where the file ends with them. */
  readonly whole: string | null;
};

/**
 * The rows that a sweep has kept. A last one that was broken off is none.
 * @throws InvalidInput SWEEP_UNREADABLE with the row (from 1)
 */
export function readRows(path: string): RowsFile {
  const text = existsSync(path) ? readFileSync(path, 'utf8') : '';
  const whole = text.slice(0, text.lastIndexOf('\n') + 1);
  const rows = new Map<number, SweepRow>();
  for (const [at, line] of whole.split('\n').entries()) {
    if (line === '') continue;
    const where = `${path}, row ${at + 1}`;
    const row = shaped(where, sweepRow, jsonOf(where, line));
    rows.set(row.index, row);
  }
  return { rows, whole: whole.length < text.length ? whole : null };
}

/** What a file says, if it has the shape. @throws InvalidInput SWEEP_UNREADABLE */
export function readShaped<T>(path: string, shape: z.ZodType<T>): T {
  if (!existsSync(path)) throw new InvalidInput('SWEEP_UNREADABLE', `${path} is not there`);
  return shaped(path, shape, jsonOf(path, readFileSync(path, 'utf8')));
}

function shaped<T>(where: string, shape: z.ZodType<T>, value: unknown): T {
  const read = shape.safeParse(value);
  if (read.success) return read.data;
  throw new InvalidInput('SWEEP_UNREADABLE', `${where}: ${z.prettifyError(read.error)}`);
}

function jsonOf(where: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new InvalidInput('SWEEP_UNREADABLE', `${where} is no JSON`);
  }
}
