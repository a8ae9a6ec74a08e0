/** Work on stored market data: words that its rows, the command line and the dashboard share. */
export const DATA_JOB_KINDS = ['backfill', 'import'] as const;

/** Why it exists: asked for, or found missing after a reconnect or in an older stretch. */
export const DATA_JOB_ORIGINS = ['manual', 'reconnect', 'schedule'] as const;

/** `failed` and `paused` can be resumed; `done` and `cancelled` are ends. */
export const DATA_JOB_STATUSES = [
  'queued',
  'running',
  'paused',
  'failed',
  'done',
  'cancelled',
] as const;
export type DataJobStatus = (typeof DATA_JOB_STATUSES)[number];

/** From which states the operator's word takes a job to which. */
export const DATA_JOB_MOVES = {
  pauseJob: { from: ['queued', 'running'], to: 'paused' },
  resumeJob: { from: ['paused', 'failed'], to: 'queued' },
  cancelJob: { from: ['queued', 'running', 'paused', 'failed'], to: 'cancelled' },
} as const satisfies Record<
  string,
  { readonly from: readonly DataJobStatus[]; readonly to: DataJobStatus }
>;

/** What is stored of a run under way; epoch ms. */
export type JobMeasure = {
  readonly status: string;
  readonly fromTime: number;
  readonly toTime: number;
  readonly doneUntil: number;
  readonly barsExpected: number;
  readonly startedAt: number | null;
  readonly updatedAt: number;
  /** `doneUntil` when the run under way began. */
  readonly doneBefore: number;
};

export type JobPace = {
  /** Of its stretch, percent, rounded down. */
  readonly percent: number;
  /** Expected bars gone through in a second, by the run under way; null before its first page. */
  readonly barsPerSecond: number | null;
  /** Ms until the end at that pace. */
  readonly leftMs: number | null;
};

/** How far a job is, and how fast. Only a job that runs has a pace. */
export function jobPace(job: JobMeasure, now: number): JobPace {
  const { status, fromTime, toTime, doneUntil, doneBefore, startedAt, updatedAt } = job;
  const whole = toTime - fromTime;
  const share = whole <= 0 ? 0 : Math.min(1, (doneUntil - fromTime) / whole);
  const percent = status === 'done' ? 100 : Math.floor(share * 100);
  const done = doneUntil - doneBefore;
  const tookMs = startedAt === null ? 0 : updatedAt - startedAt;
  if (status !== 'running' || whole <= 0 || done <= 0 || tookMs <= 0) {
    return { percent, barsPerSecond: null, leftMs: null };
  }
  const bars = job.barsExpected * (done / whole);
  const atLastPage = ((toTime - doneUntil) * tookMs) / done;
  return {
    percent,
    barsPerSecond: Math.round((bars * 1_000) / tookMs),
    leftMs: Math.max(0, Math.round(atLastPage - (now - updatedAt))),
  };
}
