import { setTimeout as delay } from 'node:timers/promises';
import {
  backtestsUnderWay,
  changeBacktest,
  type Database,
  requeueBacktests,
  type StoredBacktest,
} from '@ballast/db';
import type { Logger } from '@ballast/observability';
import type { Settled } from '../stored/compute-task.ts';
import type { SweepQueue } from '../stored/sweep-queue.ts';
import { directSweep } from './direct-sweep.ts';
import { doOnceThere } from './once-there.ts';
import { createSettling, type LaneCounts } from './settling.ts';
import { startSweepWorkers } from './sweep-workers.ts';

const RETRY_MS = 1_000;
const LOOK_EVERY_MS = 5_000;
const PROGRESS_EVERY_MS = 500;

type LaneOptions = {
  readonly db: Database;
  readonly databaseUrl: string;
  readonly redisUrl: string;
  readonly queue: SweepQueue;
  /** Of this host, while a sweep runs. */
  readonly workers: number;
  readonly memoryMb: number;
  /** How far behind all others what computes is, 0 to 19. */
  readonly nice: number;
  readonly now: () => number;
  readonly log: Logger;
};

type Current = { readonly id: string; readonly stop: AbortController };

/**
 * The one lane of heavy work on this host: what is queued by its row, the oldest first, one after
 * the other. A row that is cancelled is never written to again by its run.
 */
export function startLane(options: LaneOptions) {
  const { db, now, log } = options;
  const counts: LaneCounts = { done: 0, failed: 0, cancelled: 0 };
  const stopping = new AbortController();
  const doze = createDoze(stopping.signal);
  const settle = createSettling(options, { counts, signal: stopping.signal, pause: doze.pause });
  let current: Current | null = null;

  async function runOne(row: StoredBacktest): Promise<void> {
    const startedAt = now();
    const begin = { state: 'running', startedAt, updatedAt: startedAt } as const;
    if (!(await changeBacktest(db, row, ['queued'], begin))) return doze.pause(RETRY_MS);
    const { kind, id, strategy, actor } = row;
    log.info({ backtest: id, kind, strategy, actor }, 'backtest runs');
    const stop = new AbortController();
    current = { id, stop };
    try {
      const signal = AbortSignal.any([stop.signal, stopping.signal]);
      const outcome = await carryOut({ ...row, startedAt }, signal, options);
      if (!stopping.signal.aborted) await settle(row, outcome);
    } finally {
      current = null;
    }
  }

  async function goOn(): Promise<void> {
    for (let isBegun = false; !stopping.signal.aborted;) {
      try {
        const left = isBegun ? 0 : await requeueBacktests(db, now());
        if (left > 0) log.warn({ backtests: left }, 'backtests that were left behind begin again');
        isBegun = true;
        const [row] = await backtestsUnderWay(db);
        await (row === undefined ? doze.untilWoken(LOOK_EVERY_MS) : runOne(row));
      } catch (error) {
        log.warn({ err: error }, 'backtests were not looked after');
        await doze.pause(RETRY_MS);
      }
    }
  }

  const going = goOn();
  return {
    counts,
    /** There is a row more. */
    nudge: doze.wake,
    /** The row says already that it is not to go on. */
    halt(id: string): void {
      if (current?.id === id) current.stop.abort();
    },
    /** What runs is left where it is: the next process begins it again. */
    async stop(): Promise<void> {
      stopping.abort();
      doze.wake();
      await going;
    },
  };
}

/** Waiting that ends early: when somebody has something to do, or when all stops. */
function createDoze(signal: AbortSignal) {
  let isWoken = false;
  let wake = (): void => undefined;
  const pause = (ms: number): Promise<void> =>
    delay(ms, undefined, { signal }).catch(() => undefined);
  return {
    pause,
    wake(): void {
      isWoken = true;
      wake();
    },
    async untilWoken(ms: number): Promise<void> {
      const { promise, resolve } = Promise.withResolvers<void>();
      wake = resolve;
      if (!isWoken) await Promise.race([promise, pause(ms)]);
      isWoken = false;
    },
  };
}

async function carryOut(
  row: StoredBacktest & { readonly startedAt: number },
  signal: AbortSignal,
  options: LaneOptions,
): Promise<Settled> {
  const { id, startedAt } = row;
  const { databaseUrl, memoryMb, nice } = options;
  const onProgress = progressOf(row, options);
  const child = { databaseUrl, memoryMb, nice, signal, onProgress, log: options.log };
  if (row.kind === 'run') return doOnceThere({ kind: 'run', id, startedAt }, child);
  const { redisUrl, workers: count, log } = options;
  const workers = startSweepWorkers({ databaseUrl, redisUrl, memoryMb, nice, count, log });
  try {
    if (!(await directSweep(id, { ...options, signal }))) return { kind: 'ended', stored: false };
  } finally {
    workers.stop();
  }
  const kind = row.kind === 'sweep' ? 'judge' : row.kind;
  return doOnceThere({ kind, id, startedAt }, child);
}

/** Writes down how far a run is, not more often than anybody looks. */
function progressOf(row: StoredBacktest, { db, now, log }: LaneOptions) {
  let toldAt = 0;
  return (done: number, total: number): void => {
    const at = now();
    if (at - toldAt < PROGRESS_EVERY_MS) return;
    toldAt = at;
    changeBacktest(db, row, ['running'], { done, total, updatedAt: at }).catch((error: unknown) =>
      log.warn({ err: error, backtest: row.id }, 'the progress of a backtest was not stored'),
    );
  };
}
