import { z } from 'zod';
import { loadConfig } from './config.ts';
import { startHealthServer } from './health-server.ts';
import { createLogger, type Logger } from './logger.ts';
import { createMetrics, type Metrics } from './metrics.ts';

/** The launcher waits a little longer than this before it kills. */
const CLOSE_BUDGET_MS = 5_000;
const EXIT_FAILURE = 1;

export interface ServiceContext {
  log: Logger;
  metrics: Metrics;
  /** Registers what to close at stop; the last one registered closes first. */
  onClose(close: () => Promise<void> | void, label: string): void;
  /** Logs the error, closes everything and ends the process with exit 1. */
  fail(error: Error): void;
}

/**
 * The life of a service process: start, `ready` message to the launcher, orderly stop.
 *
 * Stops on SIGTERM, and when the launcher's IPC channel closes (the launcher died). SIGINT and
 * SIGHUP reach a whole terminal group at once, so a service that has a launcher leaves them to it:
 * the launcher stops services in its order. An uncaught error ends the process at once with
 * exit 1: after it no state in memory can be trusted, and starting again is recovery.
 */
export function runService(
  name: string,
  start: (context: ServiceContext) => Promise<Record<string, unknown>>,
): void {
  const config = loadConfig({
    BALLAST_LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal']).default('info'),
    BALLAST_HEALTH_PORT: z.coerce.number().int().min(0).max(65_535).optional(),
  });
  const log = createLogger(name, config.BALLAST_LOG_LEVEL);
  const metrics = createMetrics(name);
  const closers = createClosers(log);

  process.on('uncaughtException', (error) => {
    log.fatal({ err: error }, 'uncaught error');
    process.exit(EXIT_FAILURE);
  });
  stopOnSignals((reason) => void closers.stop(reason, 0));

  function fail(error: Error): void {
    log.error({ err: error }, 'service failed');
    void closers.stop('failure', EXIT_FAILURE);
  }

  async function run(): Promise<void> {
    const health: { healthPort?: number } = {};
    if (config.BALLAST_HEALTH_PORT !== undefined) {
      const server = await startHealthServer(name, metrics, config.BALLAST_HEALTH_PORT);
      closers.add(server.close, 'health server');
      health.healthPort = server.port;
    }
    const info = await start({ log, metrics, onClose: closers.add, fail });
    if (closers.stopping()) return;
    process.send?.({ type: 'ready', ...info, ...health });
    log.info({ ...info, ...health }, 'ready');
  }

  run().catch((error: unknown) => fail(error instanceof Error ? error : new Error(String(error))));
}

function stopOnSignals(stop: (reason: string) => void): void {
  const hasLauncher = process.send !== undefined;
  process.on('SIGTERM', () => stop('SIGTERM'));
  for (const signal of ['SIGINT', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (!hasLauncher) stop(signal);
    });
  }
  if (!hasLauncher) return;
  process.on('disconnect', () => stop('launcher is gone'));
  if (!process.connected) stop('launcher is gone');
}

function createClosers(log: Logger) {
  const closers: { close: () => Promise<void> | void; label: string }[] = [];
  let stopping = false;

  function add(close: () => Promise<void> | void, label: string): void {
    closers.push({ close, label });
  }

  async function stop(reason: string, exitCode: number): Promise<void> {
    if (stopping) return;
    stopping = true;
    log.info({ reason }, 'stopping');
    let current = 'nothing';
    let failed = false;
    setTimeout(() => {
      log.error({ closing: current, budgetMs: CLOSE_BUDGET_MS }, 'did not close in time');
      process.exit(EXIT_FAILURE);
    }, CLOSE_BUDGET_MS);
    for (let next = closers.pop(); next !== undefined; next = closers.pop()) {
      current = next.label;
      try {
        await next.close();
      } catch (error) {
        failed = true;
        log.error({ err: error, closing: current }, 'close failed');
      }
    }
    log.info({ reason }, 'stopped');
    process.exit(failed ? EXIT_FAILURE : exitCode);
  }

  return { add, stop, stopping: () => stopping };
}
