import {
  DATA_JOB_KINDS,
  DATA_JOB_ORIGINS,
  DATA_JOB_STATUSES,
  type DataJobStatus,
  type InstrumentId,
  parseInstrumentId,
  type Timeframe,
  TIMEFRAMES,
} from '@ballast/domain';
import { and, asc, desc, eq, gte, inArray, lt, lte, or, sql } from 'drizzle-orm';
import type { Database } from '../database.ts';
import { dataJobs } from '../tables/data-jobs.ts';

/** The database itself, or a transaction of it. */
type Executor = Pick<Database, 'select' | 'insert' | 'update'>;
type Row = typeof dataJobs.$inferSelect;

/** What a job needs beside its columns. */
export type DataJobInput = {
  /** Of an import: its name in the import folder, and the SHA-256 of what was read of it first. */
  readonly file?: string;
  readonly sha256?: string;
  /** `doneUntil` when the run under way began. */
  readonly doneBefore?: number;
  /** Of an import: it replaces also bars that are to be believed rather. */
  readonly replace?: boolean;
  /** What was there with other numbers, in all its runs: replaced, or kept as the better ones. */
  readonly barsReplaced?: number;
  readonly barsKept?: number;
};

/** One piece of work on stored bars; times epoch ms. */
export type DataJob = Omit<Row, 'kind' | 'origin' | 'instrument' | 'timeframe' | 'status'> & {
  readonly kind: (typeof DATA_JOB_KINDS)[number];
  readonly origin: (typeof DATA_JOB_ORIGINS)[number];
  readonly instrument: InstrumentId;
  readonly timeframe: Timeframe;
  readonly status: DataJobStatus;
  readonly input: DataJobInput;
};

type NewJob = Pick<
  DataJob,
  'id' | 'kind' | 'origin' | 'instrument' | 'timeframe' | 'fromTime' | 'toTime' | 'input'
> & { readonly barsExpected: number; readonly actor: string; readonly reason: string };

/** False when a job of this id is there already. */
export async function addDataJob(db: Executor, job: NewJob, at: number): Promise<boolean> {
  const begun = { status: 'queued', doneUntil: job.fromTime, barsStored: 0, attempts: 0 };
  const added = await db
    .insert(dataJobs)
    .values({ ...job, ...begun, createdAt: at, updatedAt: at })
    .onConflictDoNothing()
    .returning({ id: dataJobs.id });
  return added.length > 0;
}

export async function findDataJob(db: Executor, id: string): Promise<DataJob | null> {
  const [row] = await db.select().from(dataJobs).where(eq(dataJobs.id, id));
  return row === undefined ? null : toJob(row);
}

/** Those that have not ended first, then the newest. */
export async function listDataJobs(db: Executor, limit: number): Promise<DataJob[]> {
  const rows = await db
    .select()
    .from(dataJobs)
    .orderBy(
      sql`CASE WHEN ${dataJobs.status} IN ('queued', 'running', 'paused') THEN 0 ELSE 1 END`,
      desc(dataJobs.createdAt),
      desc(dataJobs.id),
    )
    .limit(limit);
  return rows.map(toJob);
}

/** How many jobs have each status. */
export async function countDataJobs(db: Executor): Promise<Readonly<Record<string, number>>> {
  const rows = await db
    .select({ status: dataJobs.status, count: sql<number>`count(*)::int` })
    .from(dataJobs)
    .groupBy(dataJobs.status);
  return Object.fromEntries(rows.map(({ status, count }) => [status, count]));
}

/** What is to be carried next: what has not failed yet before what has, then what was asked for. */
export async function queuedDataJobs(db: Executor, limit: number): Promise<DataJob[]> {
  const rows = await db
    .select()
    .from(dataJobs)
    .where(eq(dataJobs.status, 'queued'))
    .orderBy(
      asc(dataJobs.attempts),
      sql`CASE ${dataJobs.origin} WHEN 'manual' THEN 0 WHEN 'reconnect' THEN 1 ELSE 2 END`,
      asc(dataJobs.createdAt),
      asc(dataJobs.id),
    )
    .limit(limit);
  return rows.map(toJob);
}

