import { openDatabase, TABLE_OWNERS } from '@ballast/db';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  createTestDatabase,
  createTestRedis,
  type TestDatabase,
  type TestRedis,
} from '../../../../tools/stores/test-stores.ts';

let database: TestDatabase;
let redis: TestRedis;
beforeAll(async () => {
  database = await createTestDatabase();
  redis = await createTestRedis();
});
afterAll(async () => {
  await redis.stop();
  await database.drop();
});

test('the dashboard’s database role cannot write any table', async () => {
  const db = openDatabase(database.urls.dashboard);
  const client = await db.pool.connect();
  // The role may lift its own read-only default; the grants must hold without it.
  await client.query('SET default_transaction_read_only = off');
  try {
    const listed = await client.query<{ name: string; first_column: string }>(
      `SELECT c.relname AS name, a.attname AS first_column FROM pg_class c
         JOIN pg_namespace n ON n.oid = c.relnamespace
         JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = 1
        WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p')`,
    );
    expect(listed.rows.length).toBeGreaterThanOrEqual(Object.keys(TABLE_OWNERS).length);
    for (const { name, first_column: column } of listed.rows) {
      for (const statement of [
        `INSERT INTO ${name} DEFAULT VALUES`,
        `UPDATE ${name} SET ${column} = ${column}`,
        `DELETE FROM ${name}`,
        `TRUNCATE ${name}`,
        `SELECT * FROM ${name} FOR UPDATE`,
      ]) {
        await expect.soft(client.query(statement), statement).rejects.toThrow(/permission denied/);
      }
      // Not every column: what a configuration command said is not for the dashboard.
      expect(await client.query(`SELECT count(*) FROM ${name}`)).toMatchObject({ rowCount: 1 });
    }
    await expect(client.query('CREATE TABLE mine (id int)')).rejects.toThrow(/permission denied/);
  } finally {
    client.release();
    await db.close();
  }
});

test.each([
  ['SET', 'state:portfolio', '{}'],
  ['DEL', 'state:portfolio'],
  ['XADD', 'cmd:cli', '*', 'payload', 'x'],
  ['XADD', 'cmd:strategy-worker', '*', 'payload', 'x'],
  ['XADD', 'md:bybit', '*', 'e', 'x'],
  ['XRANGE', 'cmd:dashboard', '-', '+'],
  ['XREAD', 'STREAMS', 'cmd:dashboard', '0'],
  ['XDEL', 'cmd:dashboard', '1-1'],
  ['XTRIM', 'cmd:dashboard', 'MAXLEN', '0'],
  ['XGROUP', 'CREATE', 'cmd:dashboard', 'g', '$'],
  ['HSET', 'state:quotes', 'a', 'b'],
  ['PUBLISH', 'push:all', 'x'],
  ['FLUSHALL'],
  ['CONFIG', 'GET', '*'],
  ['KEYS', '*'],
  ['EVAL', 'return 1', '0'],
  ['ACL', 'WHOAMI'],
])('the dashboard’s Redis user may not %s %s', async (command, ...args) => {
  const client = new Redis(redis.urls.dashboard, {
    enableReadyCheck: false,
    disableClientInfo: true,
  });
  try {
    await expect(client.call(command, ...args)).rejects.toThrow(/NOPERM/);
  } finally {
    client.disconnect();
  }
});

test('it may append to its own stream, and read states', async () => {
  const client = new Redis(redis.urls.dashboard, {
    enableReadyCheck: false,
    disableClientInfo: true,
  });
  try {
    expect(await client.call('XADD', 'cmd:dashboard', '*', 'payload', 'x')).toMatch(/^\d+-0$/);
    expect(await client.get('state:portfolio')).toBeNull();
  } finally {
    client.disconnect();
  }
});
