import { afterAll, beforeAll, expect, test } from 'vitest';
import { queryOnce } from '../../../tools/stores/query-once.ts';
import { createTestDatabase, type TestDatabase } from '../../../tools/stores/test-stores.ts';
import {
  type Database,
  incidents,
  insertOf,
  insertTogether,
  openDatabase,
  pages,
} from '../src/index.ts';

/** From the sixth run on Postgres may keep one plan for all. */
const RUNS = 7;
let database: TestDatabase;
let gateway: Database;
let last = 0;

beforeAll(async () => {
  database = await createTestDatabase();
  gateway = openDatabase(database.urls['order-gateway'], { max: 1 });
});
afterAll(async () => {
  await gateway?.close();
  await database?.drop();
});

/** An incident and its page, the page first, on one and the same connection. */
async function write(of: (incidentId: string) => string): Promise<void> {
  last += 1;
  const idOf = (group: number) =>
    `01936c1e-0000-7000-800${group}-${String(last).padStart(12, '0')}`;
  const incident = { id: idOf(0), account: 'one', kind: 'TEST', instrument: null, tradeId: null };
  const page = { id: idOf(1), account: 'one', incidentId: of(incident.id), at: 1 };
  const client = await gateway.pool.connect();
  await insertTogether(client, [
    insertOf(pages, [page]),
    insertOf(incidents, [{ ...incident, detail: '', evidence: {}, openedAt: 1 }]),
  ]).finally(() => client.release());
}

test('a reference is checked at the end of the statement, and one to nothing refuses all of it', async () => {
  await write((id) => id);
  const before = await gateway.$count(incidents);
  await expect(write(() => '01936c1e-0000-7000-8009-000000000000')).rejects.toMatchObject({
    code: '23503',
  });
  expect(await gateway.$count(incidents)).toBe(before);
});

test('a plan that a connection keeps outlives a change of its table', async () => {
  for (let run = 0; run < RUNS; run += 1) await write((id) => id);
  const before = await gateway.$count(pages);
  await queryOnce(database.ownerUrl, `ALTER TABLE incidents ADD COLUMN more text DEFAULT 'x'`);
  await write((id) => id);
  await queryOnce(database.ownerUrl, 'ALTER TABLE incidents DROP COLUMN more');
  await write((id) => id);
  expect(await gateway.$count(pages)).toBe(before + 2);
});
