import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeEach, describe, expect, inject, test } from 'vitest';
import { queryOnce } from '../../../tools/stores/query-once.ts';
import { createTestDatabase, type TestDatabase } from '../../../tools/stores/test-stores.ts';
import { migrate } from '../src/migrate.ts';

/** Roles belong to the whole server, so these must stay what the other tests log in with. */
const { rolePasswords } = inject('postgres');
const databases: TestDatabase[] = [];
const MIGRATIONS = fileURLToPath(new URL('../../../migrations', import.meta.url));

describe('migrate', () => {
  let ownerUrl: string;

  beforeEach(async () => {
    const database = await createTestDatabase();
    databases.push(database);
    ownerUrl = database.ownerUrl;
    await execute('DROP SCHEMA public CASCADE; CREATE SCHEMA public; DROP SCHEMA drizzle CASCADE');
  });
  afterAll(async () => {
    for (const database of databases) await database.drop();
  });

  const execute = (statement: string) => queryOnce(ownerUrl, statement);

  test('starters at the same time wait for each other: one applies, all succeed', async () => {
    const starters = [1, 2, 3].map(() => migrate({ ownerUrl, rolePasswords }));
    const applied = (await Promise.all(starters)).map((result) => result.applied);
    expect(applied.reduce((sum, one) => sum + one)).toBe(Math.max(...applied));
    expect(applied.filter((one) => one > 0)).toHaveLength(1);
    expect((await execute('SELECT * FROM trades')).rowCount).toBe(0);
  });

  test('a missing password is named before any role is touched', async () => {
    const { dashboard: _missing, ...others } = rolePasswords;
    await expect(migrate({ ownerUrl, rolePasswords: others })).rejects.toThrow(
      'no database password for role dashboard',
    );
    const grants = await execute(
      `SELECT 1 FROM information_schema.role_table_grants WHERE grantee = 'ballast_market_data'`,
    );
    expect(grants.rowCount).toBe(0);
  });

  test('a switch from before the soak is a buy switch, and waits for none', async () => {
    const files = readdirSync(MIGRATIONS).filter((name) => name.endsWith('.sql'));
    files.sort();
    const split = files.indexOf('0005_strategy_configuration.sql');
    expect(split).toBeGreaterThan(0);
    const apply = async (names: readonly string[]): Promise<void> => {
      for (const name of names) await execute(readFileSync(join(MIGRATIONS, name), 'utf8'));
    };
    await apply(files.slice(0, split));
    const id = '01936c1e-0000-7000-8000-000000000001';
    await execute(
      `INSERT INTO strategy_switches (id, strategy, buy, effective_from, actor, reason)
       VALUES ('${id}', 'momentum', true, 5, 'operator', 'before')`,
    );
    await apply(files.slice(split));
    const kept = await execute('SELECT switch, is_on, override, reason FROM strategy_switches');
    expect(kept.rows).toEqual([{ switch: 'buy', is_on: true, override: true, reason: 'before' }]);
    await expect(
      execute(
        `INSERT INTO strategy_switches (id, strategy, is_on, effective_from, actor, reason)
         VALUES ('${id}', 'momentum', true, 6, 'operator', 'no name')`,
      ),
    ).rejects.toMatchObject({ code: '23502' });
  });

  test.each([
    ['another text', `UPDATE drizzle.__drizzle_migrations SET hash = 'another' WHERE id = 2`],
    ['never', 'DELETE FROM drizzle.__drizzle_migrations WHERE id = 2'],
  ])('a database to which a migration was applied with %s is refused by name', async (_, spoil) => {
    await migrate({ ownerUrl, rolePasswords });
    await execute(spoil);
    await expect(migrate({ ownerUrl, rolePasswords })).rejects.toThrow(
      'this database was not made by these migrations: 0001_order_path.sql',
    );
  });
});
