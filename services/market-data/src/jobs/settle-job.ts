import { type Database, type DataJob, findDataJob } from '@ballast/db';
import type { Instrument } from '@ballast/domain';
import type { Logger } from '@ballast/observability';
import type { AskedSource } from '../coverage/gap-look.ts';
import { askedSource, type HistoryOf } from '../sources/kept-bars.ts';
import { findInstrument } from './find-instrument.ts';
import { settleStretch } from './settle-stretch.ts';

/**
 * What follows from the bars that a job has stored up to `until` (open time, epoch ms), whatever
 * became of the job. Nothing where it has stored none.
 */
export async function settleJob(
  db: Database,
  { job, instrument }: { readonly job: DataJob; readonly instrument: Instrument },
  of: {
    readonly until: number;
    readonly isWatched: boolean;
    readonly asked: AskedSource | null;
    readonly now: number;
  },
): Promise<void> {
  const { timeframe, fromTime: from } = job;
  const { until: to, ...rest } = of;
  if (to <= from) return;
  // The venue has wide bars of its own, and those of a file are made of the whole of it.
  const wide = timeframe === '1m' ? 'roll' : 'none';
  await settleStretch(db, instrument, { timeframe, from, to, wide, ...rest });
}

type Parts = {
  readonly db: Database;
  readonly instruments: () => readonly Instrument[];
  readonly historyOf: HistoryOf;
  readonly isWatched: (instrument: Instrument) => boolean;
  readonly now: () => number;
  readonly log: Logger;
};

/** The same of a cancelled job that no run holds: one that waited, after a process that ended. */
export async function settleCancelled(parts: Parts, id: string): Promise<void> {
  const { db, instruments, historyOf, isWatched, now, log } = parts;
  try {
    const job = await findDataJob(db, id);
    if (job?.status !== 'cancelled') return;
    const instrument = await findInstrument(db, instruments, job.instrument);
    if (instrument === null) return;
    const kept = job.kind === 'backfill' ? historyOf(instrument.id) : null;
    const asked = kept === null ? null : askedSource(kept);
    const of = { until: job.doneUntil, isWatched: isWatched(instrument), asked, now: now() };
    await settleJob(db, { job, instrument }, of);
  } catch (error) {
    log.warn({ err: error, job: id }, 'gaps and wide bars of a cancelled job were not made true');
  }
}
