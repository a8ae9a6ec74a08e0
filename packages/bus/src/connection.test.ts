import { createLogger } from '@ballast/observability';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { connect } from './connection.ts';
import { startTestRedis, type TestRedis } from './redis.fixture.ts';

const log = createLogger('bus-test', 'silent');
let server: TestRedis;
beforeAll(async () => {
  server = await startTestRedis();
});
afterAll(() => server.stop());

test('closes between two attempts to reach a Redis that is gone, and tells who waits', async () => {
  const connection = connect(server.url('cli'), 'cli', log);
  await connection.connected();
  await server.kill();
  await vi.waitFor(() => expect(connection.redis.status).toBe('reconnecting'), { interval: 1 });
  const waiting = expect(connection.connected()).rejects.toMatchObject({ code: 'BUS_UNAVAILABLE' });
  await connection.close();
  await waiting;
  await connection.close();
});
