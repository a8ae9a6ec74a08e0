import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SchemaElement } from 'hyparquet';
import { parquetWriteFile } from 'hyparquet-writer';
import { expect, onTestFinished, test } from 'vitest';
import { COLUMNS, type RowFields } from '../src/import/bar-rows.ts';
import { decimalColumn } from '../src/import/decimal-column.ts';
import { parquetRows } from '../src/import/parquet-rows.ts';

const TS = 1_700_000_040_000n;
const DECIMAL = { converted_type: 'DECIMAL', precision: 38 } as const;

async function rowsOf(element: Partial<SchemaElement>, values: readonly (bigint | string)[]) {
  const folder = mkdtempSync(join(tmpdir(), 'parquet-decimals-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const filename = join(folder, 'decimals.parquet');
  const [ts, ...others] = COLUMNS;
  const required = { repetition_type: 'REQUIRED' } as const;
  parquetWriteFile({
    filename,
    schema: [
      { name: 'root', num_children: COLUMNS.length },
      { name: ts, type: 'INT64', ...required },
      ...others.map((name): SchemaElement => ({ name, ...required, ...element })),
    ],
    columnData: [
      { name: ts, data: values.map((_, row) => TS + BigInt(row)) },
      ...others.map((name) => ({ name, data: [...values] })),
    ],
  });
  const rows: RowFields[] = [];
  for await (const row of parquetRows(filename)) rows.push(row);
  expect(rows.map(([at]) => at)).toEqual(values.map((_, row) => String(TS + BigInt(row))));
  return rows.map((row) => [...new Set(row.slice(1))].join());
}

test.each([
  ['INT64', { type: 'INT64', scale: 8 }],
  ['fixed bytes', { type: 'FIXED_LEN_BYTE_ARRAY', type_length: 16, scale: 8 }],
  ['bytes', { type: 'BYTE_ARRAY', scale: 8 }],
] as const)('decimals as %s keep all of their digits', async (_as, element) => {
  const whole = [8_550_453_027_600_000n, 1n, 0n, -25n, 123_456_789_012_345_678n];
  expect(await rowsOf({ ...DECIMAL, ...element }, [...whole, 8_550_453_027_600_000n])).toEqual([
    '85504530.27600000',
    '0.00000001',
    '0.00000000',
    '-0.00000025',
    '1234567890.12345678',
    '85504530.27600000',
  ]);
});

test('decimals of 18 places, of none and as INT32', async () => {
  const fixed = { ...DECIMAL, type: 'FIXED_LEN_BYTE_ARRAY', type_length: 16, scale: 18 } as const;
  expect(await rowsOf(fixed, [61_234_100_000_000_000_000_000n])).toEqual([
    '61234.100000000000000000',
  ]);
  expect(await rowsOf({ ...DECIMAL, type: 'INT64', scale: 0 }, [5n, 70n])).toEqual(['5', '70']);
  expect(await rowsOf({ ...DECIMAL, type: 'INT32', scale: 2, precision: 9 }, [6_123_410n])).toEqual(
    ['61234.10'],
  );
});

test('text stays as it is written, named as text or not', async () => {
  const bare = { type: 'BYTE_ARRAY' } as const;
  expect(await rowsOf({ ...bare, converted_type: 'UTF8' }, ['61234.10', '7'])).toEqual([
    '61234.10',
    '7',
  ]);
  expect(await rowsOf(bare, ['61234.10', '7'])).toEqual(['61234.10', '7']);
});

test('a decimal that is named by its logical type alone has the places of that', () => {
  const logical_type = { type: 'DECIMAL', precision: 18, scale: 2 } as const;
  expect(decimalColumn({ name: 'open', type: 'INT64', logical_type })(6_123_410n)).toBe('61234.10');
});
