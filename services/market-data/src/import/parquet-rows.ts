import { setImmediate as nextTurn } from 'node:timers/promises';
import { brotliDecompressSync, gunzipSync, zstdDecompressSync } from 'node:zlib';
import { InvalidInput } from '@ballast/domain';
import {
  asyncBufferFromFile,
  type Compressors,
  type FileMetaData,
  parquetMetadataAsync,
  parquetRead,
  type ParquetReadOptions,
} from 'hyparquet';
import { COLUMNS, type RowFields } from './bar-rows.ts';
import { columnAsRead, decimalColumn, type DecimalText, fromBytes } from './decimal-column.ts';

/** What a writer puts into one group is decoded in one go: more is not taken at once. */
const GROUP_ROWS_MAX = 1_100_000;
/** Rows between two turns of the event loop: prices go on while a file is read. */
const ROWS_PER_TURN = 2_000;
const NANOS_PER_MS = 1_000_000n;

/** Snappy is the library's own; no page grows past what its head says. */
const COMPRESSORS: Compressors = {
  GZIP: (input, maxOutputLength) => gunzipSync(input, { maxOutputLength }),
  BROTLI: (input, maxOutputLength) => brotliDecompressSync(input, { maxOutputLength }),
  ZSTD: (input, maxOutputLength) => zstdDecompressSync(input, { maxOutputLength }),
};

/** Epoch ms; what lies between two milliseconds is no open time and becomes NaN. */
const PARSERS = {
  timestampFromMilliseconds: (millis: bigint) => millis,
  timestampFromMicroseconds: (micros: bigint) => wholeMs(micros * 1_000n),
  timestampFromNanoseconds: wholeMs,
};

/**
 * Rows of a Parquet file (plain, Snappy, GZIP, Brotli or Zstandard) with the columns ts, open,
 * high, low, close, volume: `ts` whole ms or a timestamp; the others decimals, text, or floating
 * point, which is read as the shortest decimal that stands for it.
 * @throws InvalidInput IMPORT_HEADER, IMPORT_UNREADABLE, IMPORT_TOO_LARGE
 */
export async function* parquetRows(path: string): AsyncGenerator<RowFields> {
  try {
    const file = await asyncBufferFromFile(path);
    const told = await parquetMetadataAsync(file);
    const read = columnsOf(told);
    const metadata = { ...told, schema: told.schema.map(columnAsRead) };
    let rowStart = 0;
    for (const group of metadata.row_groups) {
      const rowEnd = rowStart + Number(group.num_rows);
      const columns = await columnsOfGroup({ file, metadata, rowStart, rowEnd }, read);
      for (let row = 0; row < rowEnd - rowStart; row += 1) {
        if (row % ROWS_PER_TURN === 0) await nextTurn();
        yield columns.map((values, index) => (read[index]?.text ?? String)(values[row]));
      }
      rowStart = rowEnd;
    }
  } catch (error) {
    if (error instanceof InvalidInput) throw error;
    const why = error instanceof Error ? error.message : String(error);
    throw new InvalidInput('IMPORT_UNREADABLE', why);
  }
}

/**
 * A group of rows, column by column with a turn of the event loop in between. By groups, since a
 * group that is asked for in parts is decoded as a whole for each of them.
 * @throws InvalidInput IMPORT_TOO_LARGE; Error where a column lacks rows
 */
async function columnsOfGroup(
  group: Pick<ParquetReadOptions, 'file' | 'metadata'> & { rowStart: number; rowEnd: number },
  read: readonly ReadColumn[],
): Promise<ArrayLike<unknown>[]> {
  const rows = group.rowEnd - group.rowStart;
  if (rows > GROUP_ROWS_MAX) {
    throw new InvalidInput('IMPORT_TOO_LARGE', `${rows} rows in one group: bring it in parts`);
  }
  const columns: ArrayLike<unknown>[] = [];
  for (const { name, parsers } of read) {
    await nextTurn();
    const values: unknown[] = [];
    await parquetRead({
      ...{ ...group, columns: [name], compressors: COMPRESSORS, parsers, utf8: false },
      onChunk({ columnData }) {
        for (const value of Array.from<unknown>(columnData)) values.push(value);
      },
    });
    if (values.length !== rows) throw new Error(`${name} has ${values.length} of ${rows} rows`);
    columns.push(values);
  }
  return columns;
}

type ReadColumn = {
  readonly name: string;
  readonly parsers: NonNullable<ParquetReadOptions['parsers']>;
  readonly text: DecimalText;
};

/** How each column is read, and its values become text. @throws InvalidInput IMPORT_HEADER */
function columnsOf({ schema }: FileMetaData): ReadColumn[] {
  return COLUMNS.map((name) => {
    const element = schema.find((one) => one.name === name);
    if (element === undefined) {
      throw new InvalidInput('IMPORT_HEADER', `columns must be ${COLUMNS.join(', ')}`);
    }
    const stringFromBytes = fromBytes(element);
    const parsers = stringFromBytes === undefined ? PARSERS : { ...PARSERS, stringFromBytes };
    return { name, parsers, text: decimalColumn(element) };
  });
}

function wholeMs(nanos: bigint): bigint | number {
  return nanos % NANOS_PER_MS === 0n ? nanos / NANOS_PER_MS : Number.NaN;
}
