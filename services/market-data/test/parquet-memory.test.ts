import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { SchemaElement } from 'hyparquet';
import { parquetWriteFile } from 'hyparquet-writer';
import { expect, onTestFinished, test } from 'vitest';
import { COLUMNS } from '../src/import/bar-rows.ts';

const ROWS = 100_000;
/** Less than a tenth of what the reader has for a file of eleven times as many rows. */
const MEMORY_MAX_MB = 80;

test('decimals as bytes do not take more memory than the reader has', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'parquet-memory-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const filename = join(folder, 'decimals.parquet');
  const places = { converted_type: 'DECIMAL', precision: 18, scale: 8 } as const;
  const decimal = { type: 'BYTE_ARRAY', ...places } as const;
  const data = Array.from({ length: ROWS }, (_, row) => 8_550_453_027_600_000n + BigInt(row));
  parquetWriteFile({
    filename,
    rowGroupSize: ROWS,
    schema: [
      { name: 'root', num_children: COLUMNS.length },
      ...COLUMNS.map((name): SchemaElement => ({ name, repetition_type: 'REQUIRED', ...decimal })),
    ],
    columnData: COLUMNS.map((name) => ({ name, data, encoding: 'DELTA_BYTE_ARRAY' as const })),
  });
  const worker = new Worker(new URL('../src/import/parquet-worker.ts', import.meta.url), {
    workerData: filename,
    resourceLimits: { maxOldGenerationSizeMb: MEMORY_MAX_MB },
  });
  let rows = 0;
  const ended = await new Promise<string>((resolve) => {
    worker.on('error', (error) => resolve(String(error)));
    worker.on('message', (said: { kind: string; rows: unknown[] }) => {
      rows += said.rows.length;
      if (said.kind === 'rows') worker.postMessage('next');
      else resolve(said.kind);
    });
  });
  expect([ended, rows]).toEqual(['end', ROWS]);
});
