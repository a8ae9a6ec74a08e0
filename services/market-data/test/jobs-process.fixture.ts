import { setTimeout as delay } from 'node:timers/promises';
import { openDatabase } from '@ballast/db';
import { createLogger } from '@ballast/observability';
import { startJobs } from '../src/jobs/start-jobs.ts';
import { instrumentOf, keptBy } from './kept-bars.fixture.ts';

/** Carries jobs like the service, from a venue that takes its time, until it is killed. */
const [databaseUrl = '', redisUrl = '', symbol = '', pauseMs = ''] = process.argv.slice(2);
const instrument = instrumentOf(symbol);
const kept = keptBy(instrument, () => delay(Number(pauseMs)));
startJobs({
  db: openDatabase(databaseUrl),
  redisUrl,
  instruments: () => [instrument],
  historyOf: () => kept,
  importDir: '/nowhere',
  now: Date.now,
  log: createLogger('jobs', 'silent'),
});
