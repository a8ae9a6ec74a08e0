import { beatOnBus, openBus } from '@ballast/bus';
import { openDatabase } from '@ballast/db';
import { parseScaled } from '@ballast/domain';
import { fraction, loadConfig, runService, secret, url } from '@ballast/observability';
import { z } from 'zod';
import { followCounterfactuals } from '../counterfactuals/follow-counterfactuals.ts';
import { niceness } from '../stored/compute.ts';
import { openSweepQueue } from '../stored/sweep-queue.ts';
import { startCommandIntake } from './command-intake.ts';
import { createDesk } from './desk.ts';
import { startLane } from './lane.ts';
import { holdAlone } from './only-one.ts';

const NAME = 'backtester';
/** Of a look at many stored sweeps. */
const STATEMENT_TIMEOUT_MS = 60_000;

/**
 * Backtests and sweeps over stored bars, one after the other. What computes does so in processes of
 * its own, behind all others: this one listens and writes down how far they are.
 */
runService(NAME, async ({ log, metrics, onClose, fail }) => {
  const env = loadConfig({
    BALLAST_DATABASE_URL: url('postgres', 'postgresql'),
    BALLAST_REDIS_URL: url('redis', 'rediss'),
    BALLAST_ACCOUNT: z.string().min(1).max(64),
    BALLAST_MODE: z.enum(['paper', 'live']),
    BALLAST_COMMAND_KEY_DASHBOARD: secret(),
    BALLAST_COMMAND_KEY_CLI: secret(),
    BALLAST_BACKTEST_WORKERS: z.coerce.number().int().min(0).max(64).default(1),
    BALLAST_BACKTEST_MEMORY_MB: z.coerce.number().int().min(64).max(1_048_576).default(2_048),
    BALLAST_BACKTEST_NICE: niceness,
    // The worker's, which blocked signals are followed with.
    BALLAST_STRATEGY_RISK_FRACTION: fraction(0.05).default('0.0025'),
  });
  const db = openDatabase(env.BALLAST_DATABASE_URL, {
    statementTimeoutMs: STATEMENT_TIMEOUT_MS,
    onError: (error) => log.warn({ err: error }, 'idle database connection broke'),
  });
  onClose(() => db.close(), 'database');
  const alone = await holdAlone(db, fail);
  onClose(() => alone.release(), 'lock');
  const bus = openBus(env.BALLAST_REDIS_URL, NAME, log);
  onClose(() => bus.close(), 'bus');
  const queue = openSweepQueue(env.BALLAST_REDIS_URL, log);
  onClose(() => queue.close(), 'queue');

  const now = Date.now;
  const lane = startLane({
    ...{ db, queue, now, log, databaseUrl: env.BALLAST_DATABASE_URL },
    ...{ redisUrl: env.BALLAST_REDIS_URL, workers: env.BALLAST_BACKTEST_WORKERS },
    ...{ memoryMb: env.BALLAST_BACKTEST_MEMORY_MB, nice: env.BALLAST_BACKTEST_NICE },
  });
  onClose(() => lane.stop(), 'lane');
  const desk = createDesk({ db, lane, now, log });
  const intake = startCommandIntake({
    ...{ desk, now, log, onFail: fail, redisUrl: env.BALLAST_REDIS_URL },
    keys: { dashboard: env.BALLAST_COMMAND_KEY_DASHBOARD, cli: env.BALLAST_COMMAND_KEY_CLI },
    ...{ account: env.BALLAST_ACCOUNT, mode: env.BALLAST_MODE },
  });
  onClose(() => intake.stop(), 'command intake');
  const followed = followCounterfactuals({
    ...{ db, log, now, account: env.BALLAST_ACCOUNT },
    riskFraction: parseScaled(env.BALLAST_STRATEGY_RISK_FRACTION),
  });
  onClose(() => followed.stop(), 'counterfactuals');

  const ended = metrics.gauge(
    'ballast_backtester_ended',
    'Backtests and sweeps that have ended since the start, by how',
    ['how'],
  );
  const counts = async () => {
    for (const [how, count] of Object.entries(lane.counts)) ended.set({ how }, count);
    return { ...lane.counts };
  };
  const heartbeat = beatOnBus(bus, NAME, { log, counts });
  onClose(() => heartbeat.stop(), 'heartbeat');
  return {};
});
