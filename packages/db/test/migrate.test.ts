import { afterAll, beforeEach, describe, expect, inject, test } from 'vitest';
import { queryOnce } from '../../../tools/stores/query-once.ts';
import { createTestDatabase, type TestDatabase } from '../../../tools/stores/test-stores.ts';
import { migrate } from '../src/migrate.ts';

/** Roles belong to the whole server, so these must stay what the other tests log in with. */
const { rolePasswords } = inject('postgres');
const databases: TestDatabase[] = [];

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
