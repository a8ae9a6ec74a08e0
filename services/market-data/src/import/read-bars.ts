import { open } from 'node:fs/promises';
import { type Bar, InvalidInput } from '@ballast/domain';
import { type ImportedBar, readRow, type RowFault, type RowFields } from './bar-rows.ts';
import { csvRows } from './csv-rows.ts';
import { parquetRowsApart } from './parquet-apart.ts';

/** Of one file: two years of minutes. */
const ROWS_MAX = 1_100_000;
const GZIP_MAGIC = '1f8b';
const PARQUET_MAGIC = '50415231';
const SAMPLE_LENGTH_MAX = 120;

/**
 * All bars of a file, CSV (plain or gzip) or Parquet by its first bytes, with the columns ts, open,
 * high, low, close, volume: `ts` is the open time, epoch ms. It is read as a whole or not at all,
 * and prices go on meanwhile: a million bars are made as they are read, not at its end.
 * @param placeFault what is wrong with a bar that opens at a time (epoch ms), or null
 * @param said what every bar of the file says of itself
 * @throws InvalidInput IMPORT_ROWS naming the first row that cannot be used and how many there are
 * (row 1 follows the header), IMPORT_HEADER, IMPORT_UNREADABLE, IMPORT_TOO_LARGE, IMPORT_EMPTY; the
 * file system's error
 */
export async function readBars(
  path: string,
  placeFault: (openTime: number) => RowFault | null,
  said: Omit<Bar, keyof ImportedBar>,
): Promise<Bar[]> {
  const bars: Bar[] = [];
  const faults = countFaults();
  let row = 0;
  for await (const fields of await rowsOf(path)) {
    row += 1;
    if (row > ROWS_MAX) {
      throw new InvalidInput('IMPORT_TOO_LARGE', `more than ${ROWS_MAX} rows: bring it in parts`);
    }
    const read = readRow(fields);
    const last = bars.at(-1)?.openTime ?? Number.NEGATIVE_INFINITY;
    if (typeof read === 'string') faults.add(read, row, fields);
    else if (read.openTime === last) faults.add('REPEATED', row, fields);
    else if (read.openTime < last) faults.add('NOT_RISING', row, fields);
    else {
      const fault = placeFault(read.openTime);
      if (fault === null) bars.push({ ...read, ...said });
      else faults.add(fault, row, fields);
    }
  }
  faults.check();
  if (bars.length === 0) throw new InvalidInput('IMPORT_EMPTY', 'the file has no row');
  return bars;
}

function countFaults() {
  const counts = new Map<RowFault, number>();
  let first: string | null = null;
  return {
    add(code: RowFault, row: number, fields: RowFields): void {
      counts.set(code, (counts.get(code) ?? 0) + 1);
      first ??= `row ${row}: ${code} (${fields.join(',').slice(0, SAMPLE_LENGTH_MAX)})`;
    },
    check(): void {
      if (first === null) return;
      const all = [...counts].map(([code, rows]) => `${code} ${rows}`).join(', ');
      throw new InvalidInput('IMPORT_ROWS', `${first}; rows that cannot be used: ${all}`);
    },
  };
}

async function rowsOf(path: string): Promise<AsyncGenerator<RowFields>> {
  const magic = await firstBytes(path);
  if (magic === PARQUET_MAGIC) return parquetRowsApart(path);
  return csvRows(path, magic.startsWith(GZIP_MAGIC));
}

async function firstBytes(path: string): Promise<string> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(4), 0, 4, 0);
    return buffer.subarray(0, bytesRead).toString('hex');
  } finally {
    await file.close();
  }
}
