import { parseCommand } from '@ballast/domain';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Fixture, startDashboard } from './dashboard.fixture.ts';
import { seedJobs } from './sample/jobs.ts';
import { sampleId } from './sample/rows.ts';

let fixture: Fixture;
let redis: Redis;
let headers: Record<string, string>;
beforeAll(async () => {
  fixture = await startDashboard();
  redis = new Redis(fixture.redis.administratorUrl);
  headers = await fixture.login();
  await seedJobs(fixture.owner, Date.now());
});
afterAll(async () => {
  redis.disconnect();
  await fixture.stop();
});

test('those that have not ended come first, each with its place and its pace', async () => {
  expect(await fixture.query('jobs.list', undefined, headers)).toMatchObject({
    result: {
      data: {
        more: 0,
        counts: { running: 1, queued: 1, paused: 1, failed: 2, done: 1 },
        jobs: [
          { status: 'running', percent: 37, barsPerSecond: 111, leftMs: expect.any(Number) },
          { status: 'queued', percent: 0, barsPerSecond: null },
          { status: 'paused', file: 'btcusdt_2025.parquet', leftMs: null },
          { status: 'failed', error: 'HISTORY_UNREACHABLE: no answer in time' },
          { status: 'failed' },
          { status: 'done', percent: 100 },
        ],
      },
    },
  });
});

test('what is asked of jobs becomes commands of market-data', async () => {
  const jobId = sampleId(Date.now(), 950);
  const asked = { jobId, reason: 'why' };
  const gap = { instrument: 'bybit.linear:ETHUSDT', timeframe: '1m', from: 60_000, to: 120_000 };
  const bodies = {
    startBackfill: { ...asked, ...gap },
    pause: asked,
    resume: asked,
    cancel: asked,
  };
  let counter = 960;
  for (const [name, body] of Object.entries(bodies)) {
    counter += 1;
    const commandId = sampleId(Date.now(), counter);
    const answer = await fixture.post(`/trpc/jobs.${name}`, { commandId, ...body }, headers);
    expect(answer.status, name).toBe(200);
  }
  const entries = await redis.xrange('cmd:dashboard', '-', '+');
  const commands = entries.map(([, fields]) => parseCommand(fields[1] ?? ''));
  expect(commands.map(({ type }) => type)).toEqual([
    ...['startBackfill', 'pauseJob', 'resumeJob', 'cancelJob'],
  ]);
  expect(commands.map(({ body }) => body)).toEqual(Object.values(bodies));
});

test('nobody asks without a session, nor for what is no job', async () => {
  const body = { commandId: sampleId(Date.now(), 970), jobId: 'x', reason: 'why' };
  expect((await fixture.post('/trpc/jobs.pause', body, headers)).status).toBe(400);
  const good = { ...body, jobId: sampleId(Date.now(), 971) };
  expect((await fixture.post('/trpc/jobs.pause', good, {})).status).toBeGreaterThan(400);
});
