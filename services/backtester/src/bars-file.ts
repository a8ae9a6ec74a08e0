import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { InvalidInput } from '@ballast/domain';
import { type Columns, type ColumnsFault, faultOf } from '@ballast/indicators';
import { parse } from 'csv-parse';

const COLUMNS = ['ts', 'open', 'high', 'low', 'close', 'volume'] as const;
const DECIMAL = /^\d+(?:\.(\d+))?$/;
const ROWS_AT_FIRST = 65_536;
/** Later is a slip of digits, or microseconds; every bar up to it would be counted as missing. */
const OPEN_TIME_MAX = Date.UTC(2100, 0, 1);

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
 * (from 1, below the names) and what is wrong with it, BARS_UNREADABLE
 */
export async function readBarsFile(path: string): Promise<BarsFile> {
  const reading = new Reading(path);
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
  return reading.result();
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
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

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

  result(): BarsFile {
    if (!this.#named) throw new InvalidInput('BARS_UNREADABLE', `${this.#path} is empty`);
    const [openTime, open, high, low, close, volume] = this.#columns.map((column) =>
      column.slice(0, this.#length),
    );
    if (!openTime || !open || !high || !low || !close || !volume)
      throw new Error('a column is gone');
    const [priceDecimals = 0, volumeDecimals = 0] = this.#decimals;
    const bars = { openTime, open, high, low, close, volume };
    const fault = faultOf(bars);
    if (fault !== null) throw this.#fault(reasonOf(fault, openTime), fault.row);
    return { bars, priceDecimals, volumeDecimals, hash: hashOfBars(bars) };
  }

  #takeNames(fields: readonly string[]): void {
    this.#named = true;
    const lacking = COLUMNS.find((name) => !fields.includes(name));
    const unknown = fields.find((name) => !COLUMNS.some((known) => known === name));
    const wanted = `the columns are ${COLUMNS.join(',')}`;
    if (unknown !== undefined) {
      throw this.#column(`column "${unknown}" is not known: ${wanted}`);
    }
    if (lacking !== undefined) {
      throw this.#column(`no column "${lacking}": ${wanted}`);
    }
    if (COLUMNS.some((name, index) => fields[index] !== name)) {
      throw this.#column(`in another order: ${wanted}`);
    }
  }

  #column(what: string): InvalidInput {
    return new InvalidInput('BARS_COLUMN', `${this.#path}: ${what}`);
  }

  #number(text: string, column: number): number {
    const digits = DECIMAL.exec(text);
    if (digits === null) throw this.#fault(`${COLUMNS[column] ?? ''} is no number: "${text}"`);
    const decimals = digits[1]?.length ?? 0;
    const kind = column === COLUMNS.length - 1 ? 1 : 0;
    if (column > 0) this.#decimals[kind] = Math.max(this.#decimals[kind] ?? 0, decimals);
    const value = Number(text);
    if (column === 0 && value >= OPEN_TIME_MAX) {
      throw this.#fault(`ts ${text} is no time in epoch ms before the year 2100`);
    }
    return value;
  }

  #fault(what: string, row = this.#length): InvalidInput {
    return new InvalidInput('BARS_ROW', `${this.#path}, row ${row + 1}: ${what}`);
  }
}

function reasonOf({ row, reason }: ColumnsFault, openTime: Float64Array): string {
  switch (reason) {
    case 'TIME_NOT_ASCENDING': {
      const isDouble = openTime[row] === openTime[row - 1];
      return isDouble
        ? 'the same ts as the row before it'
        : 'a ts before that of the row before it';
    }
    case 'OUTSIDE_LOW_TO_HIGH':
      return 'open or close lie outside of low to high';
    case 'NOT_FINITE':
    case 'LENGTHS_DIFFER':
      return 'a number that is too large to be one';
  }
}

function grown(column: Float64Array): Float64Array<ArrayBuffer> {
  const wider = new Float64Array(column.length * 2);
  wider.set(column);
  return wider;
}
