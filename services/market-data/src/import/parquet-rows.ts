import { brotliDecompressSync, gunzipSync, zstdDecompressSync } from 'node:zlib';
import { InvalidInput } from '@ballast/domain';
import {
  asyncBufferFromFile,
  type Compressors,
  type FileMetaData,
  parquetMetadataAsync,
  parquetReadObjects,
} from 'hyparquet';
import { COLUMNS, type RowFields } from './bar-rows.ts';
import { decimalColumn, type DecimalText } from './decimal-column.ts';

/** Rows read in one go: a file without groups does not come as a whole. */
const ROWS_PER_READ = 50_000;
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
 * @throws InvalidInput IMPORT_HEADER, IMPORT_UNREADABLE
 */
export async function* parquetRows(path: string): AsyncGenerator<RowFields> {
  try {
    const file = await asyncBufferFromFile(path);
    const metadata = await parquetMetadataAsync(file);
    const texts = columnsOf(metadata);
    const total = Number(metadata.num_rows);
    for (let rowStart = 0; rowStart < total; rowStart += ROWS_PER_READ) {
      const rows: readonly object[] = await parquetReadObjects({
        ...{ file, metadata, columns: [...COLUMNS], rowFormat: 'object' },
        ...{ rowStart, rowEnd: Math.min(rowStart + ROWS_PER_READ, total) },
        ...{ compressors: COMPRESSORS, parsers: PARSERS },
      });
      for (const row of rows) {
        yield COLUMNS.map((name, index) => (texts[index] ?? String)(Reflect.get(row, name)));
      }
    }
  } catch (error) {
    if (error instanceof InvalidInput) throw error;
    const why = error instanceof Error ? error.message : String(error);
    throw new InvalidInput('IMPORT_UNREADABLE', why);
  }
}

/** How the values of each column become text. @throws InvalidInput IMPORT_HEADER */
function columnsOf({ schema }: FileMetaData): DecimalText[] {
  return COLUMNS.map((name) => {
    const element = schema.find((one) => one.name === name);
    if (element !== undefined) return decimalColumn(element);
    throw new InvalidInput('IMPORT_HEADER', `columns must be ${COLUMNS.join(', ')}`);
  });
}

function wholeMs(nanos: bigint): bigint | number {
  return nanos % NANOS_PER_MS === 0n ? nanos / NANOS_PER_MS : Number.NaN;
}
