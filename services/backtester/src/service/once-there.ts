import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from '@ballast/observability';
import type { ComputeTask, Settled } from '../stored/compute-task.ts';
import { type ChildOptions, doApart } from './heavy-child.ts';

const RETRY_MS = 1_000;

/**
 * Does a task apart, and once more for as long as the database is away: hours of a sweep must not
 * be lost for the seconds in which it is judged. The claim of its row keeps it from ending twice.
 */
export async function doOnceThere(
  task: Extract<ComputeTask, { readonly id: string }>,
  options: ChildOptions & { readonly log: Logger },
): Promise<Settled> {
  const { signal, log } = options;
  for (;;) {
    const outcome = await doApart(task, options);
    if (outcome.kind !== 'away') return outcome;
    const about = { backtest: task.id, kind: task.kind, reason: outcome.message };
    log.warn(about, 'the database was away from a backtest, which begins again');
    await delay(RETRY_MS, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) return { kind: 'ended', stored: false };
  }
}
