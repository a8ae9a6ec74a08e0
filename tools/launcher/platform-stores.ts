import { join } from 'node:path';
import { aclLines, REDIS_USERS } from '@ballast/bus';
import { DATABASE_ROLES, type DatabaseRole, migrate, roleName } from '@ballast/db';
import { byName } from '../stores/by-name.ts';
import { rotateLog } from '../stores/log-file.ts';
import { startPostgres } from '../stores/postgres.ts';
import { startRedis } from '../stores/redis.ts';
import { keepStore } from './kept-store.ts';
import type { RestartContext } from './restarts.ts';
import type { Secrets } from './secrets.ts';

/** Both stores, migrated, with the URL of every role and user. */
export interface PlatformStores {
  ownerUrl: string;
  postgresPort: number;
  redisPort: number;
  databaseUrl(role: DatabaseRole): string;
  redisUrl(user: string): string;
  /** From now on a store may end by itself: the whole platform is to stop. */
  expectEnd(): void;
  stop(): Promise<void>;
}

export interface StoresOptions {
  dataDir: string;
  secrets: Secrets;
  /** Told the name and time of each part. */
  step(name: string, ms: number, note?: string): void;
  restarts: RestartContext;
}

/** Phase 1; from then on the stores are kept up. */
export async function startStores(options: StoresOptions): Promise<PlatformStores> {
  const { dataDir, secrets, step, restarts } = options;
  const log = (name: string) => join(dataDir, 'logs', `${name}.log`);
  for (const name of ['postgres', 'redis']) rotateLog(log(name));
  const rolePasswords = byName(DATABASE_ROLES, (role) => secrets.get(`database-${role}`));
  const userPasswords = byName(REDIS_USERS, (user) => secrets.get(`redis-${user}`));
  const ownerPassword = secrets.get('database-owner');
  const postgres = await timed('postgres', step, () =>
    keepStore('postgres', log('postgres'), restarts, (again) => {
      const dir = join(dataDir, 'postgres');
      return startPostgres({ dir, ownerPassword, logFile: log('postgres'), again });
    }),
  );
  try {
    const redis = await timed('redis', step, () =>
      keepStore('redis', log('redis'), restarts, (again) => {
        const dir = join(dataDir, 'redis');
        const logFile = log('redis');
        return startRedis({ dir, aclLines: aclLines(userPasswords), logFile, again });
      }),
    );
    const { ownerUrl } = postgres.first;
    try {
      const startedAt = performance.now();
      const { applied } = await migrate({ ownerUrl, rolePasswords });
      step('migrations', performance.now() - startedAt, `${applied} applied`);
    } catch (error) {
      await redis.stop();
      throw error;
    }
    return {
      ownerUrl,
      postgresPort: postgres.first.port,
      redisPort: redis.first.port,
      databaseUrl: (role) => postgres.first.url(roleName(role), rolePasswords[role]),
      redisUrl: (user) => redis.first.url(user, secrets.get(`redis-${user}`)),
      expectEnd() {
        for (const store of [redis, postgres]) store.expectEnd();
      },
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
