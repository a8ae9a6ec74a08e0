import { setTimeout as delay } from 'node:timers/promises';
import {
  addSweepRow,
  changeBacktest,
  countSweepRows,
  type Database,
  findBacktest,
  missingCombinations,
} from '@ballast/db';
import type { Logger } from '@ballast/observability';
import { storedRequest } from '../stored/stored-request.ts';
import type { SweepQueue } from '../stored/sweep-queue.ts';
import { combinationAt, variedOf } from '../sweep/vary.ts';

/** The queue holds the next few, the rows hold all: its memory does not grow with the sweep. */
const CARRIED_MAX = 200;
const LOOK_EVERY_MS = 250;
const REASON = /^([A-Z][A-Z_]+): (.*)$/s;

type Parts = {
  readonly db: Database;
  readonly queue: Pick<SweepQueue, 'begin' | 'add' | 'waiting' | 'takeFailed' | 'drain'>;
  readonly signal: AbortSignal;
  readonly now: () => number;
  readonly log: Logger;
};

/**
 * Keeps the queue filled with the combinations that have no row yet, until each has one. Whatever
 * was lost with a worker, with Redis or with this process comes again that way.
 * @returns whether all rows are there; not when the sweep was stopped meanwhile, whoever did that
 */
export async function directSweep(sweepId: string, parts: Parts): Promise<boolean> {
  const { queue, signal, log } = parts;
  for (let isBegun = false; ;) {
    if (signal.aborted) return false;
    try {
      if (!isBegun) await queue.begin();
      isBegun = true;
      const state = await look(sweepId, parts);
      if (state !== 'goes on') return state === 'whole';
    } catch (error) {
      log.warn({ err: error, sweep: sweepId }, 'the sweep was not looked after');
    }
    await delay(LOOK_EVERY_MS, undefined, { signal }).catch(() => undefined);
  }
}

async function look(sweepId: string, parts: Parts): Promise<'goes on' | 'whole' | 'stopped'> {
  const { db, queue, now } = parts;
  const sweep = await findBacktest(db, sweepId);
  if (sweep?.state !== 'running') {
    await queue.drain();
    return 'stopped';
  }
  const { total } = sweep;
  await giveUp(sweepId, sweep.request, parts);
  const done = await countSweepRows(db, sweepId);
  if (done !== sweep.done) {
    await changeBacktest(db, sweep, ['running'], { done, updatedAt: now() });
  }
  if (done >= total) return 'whole';
  if ((await queue.waiting()) < CARRIED_MAX / 2) {
    const missing = await missingCombinations(db, { sweepId, total, limit: CARRIED_MAX });
    await queue.add(sweepId, missing);
  }
  return 'goes on';
}

/**
 * A combination with which worker after worker has died, or that cannot be tried anywhere, gets a
 * row that says so.
 */
async function giveUp(
  sweepId: string,
  request: unknown,
  { db, queue, log }: Pick<Parts, 'db' | 'queue' | 'log'>,
): Promise<void> {
  for (const failed of await queue.takeFailed()) {
    if (failed.sweepId !== sweepId) continue;
    const { index, reason } = failed;
    const { parameters, vary = [] } = storedRequest.parse(request);
    const [, code = 'WORKER_DIED', message = reason] = REASON.exec(reason) ?? [];
    const outcome = { ok: false, index, code, message };
    await addSweepRow(db, {
      ...{ sweepId, combination: index, outcome, returns: null },
      parameters: { ...parameters, ...combinationAt(variedOf(vary), index) },
    });
    log.error({ code, sweep: sweepId, index }, 'a combination was given up');
  }
}
