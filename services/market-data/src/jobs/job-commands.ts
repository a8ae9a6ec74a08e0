import { addDataJob, changeDataJob, type Database, findDataJob } from '@ballast/db';
import { countOpenTimes, DATA_JOB_MOVES, type Instrument } from '@ballast/domain';
import type { CommandHandlers, DataCommand, Refusal } from '../commands/command-handlers.ts';
import { importFault } from '../import/import-folder.ts';
import type { HistoryOf } from '../sources/kept-bars.ts';
import { findInstrument } from './find-instrument.ts';
import { JOB_BARS_MAX, wholeStretch } from './stretch.ts';

type JobCommandType = 'startBackfill' | 'startImport' | 'pauseJob' | 'resumeJob' | 'cancelJob';
type MoveCommand = Extract<DataCommand, { type: keyof typeof DATA_JOB_MOVES }>;

const refuse = (code: string, detail: string): Refusal => ({ code, detail });

/** The commands about jobs. What cannot come to anything is refused, not stored and failed. */
export function createJobHandlers(options: {
  readonly db: Database;
  readonly instruments: () => readonly Instrument[];
  readonly historyOf: HistoryOf;
  readonly importDir: string;
}): Pick<CommandHandlers, JobCommandType> {
  const { db, instruments, historyOf, importDir } = options;
  const unknown = (id: string): Refusal => refuse('INSTRUMENT_UNKNOWN', `${id} is not known`);

  return {
    async startBackfill({ actor, body }, tx, at) {
      const { jobId: id, timeframe, reason } = body;
      const instrument = await findInstrument(db, instruments, body.instrument);
      if (instrument === null) return unknown(body.instrument);
      const kept = historyOf(instrument.id);
      if (kept === null) {
        return refuse('NO_HISTORY', `no venue of ours keeps bars of ${instrument.id}`);
      }
      const offered = kept.history.timeframes(kept.route);
      if (!offered.includes(timeframe)) {
        return refuse('HISTORY_TIMEFRAME', `${kept.history.source} has ${offered.join(', ')}`);
      }
      const stretch = wholeStretch(timeframe, body, at);
      const bars = countOpenTimes(timeframe, instrument.session, stretch);
      if (bars === 0) return refuse('RANGE_EMPTY', 'no bar of this stretch has ended');
      if (bars > JOB_BARS_MAX) {
        return refuse('JOB_TOO_LARGE', `more than ${JOB_BARS_MAX} bars: ask for parts of it`);
      }
      const { from: fromTime, to: toTime } = stretch;
      const what = { id, kind: 'backfill', origin: 'manual', instrument: instrument.id } as const;
      const job = { ...what, timeframe, fromTime, toTime, barsExpected: bars, actor, reason };
      const added = await addDataJob(tx, { ...job, input: {} }, at);
      return added ? null : refuse('JOB_REPEATED', `there is a job ${id} already`);
    },

    async startImport({ actor, body }, tx, at) {
      const { jobId: id, timeframe, file, reason, replace = false } = body;
      const instrument = await findInstrument(db, instruments, body.instrument);
      if (instrument === null) return unknown(body.instrument);
      const fault = await importFault(importDir, file);
      if (fault !== null) return refuse(fault.code, fault.message);
      const what = { id, kind: 'import', origin: 'manual', instrument: instrument.id } as const;
      // Which stretch it is only the file tells.
      const stretch = { fromTime: 0, toTime: 0, barsExpected: 0 };
      const input = { file, ...(replace ? { replace } : {}) };
      const job = { ...what, ...stretch, timeframe, actor, reason, input };
      const added = await addDataJob(tx, job, at);
      return added ? null : refuse('JOB_REPEATED', `there is a job ${id} already`);
    },

    pauseJob: move,
    resumeJob: move,
    cancelJob: move,
  };
}

async function move(
  { type, body }: MoveCommand,
  tx: Parameters<CommandHandlers['pauseJob']>[1],
  at: number,
): Promise<Refusal | null> {
  const { from, to } = DATA_JOB_MOVES[type];
  const change = {
    pauseJob: { status: to },
    resumeJob: { status: to, attempts: 0, error: null, endedAt: null },
    cancelJob: { status: to, endedAt: at },
  }[type];
  const moved = await changeDataJob(tx, body.jobId, from, { ...change, updatedAt: at });
  if (moved !== null) return null;
  const known = await findDataJob(tx, body.jobId);
  if (known === null) return refuse('JOB_UNKNOWN', `no job ${body.jobId}`);
  return refuse('JOB_STATUS', `job ${body.jobId} is ${known.status}`);
}
