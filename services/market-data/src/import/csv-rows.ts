import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { InvalidInput } from '@ballast/domain';
import { parse } from 'csv-parse';
import { COLUMNS, type RowFields } from './bar-rows.ts';

const ROW_CHARACTERS_MAX = 4_096;

/**
 * Rows of a CSV file with the columns ts, open, high, low, close, volume, below a line that names
 * them. @throws InvalidInput IMPORT_HEADER, IMPORT_UNREADABLE
 */
export async function* csvRows(path: string, isGzip: boolean): AsyncGenerator<RowFields> {
  const parser = parse({
    bom: true,
    relax_column_count: true,
    skip_empty_lines: true,
    max_record_size: ROW_CHARACTERS_MAX,
  });
  const bytes = createReadStream(path);
  const read = isGzip ? pipeline(bytes, createGunzip(), parser) : pipeline(bytes, parser);
  read.catch(() => undefined);
  let isHeader = true;
  try {
    const lines: AsyncIterable<string[]> = parser;
    for await (const fields of lines) {
      if (isHeader) checkHeader(fields);
      else yield fields;
      isHeader = false;
    }
  } catch (error) {
    if (error instanceof InvalidInput) throw error;
    const why = error instanceof Error ? error.message : String(error);
    throw new InvalidInput('IMPORT_UNREADABLE', why);
  }
  if (isHeader) throw new InvalidInput('IMPORT_HEADER', 'the file is empty');
}

function checkHeader(fields: readonly string[]): void {
  if (COLUMNS.every((name, index) => fields[index] === name)) return;
  throw new InvalidInput('IMPORT_HEADER', `columns must be ${COLUMNS.join(', ')}`);
}
