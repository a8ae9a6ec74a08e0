import { expect, test } from 'vitest';
import { type Heartbeat, startHeartbeat } from './heartbeat.ts';
import { createLogger } from './logger.ts';

const log = createLogger('test', 'silent');

test('beats at once and again, with the counts', async () => {
  const beats: Heartbeat[] = [];
  const { promise: twice, resolve } = Promise.withResolvers<void>();
  const heartbeat = startHeartbeat({
    service: 'test',
    everyMs: 5,
    log,
    counts: () => ({ ticks_total: 4 }),
    async publish(beat) {
      beats.push(beat);
      if (beats.length === 2) resolve();
    },
  });
  await twice;
  await heartbeat.stop();
  expect(beats[0]).toMatchObject({
    service: 'test',
    pid: process.pid,
    version: '0.1.0',
    counts: { ticks_total: 4 },
  });
  expect(beats[0]?.startedAt).toBeLessThanOrEqual(beats[0]?.at ?? 0);
});

test('says what the service cannot do for as long as it cannot', async () => {
  const beats: Heartbeat[] = [];
  const { promise: over, resolve } = Promise.withResolvers<void>();
  const failing = { code: 'X', cannot: 'store anything', advice: 'Look.', since: 3 };
  const heartbeat = startHeartbeat({
    service: 'test',
    everyMs: 1,
    log,
    failing: () => (beats.length === 0 ? failing : null),
    async publish(beat) {
      beats.push(beat);
      if (beats.length === 2) resolve();
    },
  });
  await over;
  await heartbeat.stop();
  expect(beats[0]?.failing).toEqual(failing);
  expect(beats[1]).not.toHaveProperty('failing');
});

test('a publish that fails is tried again at the next beat; a slow one is not overtaken', async () => {
  let underWay = 0;
  let beats = 0;
  const { promise: recovered, resolve } = Promise.withResolvers<void>();
  const heartbeat = startHeartbeat({
    service: 'test',
    everyMs: 1,
    log,
    async publish() {
      underWay += 1;
      beats += 1;
      expect(underWay).toBe(1);
      await new Promise((next) => setImmediate(next));
      underWay -= 1;
      if (beats === 1) throw new Error('store is away');
      resolve();
    },
  });
  await recovered;
  await heartbeat.stop();
  expect(beats).toBeGreaterThanOrEqual(2);
});
