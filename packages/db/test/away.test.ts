import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../tools/stores/test-stores.ts';
import { awayReason, openDatabase } from '../src/index.ts';

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database?.drop());

// A rollback on a lost connection fails too, and what it says stands in the place of the loss.
test('a connection that is lost without a word in a transaction is a database away', async () => {
  const url = new URL(database.urls.dashboard);
  const [port, host] = [Number(url.port), url.hostname];
  let near: Socket | null = null;
  const between = createServer((socket) => {
    near = socket;
    const far = connect(port, host);
    for (const end of [near, far]) end.on('error', () => undefined);
    near.pipe(far).pipe(near);
  }).listen(0, '127.0.0.1');
  await once(between, 'listening');
  url.host = `127.0.0.1:${(between.address() as AddressInfo).port}`;
  const db = openDatabase(url.href, { max: 1 });
  for (const lose of ['resetAndDestroy', 'destroy'] as const) {
    const lost = db.transaction(async (tx) => {
      await tx.execute(sql`SELECT 1`);
      near?.[lose]();
      await tx.execute(sql`SELECT 1`);
    });
    const error: unknown = await lost.then(
      () => null,
      (thrown: unknown) => thrown,
    );
    expect(awayReason(error), String(error)).not.toBeNull();
  }
  await db.close();
  between.close();
});
