import { rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { freePort } from '../../stores/free-port.ts';
import { identify } from '../../stores/process-identity.ts';
import { LaunchError } from '../launch-error.ts';
import { readRunRecord } from '../run-record.ts';
import { FAKE_SERVICES } from './fake-services.ts';
import { platformBox } from './platform.fixture.ts';

const box = platformBox();
const { said, start } = box;

async function failing(service: string, failure: string): Promise<LaunchError> {
  const error: unknown = await start({
    environment: { [service]: { FAKE_FAILURE: failure } },
  }).catch((reason: unknown) => reason);
  if (!(error instanceof LaunchError)) throw new Error(`no LaunchError but ${String(error)}`);
  return error;
}

test('starts phase by phase, shows each service with its time, stops in reverse order', async () => {
  const running = await start();
  expect(running.phases.map((phase) => phase.name)).toEqual([
    'stores',
    'market data',
    'gateway and workers',
    'dashboard',
  ]);
  expect(
    box.lines.filter((line) => line.endsWith(' ms')).map((line) => line.trim().split(' ')[0]),
  ).toEqual(FAKE_SERVICES.map((service) => service.name));
  expect(running.loginLink()).toMatch(
    /^http:\/\/127\.0\.0\.1:\d+\/login\?ticket=[\w-]+\.[0-9a-f]{64}$/,
  );
  const pids = FAKE_SERVICES.map(({ name }) => running.service(name).identity?.pid ?? 0);
  box.lines = [];
  await running.stop();
  expect(box.lines.map((line) => line.trim().split(' ')[0])).toEqual([
    'dashboard',
    'order-gateway',
    'venue-simulator',
    'stores',
  ]);
  for (const pid of pids) expect(await identify(pid)).toBeUndefined();
});

test('a service that is killed runs again under a new process id', async () => {
  const running = await start();
  const gateway = running.service('order-gateway');
  const before = gateway.identity?.pid;
  gateway.kill('SIGKILL');
  await gateway.whenReady();
  expect(gateway.identity?.pid).not.toBe(before);
  expect(said('order-gateway ended with SIGKILL. Its last lines')).toBe(1);
});

test('a service is in the run record while it still starts: the next start must find it', async () => {
  const cause = join(box.dataDir, 'cause');
  writeFileSync(cause, '');
  const slow = { FAKE_FAILURE: 'slow', FAKE_CAUSE: cause };
  const starting = start({ environment: { 'order-gateway': slow } });
  const recorded = (): string[] =>
    (readRunRecord(box.dataDir)?.services ?? []).map((service) => service.name);
  try {
    await expect.poll(recorded, { timeout: 10_000 }).toContain('order-gateway');
  } finally {
    rmSync(cause);
    await starting;
  }
});

test('what a service that runs lacks is said', async () => {
  await start({ environment: { 'order-gateway': { FAKE_PROBLEM: 'no quote yet' } } });
  expect(said(' ms  but no quote yet')).toBe(1);
});

test('a service that cannot start: the reason is shown and nothing stays behind', async () => {
  const error = await failing('order-gateway', 'start');
  expect(error.message).toContain('order-gateway ended with exit 1 before it was ready');
  expect(error.message).toContain('the venue is closed for good');
  expect(error.exitCode).toBe(1);
  expect(said('venue-simulator     stopped')).toBe(1);
});

test('a configuration error has exit code 78 and names the variable', async () => {
  const error = await failing('dashboard', 'configuration');
  expect(error.exitCode).toBe(78);
  expect(error.message).toContain('FAKE_MISSING');
});

test('a second start on the same folder says where the first runs', async () => {
  const running = await start();
  const error = await failing('none', 'none');
  expect(error.exitCode).toBe(75);
  expect(error.message).toContain(running.dashboardUrl);
  expect(error.message).toContain(String(process.pid));
});

test('an interrupted start stops what was started', async () => {
  const interrupt = new AbortController();
  const log = (line: string): void => {
    box.lines.push(line);
    if (line.includes('venue-simulator') && line.endsWith('ms')) {
      interrupt.abort(new Error('Ctrl-C'));
    }
  };
  await expect(start({ signal: interrupt.signal, log })).rejects.toThrow('Ctrl-C');
  expect(box.lines.at(-2)).toBe('  venue-simulator     stopped');
});

test('secrets are readable by their owner only, and are kept', async () => {
  const running = await start();
  const loginKey = running.secret('login-key');
  expect(loginKey).toMatch(/^[0-9a-f]{64}$/);
  await running.stop();
  expect((await start()).secret('login-key')).toBe(loginKey);
  expect(statSync(join(box.dataDir, 'secrets.json')).mode & 0o777).toBe(0o600);
});

test('a port that is taken while the platform starts: the dashboard moves on too', async () => {
  const cause = join(box.dataDir, 'cause');
  writeFileSync(cause, '');
  const port = await freePort();
  const slow = { FAKE_FAILURE: 'slow', FAKE_CAUSE: cause };
  const starting = start({ port, environment: { 'order-gateway': slow } });
  await expect
    .poll(() => readRunRecord(box.dataDir)?.services.length, { timeout: 10_000 })
    .toBe(FAKE_SERVICES.length - 1);
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(port, '127.0.0.1', resolve));
  try {
    rmSync(cause);
    await starting;
    expect(said(`Port ${port} is taken; the dashboard gets port `)).toBe(1);
  } finally {
    other.close();
  }
});

test('a port that is taken: the dashboard moves on, and says so', async () => {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  const address = other.address();
  const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
  try {
    await start({ port });
    expect(said(`Port ${port} is taken; the dashboard gets port `)).toBe(1);
  } finally {
    other.close();
  }
});

test('a port that is free is nothing to talk about', async () => {
  await start({ port: await freePort() });
  expect(said('is taken')).toBe(0);
});
