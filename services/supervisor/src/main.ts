import { beatOnBus, consumeCommands, openBus } from '@ballast/bus';
import { openDatabase } from '@ballast/db';
import { loadConfig, runService, secret, url } from '@ballast/observability';
import { ALL_STRATEGIES } from '@ballast/strategies';
import { z } from 'zod';
import { createCommandHandler } from './command-handler.ts';
import { CONFIGURATION_PRODUCERS } from './configuration-command.ts';

const NAME = 'supervisor';

runService(NAME, async ({ log, metrics, onClose, fail }) => {
  const env = loadConfig({
    BALLAST_DATABASE_URL: url('postgres', 'postgresql'),
    BALLAST_REDIS_URL: url('redis', 'rediss'),
    BALLAST_ACCOUNT: z.string().min(1).max(64),
    BALLAST_MODE: z.enum(['paper', 'live']),
    BALLAST_COMMAND_KEY_DASHBOARD: secret(),
    BALLAST_COMMAND_KEY_CLI: secret(),
  });
  const db = openDatabase(env.BALLAST_DATABASE_URL, {
    onError: (error) => log.warn({ err: error }, 'idle database connection broke'),
  });
  onClose(() => db.close(), 'database');
  await db.execute('SELECT 1');
  const bus = openBus(env.BALLAST_REDIS_URL, NAME, log);
  onClose(() => bus.close(), 'bus');

  const onBatch = createCommandHandler({
    db,
    log,
    metrics,
    keys: { dashboard: env.BALLAST_COMMAND_KEY_DASHBOARD, cli: env.BALLAST_COMMAND_KEY_CLI },
    account: env.BALLAST_ACCOUNT,
    mode: env.BALLAST_MODE,
    schemas: Object.fromEntries(ALL_STRATEGIES.map(({ name, parameters }) => [name, parameters])),
    now: Date.now,
  });
  const consumer = consumeCommands(env.BALLAST_REDIS_URL, {
    group: NAME,
    consumer: NAME,
    producers: CONFIGURATION_PRODUCERS,
    onBatch,
    onFail: fail,
    log,
  });
  onClose(() => consumer.stop(), 'command consumer');

  const heartbeat = beatOnBus(bus, NAME, { log, counts: metrics.counts });
  onClose(() => heartbeat.stop(), 'heartbeat');
  return {};
});
