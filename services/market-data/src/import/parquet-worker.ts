import { once } from 'node:events';
import { parentPort, workerData } from 'node:worker_threads';
import { InvalidInput } from '@ballast/domain';
import type { RowFields } from './bar-rows.ts';
import type { FromWorker } from './parquet-apart.ts';
import { parquetRows } from './parquet-rows.ts';

/** Rows of one message: what takes the reader a few milliseconds. */
const ROWS_PER_MESSAGE = 2_000;

/** Reads the file that it was given and sends its rows, so many at a time as they are asked for. */
async function main(): Promise<void> {
  if (parentPort === null || typeof workerData !== 'string') throw new Error('not a worker');
  const port = parentPort;
  const say = (message: FromWorker): void => port.postMessage(message);
  let rows: RowFields[] = [];
  try {
    for await (const row of parquetRows(workerData)) {
      rows.push(row);
      if (rows.length < ROWS_PER_MESSAGE) continue;
      const asked = once(port, 'message');
      say({ kind: 'rows', rows });
      rows = [];
      await asked;
    }
    say({ kind: 'end', rows });
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error;
    say({ kind: 'fault', code: error.code, message: error.message });
  }
  port.close();
}

await main();
