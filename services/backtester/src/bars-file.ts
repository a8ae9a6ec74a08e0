import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { InvalidInput } from '@ballast/domain';
import type { Columns } from '@ballast/indicators';
import { parse } from 'csv-parse';

const COLUMNS = ['ts', 'open', 'high', 'low', 'close', 'volume'] as const;
const DECIMAL = /^\d+(?:\.(\d+))?$/;
const ROWS_AT_FIRST = 65_536;

/** Bars of a file, and what its digits say of the steps of price and volume. */
export type BarsFile = {
  readonly bars: Columns;
  /** Decimals of the finest price and volume. */
  readonly priceDecimals: number;
  readonly volumeDecimals: number;
  /** SHA-256 over all columns: the same bars have the same, however they were written. */
  readonly hash: string;
};

/**
 * Bars from CSV, packed by gzip or not, below a line that names the columns: ts (open time, epoch
 * ms), open, high, low, close, volume.
 * @throws InvalidInput BARS_COLUMN for a column that is missing or not known, BARS_ROW with the row
 * (from 1, below the names), BARS_UNREADABLE
 */
export async function readBarsFile(path: string): Promise<BarsFile> {
  const reading = new Reading();
  const parser = parse({ bom: true, relax_column_count: true, skip_empty_lines: true });
  const bytes = createReadStream(path);
  const read = path.endsWith('.gz')
    ? pipeline(bytes, createGunzip(), parser)
    : pipeline(bytes, parser);
  read.catch(() => undefined);
  try {
    const lines: AsyncIterable<string[]> = parser;
    for await (const fields of lines) reading.take(fields);
  } catch (error) {
    if (error instanceof InvalidInput) throw error;
    const why = error instanceof Error ? error.message : String(error);
    throw new InvalidInput('BARS_UNREADABLE', `${path}: ${why}`);
  }
  return reading.result(path);
}

/** SHA-256 over all columns, which have buffers of their own. */
export function hashOfBars({ openTime, open, high, low, close, volume }: Columns): string {
  const hash = createHash('sha256');
  for (const { buffer, byteOffset, byteLength } of [openTime, open, high, low, close, volume]) {
    hash.update(new Uint8Array(buffer, byteOffset, byteLength));
  }
  return hash.digest('hex');
}

class Reading {
  #columns = COLUMNS.map(() => new Float64Array(ROWS_AT_FIRST));
  #length = 0;
  #decimals = [0, 0];
  #named = false;

  take(fields: readonly string[]): void {
    if (!this.#named) return this.#takeNames(fields);
    if (fields.length !== COLUMNS.length) {
      throw this.#fault(`${fields.length} fields in the place of ${COLUMNS.length}`);
    }
    if (this.#length === this.#columns[0]?.length) this.#columns = this.#columns.map(grown);
    for (const [index, column] of this.#columns.entries()) {
      column[this.#length] = this.#number(fields[index] ?? '', index);
    }
    this.#length += 1;
  }

  result(path: string): BarsFile {
    if (!this.#named) throw new InvalidInput('BARS_UNREADABLE', `${path} is empty`);
    const [openTime, open, high, low, close, volume] = this.#columns.map((column) =>
      column.slice(0, this.#length),
    );
    if (!openTime || !open || !high || !low || !close || !volume)
      throw new Error('a column is gone');
    const [priceDecimals = 0, volumeDecimals = 0] = this.#decimals;
    const bars = { openTime, open, high, low, close, volume };
    return { bars, priceDecimals, volumeDecimals, hash: hashOfBars(bars) };
  }

  #takeNames(fields: readonly string[]): void {
    this.#named = true;
    const lacking = COLUMNS.find((name) => !fields.includes(name));
    const unknown = fields.find((name) => !COLUMNS.some((known) => known === name));
    const wanted = `the columns are ${COLUMNS.join(',')}`;
    if (unknown !== undefined) {
      throw new InvalidInput('BARS_COLUMN', `column "${unknown}" is not known: ${wanted}`);
    }
    if (lacking !== undefined) {
      throw new InvalidInput('BARS_COLUMN', `no column "${lacking}": ${wanted}`);
    }
    if (COLUMNS.some((name, index) => fields[index] !== name)) {
      throw new InvalidInput('BARS_COLUMN', `in another order: ${wanted}`);
    }
  }

  #number(text: string, column: number): number {
    const digits = DECIMAL.exec(text);
    if (digits === null) throw this.#fault(`${COLUMNS[column] ?? ''} is no number: "${text}"`);
    const decimals = digits[1]?.length ?? 0;
    const kind = column === COLUMNS.length - 1 ? 1 : 0;
    if (column > 0) this.#decimals[kind] = Math.max(this.#decimals[kind] ?? 0, decimals);
    return Number(text);
  }

  #fault(what: string): InvalidInput {
    return new InvalidInput('BARS_ROW', `row ${this.#length + 1}: ${what}`);
  }
}

function grown(column: Float64Array): Float64Array<ArrayBuffer> {
  const wider = new Float64Array(column.length * 2);
  wider.set(column);
  return wider;
}
