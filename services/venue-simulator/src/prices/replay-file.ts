import { createReadStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { CsvError, parse } from 'csv-parse';
import { type ReplayCode, ReplayFault } from './replay-fault.ts';

export type BarRow = {
  readonly ts: number;
  readonly open: string;
  readonly high: string;
  readonly low: string;
  readonly close: string;
  readonly volume: string;
};
export type TradeRow = {
  readonly ts: number;
  readonly price: string;
  readonly size: string;
  readonly side: 'buy' | 'sell' | null;
};
export type ReplayFile =
  | { readonly kind: 'bars'; readonly rows: readonly BarRow[] }
  | { readonly kind: 'trades'; readonly rows: readonly TradeRow[] };

const BAR_HEADER = 'ts,open,high,low,close,volume';
const TRADE_HEADER = 'ts,price,size,side';
const ROWS_MAX = 2_000_000;
const FILE_MAX_BYTES = 256 * 1024 * 1024;
const GZIP_MAGIC = 0x1f8b;
const NUMBER = /^-?\d+(?:\.\d+)?(?:[eE][-+]?\d{1,2})?$/;
const DECIMALS_WITH_EXPONENT = 18;
/** No price and no size is written with more; beyond it a text is no decimal of ours. */
const WHOLE_DIGITS_MAX = 20;
/** A line without an end must not be gathered in memory. */
const ROW_CHARACTERS_MAX = 4_096;

/**
 * Reads and checks a whole file of bars or trades, plain or gzip. Row 1 follows the header.
 * @throws ReplayFault with the row number for the first row that cannot be used
 */
export async function readReplayFile(path: string): Promise<ReplayFile> {
  const gzipped = await checkFile(path);
  const bars: BarRow[] = [];
  const trades: TradeRow[] = [];
  let header: string | null = null;
  let row = 0;
  const parser = parse({
    bom: true,
    relax_column_count: true,
    skip_empty_lines: true,
    max_record_size: ROW_CHARACTERS_MAX,
  });
  const take = async (source: AsyncIterable<string[]>): Promise<void> => {
    for await (const fields of source) {
      if (header === null) {
        header = readHeader(fields);
        continue;
      }
      row += 1;
      if (row > ROWS_MAX) throw new ReplayFault('REPLAY_TOO_LONG', `more than ${ROWS_MAX} rows`);
      if (header === BAR_HEADER) bars.push(readBar(fields, row, bars.at(-1)?.ts));
      else trades.push(readTrade(fields, row, trades.at(-1)?.ts));
    }
  };
  try {
    const bytes = createReadStream(path);
    await (gzipped ? pipeline(bytes, createGunzip(), parser, take) : pipeline(bytes, parser, take));
  } catch (error) {
    throw asFault(error, row);
  }
  if (header === null || row === 0) throw new ReplayFault('REPLAY_EMPTY', 'no rows');
  return header === BAR_HEADER ? { kind: 'bars', rows: bars } : { kind: 'trades', rows: trades };
}

async function checkFile(path: string): Promise<boolean> {
  const found = await stat(path).catch((error: unknown) => {
    throw new ReplayFault('REPLAY_FILE_MISSING', `cannot read ${path}`, { cause: error });
  });
  if (!found.isFile()) throw new ReplayFault('REPLAY_FILE_MISSING', `${path} is no file`);
  if (found.size === 0) throw new ReplayFault('REPLAY_EMPTY', `${path} is empty`);
  if (found.size > FILE_MAX_BYTES) {
    throw new ReplayFault('REPLAY_TOO_LONG', `more than ${FILE_MAX_BYTES} bytes`);
  }
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(2), 0, 2, 0);
    return bytesRead === 2 && buffer.readUInt16BE(0) === GZIP_MAGIC;
  } finally {
    await file.close();
  }
}

function readHeader(fields: readonly string[]): string {
  const header = fields.map((field) => field.trim()).join(',');
  if (header === BAR_HEADER || header === TRADE_HEADER) return header;
  const wanted = `"${BAR_HEADER}" or "${TRADE_HEADER}"`;
  throw new ReplayFault('REPLAY_HEADER', `header must be ${wanted}, is "${header.slice(0, 80)}"`);
}

