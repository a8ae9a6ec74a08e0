import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { barsBetween, changeDataJob, type Database, type DataJob, storeHistory } from '@ballast/db';
import {
  type Bar,
  barCloseTime,
  barOpenTime,
  type Instrument,
  InvalidInput,
  type Timeframe,
  TIMEFRAME_MS,
} from '@ballast/domain';
import { isAsked, JobStopped, type Run, unlessStopped } from '../jobs/job-work.ts';
import { settleStretch } from '../jobs/settle-stretch.ts';
import type { RowFault } from './bar-rows.ts';
import { checkNumbers } from './check-numbers.ts';
import { importPath } from './import-folder.ts';
import { readBars } from './read-bars.ts';
import { requireWidth } from './told-width.ts';
import { importedAs, wideBars } from './wide-bars.ts';

/** Bars stored between two looks at whether the job is to go on. */
const BARS_PER_PAGE = 10_000;

type Import = {
  readonly db: Database;
  /** The operator's folder of files to be imported. */
  readonly importDir: string;
  readonly isWatched: (instrument: Instrument) => boolean;
};

/**
 * Brings a file of bars: read and checked as a whole before any of it is stored; then its bars, all
 * wider timeframes of them, and its gaps. Doing it again changes nothing.
 * @throws InvalidInput as `readBars` and `checkNumbers` say, IMPORT_CHANGED; JobStopped
 */
export async function importFile(parts: Import, run: Run): Promise<void> {
  const { db } = parts;
  const { job, instrument } = run;
  const { timeframe } = job;
  const { bars, sha256 } = await readChecked(parts, run);
  const isMinutes = timeframe === '1m';
  // Made before anything is stored: their numbers too may be too large.
  const making = isMinutes ? [] : wideBars(bars, timeframe, instrument, run.now());
  const wider = await unlessStopped(run.signal, Promise.resolve(making));
  const first = bars[0]?.openTime ?? 0;
  const last = bars.at(-1)?.openTime ?? 0;
  const stretch = { from: first, to: last + TIMEFRAME_MS[timeframe] };
  const begun = await begin(db, run, { ...stretch, bars: bars.length, sha256 });
  const { replace = false } = job.input;
  let doneUntil = begun;
  try {
    for (let start = indexFrom(bars, begun); start < bars.length; start += BARS_PER_PAGE) {
      const page = bars.slice(start, start + BARS_PER_PAGE);
      const { stored, replaced, kept } = await storeHistory(db, page, { replace });
      doneUntil = (page.at(-1)?.openTime ?? 0) + TIMEFRAME_MS[timeframe];
      const brought = { barsStored: stored, barsReplaced: replaced, barsKept: kept };
      await run.progress({ doneUntil, ...brought });
    }
    for (const wide of wider) await storeWide(db, instrument, wide);
    await settle(stretch.to, isMinutes ? 'roll' : 'made');
  } catch (error) {
    if (isAsked(error) && doneUntil > first) await settle(doneUntil, isMinutes ? 'roll' : 'none');
    // With what was there before, a wider bar may still not be exact.
    if (error instanceof InvalidInput) throw halfway(error, bars, doneUntil);
    throw error;
  }

  async function settle(to: number, wide: 'roll' | 'made' | 'none'): Promise<void> {
    await settleStretch(db, instrument, {
      ...{ timeframe, from: first, to, now: run.now() },
      ...{ isWatched: parts.isWatched(instrument), asked: null, wide },
    });
  }
}

