import { type Bus, openBus } from '@ballast/bus';
import { type Database, openDatabase } from '@ballast/db';
import { createLogger } from '@ballast/observability';
import { type Access, findAccess } from './access.ts';

/** The running platform as this command may see it: reads everything, asks on its own stream. */
export type Platform = {
  readonly access: Access;
  readonly db: Database;
  readonly bus: Bus;
};

/**
 * Opens both stores with the command line's own role and user, and closes them whatever happens.
 */
export async function withPlatform<T>(
  dataDir: string,
  work: (platform: Platform) => Promise<T>,
): Promise<T> {
  const access = findAccess(dataDir);
  const log = createLogger('cli', process.env['BALLAST_LOG_LEVEL'] ?? 'warn');
  const db = openDatabase(access.databaseUrl, {
    max: 1,
    onError: (error) => log.warn({ err: error }, 'database connection broke'),
  });
  const bus = openBus(access.redisUrl, 'cli', log);
  try {
    return await work({ access, db, bus });
  } finally {
    await bus.close();
    await db.close();
  }
}
