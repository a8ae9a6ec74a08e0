import { loadConfig, url } from '@ballast/observability';
import { z } from 'zod';
import type { ComputeOutcome, ComputeTask } from '../stored/compute-task.ts';
import { createCompute, niceness, yieldToTrading } from '../stored/compute.ts';

/** What the service hears of its child; the last word is the outcome. */
export type FromChild =
  | ComputeOutcome
  | { readonly kind: 'progress'; readonly done: number; readonly total: number };

const config = loadConfig({
  BALLAST_DATABASE_URL: url('postgres', 'postgresql'),
  BALLAST_BACKTEST_MEMORY_MB: z.coerce.number().int().min(64),
  BALLAST_BACKTEST_NICE: niceness,
});
// Before any thread begins: they take the priority over.
yieldToTrading(config.BALLAST_BACKTEST_NICE);

function say(word: FromChild): void {
  process.send?.(word);
}

const compute = createCompute(
  { databaseUrl: config.BALLAST_DATABASE_URL, memoryMb: config.BALLAST_BACKTEST_MEMORY_MB },
  (done, total) => say({ kind: 'progress', done, total }),
);
// Whoever asked is gone: what it began is begun again by the next service.
process.on('disconnect', () => process.exit(0));
process.once('message', (task: ComputeTask) => {
  void compute.do(task).then((outcome) => {
    process.send?.(outcome, () => process.exit(0));
  });
});
