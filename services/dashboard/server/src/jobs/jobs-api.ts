import { countDataJobs, listDataJobs } from '@ballast/db';
import { type DataJobId, instrumentIdText, parsed, parseUuid, TIMEFRAMES } from '@ballast/domain';
import { z } from 'zod';
import { commandIdText, reasonText } from '../api/command-inputs.ts';
import type { Dashboard } from '../api/dashboard.ts';
import { operatorProcedure, readProcedure, router } from '../api/trpc.ts';
import { jobView } from './job-view.ts';

/** Of one answer: those that have not ended first, then the newest. */
const JOBS_MAX = 50;

const jobIdText = parsed(parseUuid<DataJobId>);
const move = z.strictObject({ commandId: commandIdText, jobId: jobIdText, reason: reasonText });

/** Backfills and imports: watched, and asked of market-data. */
export function jobsApi({ db, desk, now }: Dashboard) {
  return router({
    list: readProcedure.query(async () => {
      const [jobs, counts] = await Promise.all([listDataJobs(db, JOBS_MAX), countDataJobs(db)]);
      const at = now();
      const all = Object.values(counts).reduce((sum, count) => sum + count, 0);
      return { at, jobs: jobs.map((job) => jobView(job, at)), counts, more: all - jobs.length };
    }),

    startBackfill: operatorProcedure
      .input(
        z.strictObject({
          commandId: commandIdText,
          jobId: jobIdText,
          instrument: instrumentIdText,
          timeframe: z.enum(TIMEFRAMES),
          from: z.int().nonnegative(),
          to: z.int().positive(),
          reason: reasonText,
        }),
      )
      .mutation(({ ctx, input: { commandId, ...body } }) =>
        desk.send(ctx.session, commandId, { type: 'startBackfill', body }),
      ),

    pause: operatorProcedure
      .input(move)
      .mutation(({ ctx, input: { commandId, ...body } }) =>
        desk.send(ctx.session, commandId, { type: 'pauseJob', body }),
      ),

    resume: operatorProcedure
      .input(move)
      .mutation(({ ctx, input: { commandId, ...body } }) =>
        desk.send(ctx.session, commandId, { type: 'resumeJob', body }),
      ),

    cancel: operatorProcedure
      .input(move)
      .mutation(({ ctx, input: { commandId, ...body } }) =>
        desk.send(ctx.session, commandId, { type: 'cancelJob', body }),
      ),
  });
}