/** All bars of the file, as ours, and what tells it from another. */
async function readChecked(
  { importDir }: Import,
  { job, instrument, signal, now }: Run,
): Promise<{ readonly bars: readonly Bar[]; readonly sha256: string }> {
  const { timeframe } = job;
  const path = await importPath(importDir, job.input.file ?? '');
  const sha256 = await unlessStopped(signal, sha256Of(path));
  if (job.input.sha256 !== undefined && job.input.sha256 !== sha256) {
    throw new InvalidInput('IMPORT_CHANGED', 'the file is another one than the job began with');
  }
  const at = now();
  const placed = (openTime: number) => placeFault(timeframe, instrument, openTime, at);
  const said = { ...importedAs(instrument, timeframe), builtFrom: 'venue', missing: 0 } as const;
  const bars = await unlessStopped(signal, readBars(path, placed, said));
  requireWidth(bars, timeframe, instrument);
  await unlessStopped(signal, checkNumbers(bars, instrument));
  return { bars, sha256 };
}

/** Of the first bar that opens at a time (epoch ms) or later. */
function indexFrom(bars: readonly Bar[], openTime: number): number {
  const index = bars.findIndex((bar) => bar.openTime >= openTime);
  return index === -1 ? bars.length : index;
}

/** The same error, and which rows it came too late for. */
function halfway(error: InvalidInput, bars: readonly Bar[], doneUntil: number): InvalidInput {
  const rows = bars.filter(({ openTime }) => openTime < doneUntil).length;
  const whole = `rows 1 to ${rows} of ${bars.length} are stored`;
  const stored = `${whole}, where no better bar was, and not all of their wider bars`;
  return new InvalidInput(error.code, rows === 0 ? error.message : `${error.message}; ${stored}`);
}

/** Writes down what the file turned out to be; gives where to go on. */
async function begin(
  db: Database,
  { job, now }: Run,
  found: { from: number; to: number; bars: number; sha256: string },
): Promise<number> {
  if (job.input.sha256 !== undefined) return job.doneUntil;
  const { from, to, bars, sha256 } = found;
  const change = {
    ...{ fromTime: from, toTime: to, doneUntil: from, barsExpected: bars, updatedAt: now() },
    input: { ...job.input, sha256, doneBefore: from } satisfies DataJob['input'],
  };
  const written = await changeDataJob(db, job.id, ['running'], change);
  if (written === null) throw new JobStopped('asked');
  return from;
}

/**
 * Page by page: bars that are compared with so many stored ones in one turn of the event loop hold
 * up the prices, for longer than the lease lasts.
 */
async function storeWide(db: Database, instrument: Instrument, wide: readonly Bar[]) {
  for (let start = 0; start < wide.length; start += BARS_PER_PAGE) {
    const page = wide.slice(start, start + BARS_PER_PAGE);
    await storeHistory(db, await withoutBetter(db, instrument, page));
  }
}

/** A file's bars replace those of others only where they hold more of what was traded. */
async function withoutBetter(
  db: Database,
  { id }: Instrument,
  wide: readonly Bar[],
): Promise<readonly Bar[]> {
  const [first] = wide;
  const last = wide.at(-1);
  if (first === undefined || last === undefined) return wide;
  const range = { from: first.openTime, to: last.openTime };
  const stored = await barsBetween(db, id, first.timeframe, range);
  const byTime = new Map(stored.map((bar) => [bar.openTime, bar]));
  return wide.filter(({ openTime, missing }) => {
    const there = byTime.get(openTime);
    if (there === undefined) return true;
    return there.source === 'import' ? missing <= there.missing : missing < there.missing;
  });
}

/**
 * What is wrong with a bar of the timeframe that opens at a time (epoch ms), or null. One that has
 * not ended is nobody's to know: it would stand before the bars that come, and who reads the newest
 * ones would take it for them.
 */
function placeFault(
  timeframe: Timeframe,
  { session }: Instrument,
  openTime: number,
  now: number,
): RowFault | null {
  const byDate = timeframe === '1d' || timeframe === '1w';
  const opens = barOpenTime(timeframe, byDate ? 'continuous' : session, openTime);
  const closes = barCloseTime(timeframe, session, openTime);
  if (opens !== openTime || closes === null) return 'OUTSIDE_SESSION';
  return closes > now ? 'NOT_ENDED' : null;
}

async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}
