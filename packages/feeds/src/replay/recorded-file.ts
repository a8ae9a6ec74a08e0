import { createReadStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { CsvError, parse } from 'csv-parse';
import { FeedError } from '../faults.ts';

const BAR_HEADER = 'ts,open,high,low,close,volume';
const TRADE_HEADER = 'ts,price,size,side';
const GZIP_MAGIC = 0x1f8b;
/** A line without an end must not be gathered in memory. */
const ROW_CHARACTERS_MAX = 4_096;
/** A file with so many rows of another width is no recording, and each costs the parser dearly. */
const ODD_ROWS_MAX = 1_000;
/** Fields of a row. */
export const COLUMNS = { bars: 6, trades: 4 } as const satisfies Record<RecordedKind, number>;

export type RecordedKind = 'bars' | 'trades';

/** A row as it stands in the file; row 1 follows the header. */
export type RecordedRow = { readonly row: number; readonly fields: readonly string[] };

export type RecordedFile = {
  readonly kind: RecordedKind;
  /** @throws FeedError REPLAY_UNREADABLE */
  readonly rows: AsyncIterable<RecordedRow>;
  close(): void;
};

/**
 * Opens a recording, plain or gzip, of bars (`ts,open,high,low,close,volume`) or trades
 * (`ts,price,size,side`); `ts` is epoch ms. It is read as it is asked for, never as a whole.
 * @throws FeedError REPLAY_FILE_MISSING, REPLAY_HEADER or REPLAY_UNREADABLE
 */
export async function openRecordedFile(path: string): Promise<RecordedFile> {
  const isGzip = looksGzip(await firstBytes(path));
  return await readRecording(createReadStream(path), isGzip, path);
}

/** The same from a stream, which this closes; `path` is what errors call it. @throws FeedError */
export async function readRecording(
  bytes: Readable,
  isGzip: boolean,
  path: string,
): Promise<RecordedFile> {
  const parser = parse({
    bom: true,
    relax_column_count: true,
    skip_empty_lines: true,
    max_record_size: ROW_CHARACTERS_MAX,
  });
  const unpacked = isGzip ? bytes.pipe(createGunzip()) : bytes;
  for (const stream of [bytes, unpacked]) {
    stream.on('error', (error: Error) => parser.destroy(error));
  }
  unpacked.pipe(parser);
  const close = (): void => {
    bytes.destroy();
    unpacked.destroy();
    parser.destroy();
  };
  const rows = read(parser, path);
  const first = await rows.next();
  const header = first.done === true ? '' : first.value.map((field) => field.trim()).join(',');
  if (header !== BAR_HEADER && header !== TRADE_HEADER) {
    close();
    const wanted = `"${BAR_HEADER}" or "${TRADE_HEADER}"`;
    throw new FeedError('REPLAY_HEADER', `${path}: header must be ${wanted}`);
  }
  const kind = header === BAR_HEADER ? 'bars' : 'trades';
  return { kind, rows: numbered(rows, kind, path), close };
}

async function* numbered(
  rows: AsyncIterable<string[]>,
  kind: RecordedKind,
  path: string,
): AsyncGenerator<RecordedRow> {
  let row = 0;
  let odd = 0;
  for await (const fields of rows) {
    row += 1;
    if (fields.length !== COLUMNS[kind]) odd += 1;
    if (odd > ODD_ROWS_MAX) {
      const message = `${path}: more than ${ODD_ROWS_MAX} rows have another number of columns`;
      throw new FeedError('REPLAY_UNREADABLE', message);
    }
    yield { row, fields };
  }
}

async function* read(parser: AsyncIterable<string[]>, path: string): AsyncGenerator<string[]> {
  try {
    yield* parser;
  } catch (error) {
    const why =
      error instanceof CsvError ? error.code : error instanceof Error ? error.message : '';
    throw new FeedError('REPLAY_UNREADABLE', `${path}: ${why}`, error);
  }
}

export function looksGzip(bytes: Buffer): boolean {
  return bytes.length >= 2 && bytes.readUInt16BE(0) === GZIP_MAGIC;
}

async function firstBytes(path: string): Promise<Buffer> {
  const found = await stat(path).catch((error: unknown) => {
    throw new FeedError('REPLAY_FILE_MISSING', `cannot read ${path}`, error);
  });
  if (!found.isFile()) throw new FeedError('REPLAY_FILE_MISSING', `${path} is no file`);
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(2), 0, 2, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}
