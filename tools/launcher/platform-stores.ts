import { join } from 'node:path';

import { aclLines, REDIS_USERS } from '@ballast/bus';
import { DATABASE_ROLES, type DatabaseRole, migrate, roleName } from '@ballast/db';

import { byName } from '../stores/by-name.ts';
import { rotateLog } from '../stores/log-file.ts';
import { startPostgres } from '../stores/postgres.ts';
import { startRedis } from '../stores/redis.ts';
import type { Secrets } from './secrets.ts';

/** Both stores, migrated, with the URL of every role and user. */
export interface PlatformStores {
  ownerUrl: string;
  postgresPort: number;
  redisPort: number;
  databaseUrl(role: DatabaseRole): string;
  redisUrl(user: string): string;
  /** Resolves with the store's name when one ends by itself. */
  ended: Promise<string>;
  stop(): Promise<void>;
}

/** Phase 1. `step` is told the name and time of each part. */
export async function startStores(
  dataDir: string,
  secrets: Secrets,
  step: (name: string, ms: number, note?: string) => void,
): Promise<PlatformStores> {
  const log = (name: string) => join(dataDir, 'logs', `${name}.log`);
  for (const name of ['postgres', 'redis']) rotateLog(log(name));
  const rolePasswords = byName(DATABASE_ROLES, (role) => secrets.get(`database-${role}`));
  const userPasswords = byName(REDIS_USERS, (user) => secrets.get(`redis-${user}`));
  const ownerPassword = secrets.get('database-owner');
  const postgres = await timed('postgres', step, () =>
    startPostgres({ dir: join(dataDir, 'postgres'), ownerPassword, logFile: log('postgres') }),
  );
  try {
    const redis = await timed('redis', step, () =>
      startRedis({
        dir: join(dataDir, 'redis'),
        aclLines: aclLines(userPasswords),
        logFile: log('redis'),
      }),
    );
    try {
      const startedAt = performance.now();
      const { applied } = await migrate({ ownerUrl: postgres.ownerUrl, rolePasswords });
      step('migrations', performance.now() - startedAt, `${applied} applied`);
    } catch (error) {
      await redis.stop();
      throw error;
    }
    return {
      ownerUrl: postgres.ownerUrl,
      postgresPort: postgres.port,
      redisPort: redis.port,
      databaseUrl: (role) => postgres.url(roleName(role), rolePasswords[role]),
      redisUrl: (user) => redis.url(user, secrets.get(`redis-${user}`)),
      ended: Promise.race([
        postgres.exited.then(() => 'postgres'),
        redis.exited.then(() => 'redis'),
      ]),
      async stop() {
        await redis.stop();
        await postgres.stop();
      },
    };
  } catch (error) {
    await postgres.stop();
    throw error;
  }
}

async function timed<T>(
  name: string,
  step: (name: string, ms: number) => void,
  work: () => Promise<T>,
): Promise<T> {
  const startedAt = performance.now();
  const result = await work();
  step(name, performance.now() - startedAt);
  return result;
}