function readBar(fields: readonly string[], row: number, before: number | undefined): BarRow {
  requireColumns(fields, 6, row);
  const ts = readTime(fields[0], row);
  if (before !== undefined && ts <= before)
    fault('REPLAY_TIME_BACKWARDS', row, `ts ${ts} after ${before}`);
  const open = readNumber(fields[1], 'open', row, 'price');
  const high = readNumber(fields[2], 'high', row, 'price');
  const low = readNumber(fields[3], 'low', row, 'price');
  const close = readNumber(fields[4], 'close', row, 'price');
  const volume = readNumber(fields[5], 'volume', row, 'amount');
  if (Number(high) < Number(low)) fault('REPLAY_HIGH_BELOW_LOW', row, `high ${high} < low ${low}`);
  for (const [name, price] of Object.entries({ open, close })) {
    if (Number(price) >= Number(low) && Number(price) <= Number(high)) continue;
    fault('REPLAY_OUTSIDE_RANGE', row, `${name} ${price} is not between ${low} and ${high}`);
  }
  return { ts, open, high, low, close, volume };
}

function readTrade(fields: readonly string[], row: number, before: number | undefined): TradeRow {
  requireColumns(fields, 4, row);
  const ts = readTime(fields[0], row);
  if (before !== undefined && ts < before)
    fault('REPLAY_TIME_BACKWARDS', row, `ts ${ts} after ${before}`);
  const price = readNumber(fields[1], 'price', row, 'price');
  const size = readNumber(fields[2], 'size', row, 'amount');
  const side = (fields[3] ?? '').trim().toLowerCase();
  if (side !== 'buy' && side !== 'sell' && side !== '') fault('REPLAY_SIDE', row, `side "${side}"`);
  return { ts, price, size, side: side === 'buy' || side === 'sell' ? side : null };
}

function requireColumns(fields: readonly string[], count: number, row: number): void {
  if (fields.length === count) return;
  fault('REPLAY_COLUMNS', row, `${fields.length} columns instead of ${count}`);
}

function readTime(field: string | undefined, row: number): number {
  const text = field?.trim() ?? '';
  if (!/^\d{1,15}$/.test(text)) {
    fault(text.startsWith('-') ? 'REPLAY_NEGATIVE' : 'REPLAY_NOT_A_NUMBER', row, `ts "${text}"`);
  }
  return Number(text);
}

function readNumber(
  field: string | undefined,
  name: string,
  row: number,
  what: 'price' | 'amount',
): string {
  const text = field?.trim() ?? '';
  if (!NUMBER.test(text)) fault('REPLAY_NOT_A_NUMBER', row, `${name} "${text.slice(0, 40)}"`);
  const value = Number(text);
  const told = `${name} ${text.slice(0, 60)}`;
  if (value < 0) fault('REPLAY_NEGATIVE', row, told);
  const plain = /e/i.test(text) ? value.toFixed(DECIMALS_WITH_EXPONENT) : text;
  const wholeDigits = (plain.split('.', 1)[0] ?? '').length;
  if (value >= 10 ** WHOLE_DIGITS_MAX || wholeDigits > WHOLE_DIGITS_MAX) {
    fault('REPLAY_TOO_LARGE', row, told);
  }
  // Judged as it will be used: what an exponent makes too small is cut to zero.
  if (what === 'price' && Number(plain) === 0) fault('REPLAY_PRICE_NOT_POSITIVE', row, told);
  return plain.includes('.') ? plain.replace(/\.?0+$/, '') : plain;
}

function fault(code: ReplayCode, row: number, told: string): never {
  throw new ReplayFault(code, `row ${row}: ${told}`);
}

function asFault(error: unknown, row: number): unknown {
  if (error instanceof ReplayFault) return error;
  const told = error instanceof Error ? error.message : String(error);
  if (error instanceof CsvError) {
    // The parser is ahead of the rows taken; its count of records has the header for the row.
    const records: unknown = Reflect.get(error, 'records');
    const at = typeof records === 'number' ? records : row + 1;
    return new ReplayFault('REPLAY_CSV', `row ${at}: ${told}`);
  }
  const code = error instanceof Error && 'code' in error ? error.code : '';
  if (code === 'Z_BUF_ERROR')
    return new ReplayFault('REPLAY_TRUNCATED', `gzip ends after row ${row}`);
  if (typeof code === 'string' && code.startsWith('Z_')) {
    return new ReplayFault('REPLAY_GZIP', `gzip is broken after row ${row}: ${told}`);
  }
  return error;
}
