import {
  appendFileSync,
  existsSync,
  mkdirSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { InvalidInput } from '@ballast/domain';
import { z } from 'zod';
import { KeptReturns, type KeptRow } from './kept-returns.ts';
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
  readonly #returns: KeptReturns;
  readonly rows = new Map<number, KeptRow>();

  /** @throws InvalidInput SWEEP_OTHER where the folder holds another sweep, SWEEP_UNREADABLE */
  constructor(folder: string, head: SweepHead) {
    mkdirSync(folder, { recursive: true });
    this.#path = join(folder, 'rows.ndjson');
    this.#returns = new KeptReturns(folder);
    try {
      this.#begin(folder, head);
    } catch (error) {
      this.#returns.close();
      throw error;
    }
  }

  add(row: SweepRow): void {
    appendFileSync(this.#path, `${JSON.stringify(row)}\n`);
    this.#hold(row);
  }

  close(): void {
    this.#returns.close();
  }

  #begin(folder: string, head: SweepHead): void {
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
    const rows = readRows(this.#path);
    let next = rows.next();
    for (; next.done !== true; next = rows.next()) this.#hold(next.value);
    // What follows the last whole row would otherwise be the beginning of the next.
    if (existsSync(this.#path) && next.value < statSync(this.#path).size) {
      truncateSync(this.#path, next.value);
    }
  }

  #hold(row: SweepRow): void {
    this.rows.set(row.index, this.#returns.keep(row));
  }
}
