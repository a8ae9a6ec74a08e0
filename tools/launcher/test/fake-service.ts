import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { loadConfig, runService, type ServiceContext } from '@ballast/observability';
import { z } from 'zod';

const POLL_MS = 10;

/** A service in miniature: a port, and a failure of the kind the test asks for. */
const config = loadConfig({
  FAKE_NAME: z.string(),
  FAKE_FAILURE: z.enum(['none', 'start', 'slow', 'configuration', 'afterReady']).default('none'),
  /** Told with `ready`. */
  FAKE_PROBLEM: z.string().optional(),
  /** The failure lasts while this file exists; always when there is none. */
  FAKE_CAUSE: z.string().optional(),
  /** With both it uses the stores for every connection to its port, and answers `done`. */
  FAKE_DATABASE_URL: z.string().optional(),
  FAKE_REDIS_URL: z.string().optional(),
});

const fails = (): boolean => config.FAKE_CAUSE === undefined || existsSync(config.FAKE_CAUSE);
const failure = fails() ? config.FAKE_FAILURE : 'none';

runService(config.FAKE_NAME, async (context) => {
  if (failure === 'configuration') loadConfig({ FAKE_MISSING: z.string() });
  if (failure === 'start') throw new Error('the venue is closed for good');
  while (failure === 'slow' && fails()) await sleep(POLL_MS);
  const work = await useStores(context);
  const server = createServer((socket) => {
    socket.on('error', () => {});
    work().then(
      () => socket.end('done'),
      (error: unknown) => socket.end(String(error)),
    );
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  context.onClose(() => void server.close(), 'server');
  context.onClose(() => context.log.info('closing in order'), 'note');
  if (failure === 'afterReady') setTimeout(() => process.exit(3), 20);
  const address = server.address();
  const { FAKE_PROBLEM: problem } = config;
  return { port: typeof address === 'object' ? address?.port : undefined, problem };
});

async function useStores({ log, onClose }: ServiceContext): Promise<() => Promise<void>> {
  const { FAKE_DATABASE_URL: databaseUrl, FAKE_REDIS_URL: redisUrl } = config;
  if (databaseUrl === undefined || redisUrl === undefined) return async () => {};
  // Only here: without them the service starts in a fraction of the time.
  const { openBus } = await import('@ballast/bus');
  const { openDatabase } = await import('@ballast/db');
  const onError = (error: Error): void => log.warn({ err: error }, 'connection lost');
  const database = openDatabase(databaseUrl, { onError });
  const bus = openBus(redisUrl, config.FAKE_NAME, log);
  onClose(() => database.close(), 'database');
  onClose(() => bus.close(), 'bus');
  return async () => {
    await database.pool.query('select 1');
    await bus.run('work', (redis) => redis.set('state:heartbeat:order-gateway', 'works'));
  };
}
