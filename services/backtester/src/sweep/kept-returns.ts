import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { SweepRow, TriedRow } from './sweep-row.ts';

/**
 * A row whose returns lie in a file, and are read whenever they are asked for: good until those of
 * any other row are.
 */
export type KeptRow = Refused | (Omit<TriedRow, 'returns'> & { readonly returns: Float64Array });
type Refused = Extract<SweepRow, { ok: false }>;
export type KeptTriedRow = Exclude<KeptRow, Refused>;

/**
 * Returns of all combinations of a sweep, in a file that is gone with its process: what is held of
 * a sweep is a few figures a combination, however many days there are.
 */
export class KeptReturns {
  readonly #file: number;
  #end = 0;
  /** One for all rows: what were made for each would grow faster than it is collected. */
  #days = new Float64Array(0);

  /** @param folder with room for eight bytes a day and combination */
  constructor(folder: string) {
    const own = mkdtempSync(join(folder, 'returns-'));
    this.#file = openSync(join(own, 'returns'), 'wx+');
    // Its name goes, it stays as long as it is open: a process that is killed leaves none behind.
    rmSync(own, { recursive: true });
  }

  keep(row: SweepRow): KeptRow {
    if (!row.ok) return row;
    const { returns, ...told } = row;
    // The number, and not the array: what reads holds on to all that it names.
    const [from, count] = [this.#end, returns.length];
    this.#write(returns);
    const read = (): Float64Array => this.#read(from, count);
    return {
      ...told,
      get returns() {
        return read();
      },
    };
  }

  close(): void {
    closeSync(this.#file);
  }

  #write(returns: readonly number[]): void {
    const days = this.#room(returns.length);
    days.set(returns);
    for (let done = 0; done < days.byteLength;) {
      done += writeSync(this.#file, days, done, days.byteLength - done, this.#end + done);
    }
    this.#end += days.byteLength;
  }

  #read(from: number, count: number): Float64Array {
    const days = this.#room(count);
    for (let done = 0; done < days.byteLength;) {
      const read = readSync(this.#file, days, done, days.byteLength - done, from + done);
      if (read === 0) throw new Error(`the kept returns end before byte ${from + done}`);
      done += read;
    }
    return days;
  }

  #room(count: number): Float64Array {
    if (this.#days.length < count) this.#days = new Float64Array(count);
    return this.#days.subarray(0, count);
  }
}
