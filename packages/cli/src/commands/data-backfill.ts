import { randomBytes } from 'node:crypto';
import { isTimeframe, uuidV7 } from '@ballast/domain';
import { readInstant, readInstrumentId } from '../arguments.ts';
import { ask } from '../ask.ts';
import { EXIT, Failure } from '../failure.ts';
import { reportJob } from '../job-ending.ts';
import type { Platform } from '../platform.ts';
import type { Report } from '../report.ts';

type Asked = {
  readonly instrument: string;
  readonly timeframe: string;
  readonly from: string;
  readonly to?: string;
  readonly reason: string;
  readonly wait: boolean;
};

/** Asks for bars from the venue's history, as a job. @throws Failure */
export async function dataBackfill(platform: Platform, asked: Asked): Promise<Report> {
  const { timeframe, reason, wait } = asked;
  const instrument = readInstrumentId(asked.instrument);
  if (!isTimeframe(timeframe)) throw new Failure('USAGE', `no timeframe ${timeframe}`, EXIT.usage);
  const now = Date.now();
  const from = readInstant(asked.from);
  const to = asked.to === undefined ? now : readInstant(asked.to);
  if (from >= to) throw new Failure('RANGE_EMPTY', '--from must lie before --to', EXIT.usage);
  const jobId = uuidV7(now, randomBytes(10));
  const body = { jobId, instrument, timeframe, from, to, reason };
  await ask(platform, { type: 'startBackfill', body });
  return reportJob(platform, jobId, wait);
}
