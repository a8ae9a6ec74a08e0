import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { aclLines, REDIS_USERS, type RedisUser } from '@ballast/bus';
import { DATABASE_ROLES, type DatabaseRole, roleName } from '@ballast/db';
import { inject } from 'vitest';
import { byName } from './by-name.ts';
import { queryOnce } from './query-once.ts';
import { startRedis } from './redis.ts';

const ADMINISTRATOR = 'test_administrator';

/** A database of one test file, migrated, with the URL of every role. */
export interface TestDatabase {
  ownerUrl: string;
  urls: Readonly<Record<DatabaseRole, string>>;
  drop(): Promise<void>;
}

/** A Redis server of one test file, with the users of production and one who may do all. */
export interface TestRedis {
  port: number;
  urls: Readonly<Record<RedisUser, string>>;
  administratorUrl: string;
  stop(): Promise<void>;
}

/**
 * A copy of the migrated template in the test run's Postgres (project `integration`, whose global
 * set-up starts it). Call `drop` in `afterAll`, after closing all connections that must end well.
 */
export async function createTestDatabase(): Promise<TestDatabase> {
  const { port, owner, ownerPassword, template, rolePasswords } = inject('postgres');
  const name = `test_${randomBytes(6).toString('hex')}`;
  const url = (role: string, password: string, database: string) =>
    `postgres://${role}:${password}@127.0.0.1:${port}/${database}`;
  const administer = async (statement: string): Promise<void> => {
    await queryOnce(url(owner, ownerPassword, 'postgres'), statement);
  };
  await administer(`create database ${name} template ${template}`);
  return {
    ownerUrl: url(owner, ownerPassword, name),
    urls: byName(DATABASE_ROLES, (role) => url(roleName(role), rolePasswords[role] ?? '', name)),
    drop: () => administer(`drop database ${name} with (force)`),
  };
}

/** A Redis server of its own in a temporary folder; call `stop` in `afterAll`. */
export async function createTestRedis(): Promise<TestRedis> {
  const dir = mkdtempSync(join(tmpdir(), 'ballast-redis-'));
  const passwords = byName(REDIS_USERS, randomPassword);
  const administratorPassword = randomPassword();
  try {
    const redis = await startRedis({
      dir,
      logFile: join(dir, 'redis.log'),
      aclLines: [
        ...aclLines(passwords),
        `user ${ADMINISTRATOR} on >${administratorPassword} ~* &* +@all`,
      ],
    });
    return {
      port: redis.port,
      urls: byName(REDIS_USERS, (user) => redis.url(user, passwords[user])),
      administratorUrl: redis.url(ADMINISTRATOR, administratorPassword),
      async stop() {
        await redis.stop();
        rmSync(dir, { recursive: true, force: true });
      },
    };
  } catch (error) {
    rmSync(dir, { recursive: true, force: true });
    throw error;
  }
}

function randomPassword(): string {
  return randomBytes(32).toString('hex');
}
