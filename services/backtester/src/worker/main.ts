import { createLogger, loadConfig, url } from '@ballast/observability';
import { z } from 'zod';
import { createCompute, niceness, yieldToTrading } from '../stored/compute.ts';
import { givenUp, takeCombinations } from '../stored/sweep-queue.ts';

/**
 * Tries combinations of stored sweeps, one after the other, for as long as it runs: any number of
 * these, on any hosts. What a killed one had in hand another one tries again.
 */
const config = loadConfig({
  BALLAST_DATABASE_URL: url('postgres', 'postgresql'),
  BALLAST_REDIS_URL: url('redis', 'rediss'),
  BALLAST_LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal']).default('info'),
  BALLAST_BACKTEST_MEMORY_MB: z.coerce.number().int().min(64).default(2_048),
  BALLAST_BACKTEST_NICE: niceness,
});
yieldToTrading(config.BALLAST_BACKTEST_NICE);
const log = createLogger('backtest-worker', config.BALLAST_LOG_LEVEL);
const compute = createCompute(
  { databaseUrl: config.BALLAST_DATABASE_URL, memoryMb: config.BALLAST_BACKTEST_MEMORY_MB },
  () => undefined,
);

let isStopping = false;

const taking = takeCombinations(config.BALLAST_REDIS_URL, {
  log,
  async tryOne(one) {
    const outcome = await compute.do({ kind: 'combination', ...one });
    if (outcome.kind === 'ended') return;
    if (outcome.kind === 'away') {
      log.warn({ ...one, reason: outcome.message }, 'the database is away');
      throw new Error(outcome.message);
    }
    const { code, message, isItsOwn } = outcome;
    // Its thread was ended with this process: another one tries it.
    if (isStopping) throw new Error('stopped');
    log.warn({ ...one, code, reason: message }, 'a combination was not tried');
    throw isItsOwn ? givenUp(code, message) : new Error(`${code}: ${message}`);
  },
});

async function stop(reason: string): Promise<void> {
  isStopping = true;
  log.info({ reason }, 'stopping');
  await compute.close();
  await taking.stop();
  process.exit(0);
}
for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, () => void stop(signal));
}
if (process.send !== undefined) process.once('disconnect', () => void stop('its service is gone'));
log.info('takes combinations of sweeps');
