import { closeSync, existsSync, openSync, readFileSync, readSync } from 'node:fs';
import { InvalidInput } from '@ballast/domain';
import { z } from 'zod';
import { type SweepRow, sweepRow } from './sweep-row.ts';

/** Read at once; a row of ten years of days is some 80 kB. */
const CHUNK_BYTES = 1_048_576;
const LINE_END = 0x0a;

/**
 * The rows that a sweep has kept, one after the other. A last one that was broken off is none.
 * @returns how many bytes all whole rows are
 * @throws InvalidInput SWEEP_UNREADABLE with the row (from 1)
 */
export function* readRows(path: string): Generator<SweepRow, number> {
  let [count, bytes] = [0, 0];
  for (const line of wholeLines(path)) {
    count += 1;
    bytes += line.length + 1;
    if (line.length === 0) continue;
    const where = `${path}, row ${count}`;
    yield shaped(where, sweepRow, jsonOf(where, line.toString('utf8')));
  }
  return bytes;
}

/** Without their ends. */
function* wholeLines(path: string): Generator<Buffer> {
  if (!existsSync(path)) return;
  const file = openSync(path, 'r');
  try {
    let begun: Buffer[] = [];
    for (;;) {
      const chunk = Buffer.alloc(CHUNK_BYTES);
      const size = readSync(file, chunk);
      if (size === 0) return;
      let from = 0;
      for (let end; (end = chunk.indexOf(LINE_END, from)) !== -1 && end < size; from = end + 1) {
        yield Buffer.concat([...begun, chunk.subarray(from, end)]);
        begun = [];
      }
      begun.push(chunk.subarray(from, size));
    }
  } finally {
    closeSync(file);
  }
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
