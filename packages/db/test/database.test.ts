import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../tools/stores/test-stores.ts';
import { openDatabase } from '../src/index.ts';

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database?.drop());

test('an idle connection that breaks is told by its reason alone', async () => {
  const { promise, resolve } = Promise.withResolvers<Error>();
  const idle = openDatabase(database.urls.dashboard, { max: 1, onError: resolve });
  const other = openDatabase(database.urls.dashboard, { max: 1 });
  const { rows } = await idle.pool.query('SELECT pg_backend_pid() AS pid');
  await other.pool.query('SELECT pg_terminate_backend($1)', [rows[0].pid]);
  const error = await promise;
  await Promise.all([idle.close(), other.close()]);
  expect(error).toMatchObject({ code: '57P01' });
  expect(Object.keys(error)).not.toContain('client');
});
