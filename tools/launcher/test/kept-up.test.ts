import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { isRunning } from '../../stores/process-identity.ts';
import { startStores } from '../platform-stores.ts';
import type { Platform } from '../platform.ts';
import { FAKE_SERVICES } from './fake-services.ts';
import { platformBox } from './platform.fixture.ts';

const UNTIL = { timeout: 20_000, interval: 20 };

const box = platformBox({
  restartTiming: { firstPauseMs: 5, maxPauseMs: 20, steadyAfterMs: 60_000, recoveringAfterMs: 50 },
});
const { said, start } = box;
const cause = (): string => join(box.dataDir, 'cause');

/** The gateway fails in this way at every start from now on, until `cause` is removed. */
async function startFailingLater(failure: string): Promise<Platform> {
  const environment = { 'order-gateway': { FAKE_FAILURE: failure, FAKE_CAUSE: cause() } };
  const running = await start({ environment });
  writeFileSync(cause(), '');
  running.service('order-gateway').kill('SIGKILL');
  return running;
}

/** Of the services that did not fail: the same processes as at the start, and alive. */
async function othersRun(running: Platform, before: readonly unknown[]): Promise<boolean> {
  const now = others(running);
  expect(now).toEqual(before);
  const alive = now.map(async (one) => one !== undefined && (await isRunning(one)));
  return (await Promise.all(alive)).every(Boolean);
}

const others = (running: Platform) =>
  ['venue-simulator', 'dashboard'].map((name) => running.service(name).identity);

function starts(name: string): number {
  const log = readFileSync(join(box.dataDir, 'logs', `${name}.log`), 'utf8');
  return log.split('the venue is closed for good').length - 1;
}

test('a service that keeps failing is tried for ever, and runs when the cause is gone', async () => {
  const running = await startFailingLater('start');
  const before = others(running);
  await vi.waitFor(() => expect(starts('order-gateway')).toBeGreaterThan(7), UNTIL);
  expect(await othersRun(running, before)).toBe(true);
  expect(said('order-gateway ended with SIGKILL')).toBe(1);
  expect(said('order-gateway ended with exit 1 before it was ready')).toBe(1);
  expect(said('the venue is closed for good')).toBe(1);

  rmSync(cause());
  await running.service('order-gateway').whenReady();
  await vi.waitFor(() => expect(said('order-gateway runs again')).toBe(1), UNTIL);
  expect(await othersRun(running, before)).toBe(true);
}, 30_000);

test('a restart that takes longer is not ended, but said once', async () => {
  const running = await startFailingLater('slow');
  await vi.waitFor(() => expect(said('is still recovering after 50 ms')).toBe(1), UNTIL);
  const recovering = running.service('order-gateway').identity;
  rmSync(cause());
  await running.service('order-gateway').whenReady();
  expect(running.service('order-gateway').identity).toEqual(recovering);
  expect(said('is still recovering')).toBe(1);
});

test('a configuration that became wrong: the service stays down, the others go on', async () => {
  const running = await startFailingLater('configuration');
  const before = others(running);
  await expect(running.service('order-gateway').whenReady()).rejects.toThrow('FAKE_MISSING');
  expect(said('order-gateway stays down until the next npm start')).toBe(1);
  expect(await othersRun(running, before)).toBe(true);
});

test('a service that ends again soon after each start waits longer each time', async () => {
  await startFailingLater('afterReady');
  await vi.waitFor(() => expect(said('order-gateway ended with exit 3')).toBeGreaterThan(3), UNTIL);
  const pauses = box.lines.flatMap((line) => /starting again in (\d+) ms/.exec(line)?.[1] ?? []);
  expect(pauses.slice(0, 5)).toEqual(['5', '10', '20', '20', '20']);
});

test('stores that are killed are back on their ports, and services work with them', async () => {
  const running = await start({
    startStores,
    services: FAKE_SERVICES.map((service) => ({
      ...service,
      environment: (context) => ({
        ...service.environment(context),
        FAKE_DATABASE_URL: context.databaseUrl('order-gateway'),
        FAKE_REDIS_URL: context.redisUrl('order-gateway'),
      }),
    })),
  });
  const gateway = running.service('order-gateway');
  const before = gateway.identity;
  const work = () => answerOf(running.portOf('order-gateway'));
  expect(await work()).toBe('done');
  for (const pidFile of ['redis/redis.pid', 'postgres/cluster/postmaster.pid']) {
    const name = pidFile.split('/')[0];
    process.kill(
      Number(readFileSync(join(box.dataDir, pidFile), 'utf8').split('\n')[0]),
      'SIGKILL',
    );
    await vi.waitFor(() => expect(said(`${name} runs again`)).toBe(1), UNTIL);
    expect(said(`${name} ended by itself. Its last lines`)).toBe(1);
    await vi.waitFor(async () => expect(await work()).toBe('done'), UNTIL);
  }
  expect(gateway.identity).toEqual(before);
});

function answerOf(port: number): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  let answer = '';
  connect(port, '127.0.0.1')
    .on('data', (data) => (answer += data.toString()))
    .once('end', () => resolve(answer))
    .once('error', reject);
  return promise;
}
