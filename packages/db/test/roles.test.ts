import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { queryOnce } from '../../../tools/stores/query-once.ts';
import { createTestDatabase, type TestDatabase } from '../../../tools/stores/test-stores.ts';
import { APPEND_ONLY, DATABASE_ROLES, READERS, roleName, TABLE_OWNERS } from '../src/owners.ts';
import { applyRoles } from '../src/roles.ts';

const WRITES = ['INSERT', 'UPDATE', 'DELETE', 'TRUNCATE'] as const;

describe('one writer per table', () => {
  let database: TestDatabase;
  let owner: pg.Client;
  let tables: string[];

  beforeAll(async () => {
    database = await createTestDatabase();
    owner = new pg.Client({ connectionString: database.ownerUrl });
    await owner.connect();
    // A copy of a database does not take over what was granted on the database itself.
    const password = (role: (typeof DATABASE_ROLES)[number]): string =>
      decodeURIComponent(new URL(database.urls[role]).password);
    await applyRoles(
      owner,
      Object.fromEntries(DATABASE_ROLES.map((role) => [role, password(role)])),
    );
    const rows = await owner.query<{ name: string }>(
      `SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' ORDER BY 1`,
    );
    tables = rows.rows.map(({ name }) => name);
  });
  afterAll(async () => {
    await owner.end();
    await database.drop();
  });

  const granted = async (role: string, table: string): Promise<string[]> => {
    const rows = await owner.query<{ write: string }>(
      `SELECT write FROM unnest($1::text[]) AS write WHERE has_table_privilege($2, $3, write)`,
      [WRITES, roleName(role as keyof typeof database.urls), table],
    );
    return rows.rows.map(({ write }) => write);
  };

  test('the catalogue and the table of owners name the same tables', () => {
    expect(tables).toEqual(Object.keys(TABLE_OWNERS).toSorted());
    expect(tables.length).toBeGreaterThan(15);
  });

  test('each table can be written by its owner and by nobody else, never deleted from', async () => {
    for (const table of tables) {
      for (const role of DATABASE_ROLES) {
        const isOwner = Object.entries(TABLE_OWNERS).some(([t, r]) => t === table && r === role);
        const isFact = APPEND_ONLY.some((name) => name === table);
        const expected = isOwner ? (isFact ? ['INSERT'] : ['INSERT', 'UPDATE']) : [];
        expect({ table, role, writes: await granted(role, table) }).toEqual({
          table,
          role,
          writes: expected,
        });
      }
    }
  });

  const readable = async (role: string, table: string): Promise<string[]> => {
    const rows = await owner.query<{ name: string }>(
      `SELECT attname AS name FROM pg_attribute
       WHERE attrelid = $2::regclass AND attnum > 0 AND NOT attisdropped
         AND has_column_privilege($1, attrelid, attnum, 'SELECT') ORDER BY attnum`,
      [roleName(role as keyof typeof database.urls), table],
    );
    return rows.rows.map(({ name }) => name);
  };

  test('the password hash is read by who checks it, and by who writes it', async () => {
    const readers: string[] = [];
    for (const role of DATABASE_ROLES) {
      const columns = await readable(role, 'operator_passwords');
      if (columns.includes('password_hash')) readers.push(role);
      else expect({ role, columns }).toEqual({ role, columns: [] });
    }
    expect(readers).toEqual(['supervisor', 'dashboard']);
  });

  test('what a configuration command said is read by the supervisor alone', async () => {
    const asked = ['id', 'producer', 'type', 'received_at'];
    const read = (role: string) => readable(role, 'configuration_commands');
    expect(await read('supervisor')).toContain('body');
    for (const role of ['dashboard', 'cli']) expect(await read(role)).toEqual(asked);
    for (const role of ['market-data', 'strategy-worker', 'order-gateway']) {
      expect(await read(role)).toEqual([]);
    }
  });

  test('every role reads all other tables', async () => {
    for (const table of tables.filter((name) => !(name in READERS))) {
      for (const role of DATABASE_ROLES) expect(await readable(role, table)).not.toEqual([]);
    }
  });

  test.each([
    ['cli', 'SELECT password_hash FROM operator_passwords'],
    ['cli', 'SELECT * FROM configuration_commands'],
    ['order-gateway', 'SELECT 1 FROM operator_passwords'],
    ['dashboard', 'SELECT body FROM configuration_commands'],
  ] as const)('%s may not %s, by trying', async (role, statement) => {
    expect((await failure(database.urls[role], statement)).code).toBe('42501');
  });

  test('a table made later is closed to everybody until it has an owner', async () => {
    await owner.query('CREATE TABLE made_later (id int)');
    for (const role of DATABASE_ROLES) {
      await expect(query(database.urls[role], 'SELECT * FROM made_later')).rejects.toMatchObject({
        code: '42501',
      });
      expect(await granted(role, 'made_later')).toEqual([]);
    }
    await owner.query('DROP TABLE made_later');
  });

  test.each(['dashboard', 'cli'] as const)('%s cannot write anything, by trying', async (role) => {
    for (const table of tables) {
      for (const statement of [
        `INSERT INTO ${table} DEFAULT VALUES`,
        `DELETE FROM ${table}`,
        `TRUNCATE ${table}`,
      ]) {
        const { code } = await failure(database.urls[role], statement);
        // Permission denied, or refused by the read-only transaction before that is looked at.
        expect(['42501', '25006'], `${role}: ${statement}`).toContain(code);
      }
      const count = query(database.urls[role], `SELECT count(*) FROM ${table}`);
      if (role === 'cli' && table === 'operator_passwords') await expect(count).rejects.toThrow();
      else expect(await count, table).toBe(1);
    }
    for (const statement of [
      'CREATE TABLE mine (id int)',
      'SET SESSION AUTHORIZATION postgres',
      `ALTER ROLE ${roleName(role)} SUPERUSER`,
      "SELECT pg_read_file('/etc/passwd')",
    ]) {
      await expect(query(database.urls[role], statement)).rejects.toThrow();
    }
  });

  test.each(DATABASE_ROLES)(
    '%s cannot change or delete a row of the audit, by trying',
    async (role) => {
      const columns = 'account, seq, at, kind, data, previous_hash, hash, epoch';
      await owner.query(
        `INSERT INTO audit (${columns}) VALUES ('one', 1, 1, 'kept', '{}', '', '', 1)
       ON CONFLICT DO NOTHING`,
      );
      for (const statement of [
        "UPDATE audit SET kind = 'x'",
        'DELETE FROM audit',
        'TRUNCATE audit',
      ]) {
        const { code } = await failure(
          database.urls[role],
          `START TRANSACTION READ WRITE; ${statement}`,
        );
        expect(code, statement).toBe('42501');
      }
      const kept = await owner.query("SELECT 1 FROM audit WHERE kind = 'kept'");
      expect(kept.rowCount).toBe(1);
    },
  );

  test('the dashboard cannot talk itself out of being read-only', async () => {
    const { code } = await failure(
      database.urls.dashboard,
      'START TRANSACTION READ WRITE; INSERT INTO brake_states DEFAULT VALUES',
    );
    expect(code).toBe('42501');
  });

  test.each([
    'CREATE TEMPORARY TABLE mine (id int)',
    'SELECT lo_create(0)',
    'SELECT lo_creat(-1)',
    "SELECT lo_from_bytea(0, 'x')",
  ])('no role may write beside the tables: %s', async (statement) => {
    for (const role of DATABASE_ROLES) {
      const { code } = await failure(
        database.urls[role],
        `START TRANSACTION READ WRITE; ${statement}`,
      );
      expect(code, role).toBe('42501');
    }
  });
});

async function query(connectionString: string, statement: string): Promise<number | null> {
  return (await queryOnce(connectionString, statement)).rowCount;
}

async function failure(connectionString: string, statement: string): Promise<{ code: string }> {
  try {
    await query(connectionString, statement);
  } catch (error) {
    return { code: String(Reflect.get(Object(error), 'code')) };
  }
  return { code: 'none: it went through' };
}
