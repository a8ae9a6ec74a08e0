import { setPriority } from 'node:os';
import { Worker } from 'node:worker_threads';
import { z } from 'zod';
import type { ComputeOutcome, ComputeTask, FromThread, ThreadData } from './compute-task.ts';

const THREAD = new URL('./compute-thread.ts', import.meta.url);

/** What computes comes behind everything else on the host; 19 is the last place there is. */
export const niceness = z.coerce.number().int().min(0).max(19).default(19);

/** For this process and the threads that begin after this. */
export function yieldToTrading(nice: number): void {
  setPriority(nice);
}

/**
 * A thread that computes with bounded memory, so that its process can listen meanwhile. One that
 * ended is begun anew with the next task.
 */
export function createCompute(data: ThreadData, onProgress: (done: number, total: number) => void) {
  let thread: Worker | null = null;

  function begin(): Worker {
    return new Worker(THREAD, {
      workerData: data,
      resourceLimits: { maxOldGenerationSizeMb: data.memoryMb },
    });
  }

  return {
    /** One task at a time. What the thread dies of is a failure with a code. */
    do(task: ComputeTask): Promise<ComputeOutcome> {
      const worker = (thread ??= begin());
      return new Promise((resolve) => {
        const end = (outcome: ComputeOutcome): void => {
          worker.off('message', onMessage);
          worker.off('error', onError);
          worker.off('exit', onExit);
          resolve(outcome);
        };
        const onMessage = (word: FromThread): void => {
          if (word.kind === 'progress') onProgress(word.done, word.total);
          else end(word);
        };
        const onError = (error: Error): void => {
          thread = null;
          end(deathOf(error, data.memoryMb));
        };
        const onExit = (code: number): void => {
          thread = null;
          const message = `its thread ended with ${code}`;
          end({ kind: 'failed', code: 'COMPUTE_DIED', message, isItsOwn: true });
        };
        worker.on('message', onMessage);
        worker.on('error', onError);
        worker.on('exit', onExit);
        worker.postMessage(task);
      });
    },
    async close(): Promise<void> {
      await thread?.terminate();
      thread = null;
    },
  };
}

function deathOf(error: Error, memoryMb: number): ComputeOutcome {
  const code: unknown = Reflect.get(error, 'code');
  if (code === 'ERR_WORKER_OUT_OF_MEMORY') {
    const message = `it needs more than ${memoryMb} MB: ask for a part of its bars or instruments`;
    return { kind: 'failed', code: 'OUT_OF_MEMORY', message, isItsOwn: true };
  }
  return { kind: 'failed', code: 'COMPUTE_DIED', message: error.message, isItsOwn: true };
}
