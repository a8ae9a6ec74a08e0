import { createLogger } from '@ballast/observability';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestRedis, type TestRedis } from '../../../tools/stores/test-stores.ts';
import { openJobQueue } from '../src/jobs/job-queue.ts';

const AT_ONCE = 2;
let redis: TestRedis;

beforeAll(async () => {
  redis = await createTestRedis();
});
afterAll(() => redis.stop());

test('what was asked for is carried before what was found missing, whatever came first', async () => {
  const carried: string[] = [];
  const ends: (() => void)[] = [];
  const queue = openJobQueue({
    url: redis.urls['market-data'],
    log: createLogger('test', 'silent'),
    retryDelayMs: () => 5,
    async run(id) {
      carried.push(id);
      const { promise, resolve } = Promise.withResolvers<void>();
      ends.push(resolve);
      await promise;
      return 'over';
    },
  });
  await queue.begin();
  for (const id of ['first', 'second']) await queue.add({ id, origin: 'schedule' });
  await expect.poll(() => carried).toHaveLength(AT_ONCE);
  for (const origin of ['schedule', 'reconnect', 'manual'] as const) {
    await queue.add({ id: origin, origin });
  }
  for (let count = 1; count <= 3; count += 1) {
    ends.pop()?.();
    await expect.poll(() => carried).toHaveLength(AT_ONCE + count);
  }
  expect(carried.slice(AT_ONCE)).toEqual(['manual', 'reconnect', 'schedule']);
  for (const end of ends) end();
  await queue.stop();
});
