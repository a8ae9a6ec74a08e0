import { on } from 'node:events';
import { Worker } from 'node:worker_threads';
import { InvalidInput } from '@ballast/domain';
import { z } from 'zod';
import type { RowFields } from './bar-rows.ts';

/** More than a file of two years of minutes takes, and less than would end the process. */
const MEMORY_MAX_MB = 1_024;

const rows = z.custom<RowFields[]>(Array.isArray);
const fromWorker = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('rows'), rows }),
  z.object({ kind: z.literal('end'), rows }),
  z.object({ kind: z.literal('fault'), code: z.string(), message: z.string() }),
]);
export type FromWorker = z.infer<typeof fromWorker>;

/**
 * `parquetRows` in a thread of its own. A column of a million values is decoded in one go, and the
 * lease of the active process does not wait for that; a file that wants more memory than there is
 * ends the thread and not the process, which would begin with it again.
 * @throws InvalidInput as `parquetRows` says, IMPORT_UNREADABLE
 */
export async function* parquetRowsApart(path: string): AsyncGenerator<RowFields> {
  const worker = new Worker(new URL('./parquet-worker.ts', import.meta.url), {
    workerData: path,
    resourceLimits: { maxOldGenerationSizeMb: MEMORY_MAX_MB },
  });
  try {
    for await (const [message] of on(worker, 'message', { close: ['exit'] })) {
      const said = fromWorker.parse(message);
      if (said.kind === 'fault') throw new InvalidInput(said.code, said.message);
      yield* said.rows;
      if (said.kind === 'end') return;
      worker.postMessage('next');
    }
    throw new InvalidInput('IMPORT_UNREADABLE', 'the file was not read to its end');
  } catch (error) {
    if (error instanceof InvalidInput) throw error;
    throw new InvalidInput('IMPORT_UNREADABLE', error instanceof Error ? error.message : 'unknown');
  } finally {
    await worker.terminate();
  }
}
