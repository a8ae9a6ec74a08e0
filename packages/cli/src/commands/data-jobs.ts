import { countDataJobs, listDataJobs } from '@ballast/db';
import { type DataJobId, InvalidInput, parseUuid } from '@ballast/domain';
import { readCount } from '../arguments.ts';
import { ask } from '../ask.ts';
import { EXIT, Failure } from '../failure.ts';
import { jobLine, reportJob, shownJob } from '../job-ending.ts';
import type { Platform } from '../platform.ts';
import type { Report } from '../report.ts';

const LIMIT_MAX = 1_000;

/** Those that have not ended, then the newest. @throws Failure */
export async function dataJobList(
  { db }: Pick<Platform, 'db'>,
  asked: { readonly limit: string },
): Promise<Report> {
  const limit = readCount(asked.limit, '--limit', LIMIT_MAX);
  const [jobs, counts] = await Promise.all([listDataJobs(db, limit), countDataJobs(db)]);
  const now = Date.now();
  const lines = jobs.map((job) => jobLine(job, now));
  return {
    ok: true,
    data: { jobs: jobs.map((job) => shownJob(job, now)), counts },
    lines: lines.length === 0 ? ['no jobs'] : lines,
  };
}

/** Pauses, resumes or cancels. @throws Failure with the refusal's code */
export async function moveDataJob(
  platform: Platform,
  type: 'pauseJob' | 'resumeJob' | 'cancelJob',
  asked: { readonly jobId: string; readonly reason: string },
): Promise<Report> {
  const { reason } = asked;
  const jobId = readJobId(asked.jobId);
  await ask(platform, { type, body: { jobId, reason } });
  return reportJob(platform, jobId, false);
}

function readJobId(text: string): DataJobId {
  try {
    return parseUuid<DataJobId>(text);
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error;
    throw new Failure(error.code, error.message, EXIT.usage);
  }
}
