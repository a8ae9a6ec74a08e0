import { createServer } from 'node:http';
import { openBus, beatOnBus, readHeartbeats } from '@ballast/bus';
import { audit } from '@ballast/db';
import { createLogger } from '@ballast/observability';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { queryOnce } from '../../../tools/stores/query-once.ts';
import {
  createTestDatabase,
  createTestRedis,
  type TestDatabase,
  type TestRedis,
} from '../../../tools/stores/test-stores.ts';
import { SYSTEM_CLOCK } from '../src/clock.ts';
import type { Work } from '../src/journal/work.ts';
import { openPager } from '../src/pager/open-pager.ts';
import { startGateway } from './gateway.fixture.ts';

// A disk without room: reads are answered, every commit fails.

const log = createLogger('test', 'silent');
let database: TestDatabase;
let redis: TestRedis;

beforeAll(async () => {
  [database, redis] = await Promise.all([createTestDatabase(), createTestRedis()]);
});
afterAll(async () => {
  await redis?.stop();
  await database?.drop();
});

/** From now on each row of the audit log meets what Postgres says when there is no room. */
function fillDisk(): Promise<unknown> {
  return queryOnce(
    database.ownerUrl,
    `CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS $$
       BEGIN RAISE EXCEPTION 'could not extend file' USING ERRCODE = 'disk_full'; END $$;
     CREATE TRIGGER no_room BEFORE INSERT ON audit EXECUTE FUNCTION no_room()`,
  );
}

/** The operator's receiver: the bodies that it has taken. */
async function openReceiver() {
  const taken: unknown[] = [];
  const server = createServer((request, response) => {
    request.on('data', (chunk: Buffer) => taken.push(JSON.parse(chunk.toString())));
    request.on('end', () => response.end());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('no port');
  const url = `http://127.0.0.1:${address.port}`;
  const close = () => new Promise((resolve) => server.close(resolve));
  return { taken, url, close };
}

test('a gateway that cannot store says so in its heartbeat until it can again, and pages', async () => {
  const gateway = await startGateway(database.urls['order-gateway']);
  const bus = openBus(redis.urls['order-gateway'], 'test', log);
  const reader = openBus(redis.urls.cli, 'test', log);
  const heartbeat = beatOnBus(bus, 'order-gateway', {
    ...{ log, counts: async () => ({}) },
    failing: () => gateway.journal.failing,
  });
  const receiver = await openReceiver();
  const { db, journal } = gateway;
  // Ahead, so that the outage is old enough as soon as it is one.
  const clock = { ...SYSTEM_CLOCK, now: () => SYSTEM_CLOCK.now() + 60_000 };
  const named = { url: receiver.url, account: 'main', mode: 'simulated' };
  const pager = openPager({ ...named, db, journal, clock, log });
  const said = async () => (await readHeartbeats(reader))[0];
  try {
    await vi.waitFor(async () => expect(await said()).toMatchObject({ service: 'order-gateway' }));
    expect(await said()).not.toHaveProperty('failing');
    await fillDisk();
    const row = { at: Date.now(), kind: 'note', callId: null, tradeId: null, data: {} };
    const work: Work = { type: 'audit', row };
    const from = Date.now();
    const written = gateway.journal.write(work);
    await vi.waitFor(
      async () =>
        expect((await said())?.failing).toMatchObject({
          code: 'JOURNAL_CANNOT_COMMIT',
          cannot: 'store anything',
          advice: expect.stringContaining('df -h'),
        }),
      { timeout: 10_000, interval: 50 },
    );
    const since = (await said())?.failing?.since ?? 0;
    expect(since).toBeGreaterThanOrEqual(from);
    expect(since).toBeLessThan(from + 1_000);
    await vi.waitFor(
      () =>
        expect(receiver.taken).toMatchObject([
          {
            account: 'main',
            text: expect.stringContaining('the gateway cannot store anything'),
            incident: { kind: 'JOURNAL_CANNOT_COMMIT', openedAt: since },
          },
        ]),
      { timeout: 10_000, interval: 50 },
    );
    expect(gateway.fatal).toEqual([]);
    await queryOnce(database.ownerUrl, 'DROP TRIGGER no_room ON audit');
    await written;
    expect(await gateway.db.select().from(audit)).toHaveLength(1);
    expect(gateway.journal.failing).toBeNull();
    await vi.waitFor(async () => expect(await said()).not.toHaveProperty('failing'), {
      timeout: 5_000,
    });
  } finally {
    await pager.stop();
    await receiver.close();
    await heartbeat.stop();
    await gateway.close();
    await Promise.all([bus.close(), reader.close()]);
  }
});