const NOT_ENDED = ['queued', 'running', 'paused'];

/**
 * The id of a job that has not ended and reaches into the time before a moment (epoch ms), or may:
 * where a file begins is not known until it is read. Null without any.
 */
export async function jobReachingBefore(db: Executor, before: number): Promise<string | null> {
  const [row] = await db
    .select({ id: dataJobs.id })
    .from(dataJobs)
    .where(and(inArray(dataJobs.status, NOT_ENDED), lt(dataJobs.fromTime, before)))
    .orderBy(asc(dataJobs.createdAt))
    .limit(1);
  return row?.id ?? null;
}

/** Whether a job for this stretch has not ended, or was made since `since`. */
export async function hasJobFor(
  db: Executor,
  stretch: { instrument: string; timeframe: string; from: number; to: number; since: number },
): Promise<boolean> {
  const rows = await db
    .select({ id: dataJobs.id })
    .from(dataJobs)
    .where(
      and(
        eq(dataJobs.kind, 'backfill'),
        eq(dataJobs.instrument, stretch.instrument),
        eq(dataJobs.timeframe, stretch.timeframe),
        lte(dataJobs.fromTime, stretch.from),
        gte(dataJobs.toTime, stretch.to),
        or(inArray(dataJobs.status, NOT_ENDED), gte(dataJobs.createdAt, stretch.since)),
      ),
    )
    .limit(1);
  return rows.length > 0;
}

/** A queued job becomes a running one; null when it is not queued (any more). */
export async function claimDataJob(db: Executor, id: string, at: number): Promise<DataJob | null> {
  const [row] = await db
    .update(dataJobs)
    .set({
      status: 'running',
      startedAt: at,
      updatedAt: at,
      endedAt: null,
      input: sql`${dataJobs.input} || jsonb_build_object('doneBefore', ${dataJobs.doneUntil})`,
    })
    .where(and(eq(dataJobs.id, id), eq(dataJobs.status, 'queued')))
    .returning();
  return row === undefined ? null : toJob(row);
}

/**
 * Changes a job that has one of these statuses; null when it has another by now, and then nothing
 * is changed: whoever paused or cancelled it has the last word.
 */
export async function changeDataJob(
  db: Executor,
  id: string,
  statuses: readonly DataJobStatus[],
  change: Partial<typeof dataJobs.$inferInsert> & { readonly updatedAt: number },
): Promise<DataJob | null> {
  const [row] = await db
    .update(dataJobs)
    .set(change)
    .where(and(eq(dataJobs.id, id), inArray(dataJobs.status, [...statuses])))
    .returning();
  return row === undefined ? null : toJob(row);
}

function toJob(row: Row): DataJob {
  return {
    ...row,
    kind: oneOf(DATA_JOB_KINDS, row.kind),
    origin: oneOf(DATA_JOB_ORIGINS, row.origin),
    instrument: parseInstrumentId(row.instrument),
    timeframe: oneOf(TIMEFRAMES, row.timeframe),
    status: oneOf(DATA_JOB_STATUSES, row.status),
    input: inputOf(row.input),
  };
}

function inputOf(value: unknown): DataJobInput {
  const field = (name: string): unknown =>
    typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
  const [file, sha256, replace] = [field('file'), field('sha256'), field('replace')];
  const count = (name: 'doneBefore' | 'barsReplaced' | 'barsKept') => {
    const found = field(name);
    return typeof found === 'number' ? { [name]: found } : {};
  };
  return {
    ...(typeof file === 'string' ? { file } : {}),
    ...(typeof sha256 === 'string' ? { sha256 } : {}),
    ...(replace === true ? { replace } : {}),
    ...count('doneBefore'),
    ...count('barsReplaced'),
    ...count('barsKept'),
  };
}

function oneOf<T extends string>(known: readonly T[], text: string): T {
  const found = known.find((one) => one === text);
  if (found === undefined) throw new Error(`a stored job says "${text}"`);
  return found;
}
