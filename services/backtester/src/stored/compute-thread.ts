import { parentPort, workerData } from 'node:worker_threads';
import { awayReason, openDatabase } from '@ballast/db';
import { z } from 'zod';
import { codeOf } from '../reason-of.ts';
import type { ComputeOutcome, ComputeTask, FromThread, ThreadData } from './compute-task.ts';
import { judgeStored } from './judge-stored.ts';
import { runStored, type Within } from './run-stored.ts';
import { createSweepTrier, OwnFault } from './try-stored.ts';
import { walkStoredForward } from './walk-stored-forward.ts';

/** A million bars are read in seconds; more than this is a statement that is stuck. */
const STATEMENT_TIMEOUT_MS = 600_000;

const shape: z.ZodType<ThreadData> = z.object({ databaseUrl: z.string(), memoryMb: z.number() });
const { databaseUrl, memoryMb } = shape.parse(workerData);
const db = openDatabase(databaseUrl, { max: 1, statementTimeoutMs: STATEMENT_TIMEOUT_MS });
const within: Within = {
  memoryMb,
  now: Date.now,
  onProgress: (done, total) => say({ kind: 'progress', done, total }),
};
const trier = createSweepTrier(db, within);

function say(word: FromThread): void {
  parentPort?.postMessage(word);
}

parentPort?.on('message', (task: ComputeTask) => {
  void done(task).then(say);
});

async function done(task: ComputeTask): Promise<ComputeOutcome> {
  try {
    return { kind: 'ended', stored: await work(task) };
  } catch (error) {
    const away = awayReason(error);
    if (away !== null) return { kind: 'away', message: away };
    const message = error instanceof Error ? error.message : String(error);
    return { kind: 'failed', code: codeOf(error), message, isItsOwn: error instanceof OwnFault };
  }
}

function work(task: ComputeTask): Promise<boolean> {
  switch (task.kind) {
    case 'run':
      return runStored(db, task, within);
    case 'judge':
      return judgeStored(db, task, within);
    case 'walk-forward':
      return walkStoredForward(db, task, within);
    case 'combination':
      return trier.tryOne(task.sweepId, task.index);
    default:
      return task satisfies never;
  }
}
