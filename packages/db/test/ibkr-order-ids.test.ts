import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../tools/stores/test-stores.ts';
import { type Database, openDatabase } from '../src/database.ts';
import { reserveIbkrOrderId } from '../src/queries/ibkr-order-ids.ts';

let database: TestDatabase;
let db: Database;
beforeAll(async () => {
  database = await createTestDatabase();
  db = openDatabase(database.urls['order-gateway']);
});
afterAll(async () => {
  await db.close();
  await database.drop();
});

const reserve = (clientOrderId: string, atLeast: number, clientId = 7): Promise<number> =>
  reserveIbkrOrderId(db, { account: 'paper', clientId }, { clientOrderId, atLeast, now: 1 });

test('above all before it and at least what the venue says; the same again for the same id', async () => {
  expect(await reserve('first', 1)).toBe(1);
  expect(await reserve('second', 1)).toBe(2);
  expect(await reserve('third', 40)).toBe(40);
  // The venue's own count fell back.
  expect(await reserve('fourth', 3)).toBe(41);
  expect(await reserve('second', 90)).toBe(2);
});

test('many at once get a number each, and one id only one', async () => {
  const ids = Array.from({ length: 6 }, (_, index) => `at-once-${index}`);
  const numbers = await Promise.all([...ids, ...ids].map((id) => reserve(id, 100)));
  expect(new Set(numbers).size).toBe(6);
  expect(numbers.slice(0, 6)).toEqual(numbers.slice(6));
});

test('client ids count for themselves, and none uses the number of another', async () => {
  expect(await reserve('other-client', 1, 8)).toBe(1);
  await expect(reserve('first', 1, 8)).rejects.toThrow('client id 7');
});

test('a number once given is never changed', async () => {
  const changed = db.pool.query('UPDATE ibkr_order_ids SET order_id = order_id + 1000');
  await expect(changed).rejects.toThrow('permission denied');
});
