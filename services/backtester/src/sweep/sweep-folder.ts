import { appendFileSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { InvalidInput } from '@ballast/domain';
import { z } from 'zod';
import { readRows, readShaped } from './rows-file.ts';
import type { SweepRow } from './sweep-row.ts';

/** What makes two sweeps the same: all that is asked, and the bars. */
export type SweepHead = {
  readonly request: unknown;
  readonly combinations: number;
  readonly hash: string;
};

const headShape = z.object({ request: z.unknown(), combinations: z.number(), hash: z.string() });

/**
 * Where a sweep keeps what it has: a row a combination, written as it comes. One that was broken
 * off goes on after the rows that are there; a row that was broken off itself is tried again.
 */
export class SweepFolder {
  readonly #path: string;
  readonly rows = new Map<number, SweepRow>();

  /** @throws InvalidInput SWEEP_OTHER where the folder holds another sweep, SWEEP_UNREADABLE */
  constructor(folder: string, head: SweepHead) {
    mkdirSync(folder, { recursive: true });
    this.#path = join(folder, 'rows.ndjson');
    const headPath = join(folder, 'sweep.json');
    const text = JSON.stringify(head);
    if (!existsSync(headPath)) {
      writeFileSync(headPath, text, { flag: 'wx' });
      return;
    }
    const known = readShaped(headPath, headShape);
    if (JSON.stringify(known) !== text) {
      const detail = `${folder} holds another sweep; take another folder, or remove this one`;
      throw new InvalidInput('SWEEP_OTHER', detail);
    }
    const { rows, whole } = readRows(this.#path);
    // What follows the last whole row would otherwise be the beginning of the next.
    if (whole !== null) writeFileSync(this.#path, whole);
    for (const [index, row] of rows) this.rows.set(index, row);
  }

  add(row: SweepRow): void {
    appendFileSync(this.#path, `${JSON.stringify(row)}\n`);
    this.rows.set(row.index, row);
  }
}
