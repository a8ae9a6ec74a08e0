import type { CommandWire } from '@ballast/domain';
import { createLogger } from '@ballast/observability';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { type CommandEntry, consumeCommands } from './command-consumer.ts';
import { sendCommand, trimCommands } from './command-queue.ts';
import { type Bus, openBus } from './connection.ts';
import { startTestRedis, type TestRedis } from './redis.fixture.ts';
import { signPayload, verifySignature } from './signature.ts';

const KEY = 'a signing key only for this test file';
const log = createLogger('bus-test', 'silent');
const onEnd: (() => Promise<void>)[] = [];
let server: TestRedis;
let dashboard: Bus;
let admin: Bus;
let gateway: Bus;

beforeAll(async () => {
  server = await startTestRedis();
  dashboard = openBus(server.url('dashboard'), 'dashboard', log);
  admin = openBus(server.url('admin'), 'admin', log);
  gateway = openBus(server.url('order-gateway'), 'gateway', log);
  onEnd.push(() => dashboard.close());
  onEnd.push(() => admin.close());
  onEnd.push(() => gateway.close());
});

beforeEach(async () => {
  await admin.run('FLUSHALL', (redis) => redis.flushall());
});

afterAll(async () => {
  await Promise.all(onEnd.map((end) => end()));
  await server.stop();
});

function command(reason: string): CommandWire {
  return {
    version: 1,
    id: '01936f6e-0000-7000-8000-000000000001',
    producer: 'dashboard',
    actor: 'operator',
    account: 'main',
    mode: 'paper',
    issuedAt: 1_000,
    expiresAt: 2_000,
    nonce: 'a'.repeat(32),
    type: 'closeTrade',
    body: { tradeId: '01936f6e-0000-7000-8000-000000000002', reason },
  };
}

function consume(onBatch: (entries: CommandEntry[]) => Promise<void>) {
  const failures: Error[] = [];
  const consumer = consumeCommands(server.url('order-gateway'), {
    group: 'order-gateway',
    consumer: 'main',
    producers: ['dashboard', 'cli'],
    onBatch,
    onFail: (error) => failures.push(error),
    log,
  });
  onEnd.push(() => consumer.stop());
  return { consumer, failures };
}

const reasons = (entries: CommandEntry[]): string[] =>
  entries.map((entry) => String(/"reason":"([^"]*)"/.exec(entry.payload)?.[1]));

describe('signature', () => {
  test('covers every character of the payload', () => {
    const signature = signPayload('{"a":1}', KEY);
    expect(verifySignature('{"a":1}', signature, KEY)).toBe(true);
    expect(verifySignature('{"a": 1}', signature, KEY)).toBe(false);
    expect(verifySignature('{"a":1}', signature, `${KEY}.`)).toBe(false);
    expect(verifySignature('{"a":1}', signature.toUpperCase(), KEY)).toBe(false);
    expect(verifySignature('{"a":1}', signature.slice(1), KEY)).toBe(false);
    expect(verifySignature('{"a":1}', '', KEY)).toBe(false);
  });
});

describe('command queue', () => {
  test('brings a command with a signature that the exact text verifies', async () => {
    const got: CommandEntry[] = [];
    const { consumer } = consume(async (entries) => void got.push(...entries));
    const id = await sendCommand(dashboard, command('first'), KEY);
    await vi.waitFor(() => expect(got).toHaveLength(1), 5_000);
    await consumer.stop();
    expect(got[0]).toMatchObject({ producer: 'dashboard', entryId: id });
    expect(JSON.parse(got[0]?.payload ?? '')).toEqual(command('first'));
    expect(verifySignature(got[0]?.payload ?? '', got[0]?.signature ?? '', KEY)).toBe(true);
  });

  test('refuses a command that is too large before anything is sent', async () => {
    await expect(sendCommand(dashboard, command('x'.repeat(9_000)), KEY)).rejects.toMatchObject({
      code: 'COMMAND_TOO_LARGE',
    });
    expect(await admin.run('EXISTS', (redis) => redis.exists('cmd:dashboard'))).toBe(0);
  });

  test('hands over an entry without payload or signature as one that cannot verify', async () => {
    const got: CommandEntry[] = [];
    const { consumer } = consume(async (entries) => void got.push(...entries));
    await dashboard.run('XADD', (redis) => redis.xadd('cmd:dashboard', '*', 'rubbish', '1'));
    await vi.waitFor(() => expect(got).toHaveLength(1), 5_000);
    await consumer.stop();
    expect(got[0]).toMatchObject({ payload: '', signature: '' });
  });

  test('gives a batch again whose handling failed, and fails loudly meanwhile', async () => {
    await sendCommand(dashboard, command('one'), KEY);
    await sendCommand(dashboard, command('two'), KEY);
    const { failures } = consume(() => Promise.reject(new Error('database is away')));
    await vi.waitFor(() => expect(failures).toHaveLength(1), 5_000);
    expect(failures[0]?.message).toBe('database is away');

    await sendCommand(dashboard, command('three'), KEY);
    const got: CommandEntry[] = [];
    const { consumer } = consume(async (entries) => void got.push(...entries));
    await vi.waitFor(() => expect(reasons(got)).toEqual(['one', 'two', 'three']), 5_000);
    await consumer.stop();

    const again: CommandEntry[] = [];
    const next = consume(async (entries) => void again.push(...entries));
    await sendCommand(dashboard, command('four'), KEY);
    await vi.waitFor(() => expect(reasons(again)).toEqual(['four']), 5_000);
    await next.consumer.stop();
  });

  test('finishes and acknowledges the batch under way when it is stopped', async () => {
    await sendCommand(dashboard, command('one'), KEY);
    const release = Promise.withResolvers<void>();
    const entered = Promise.withResolvers<void>();
    const { consumer } = consume(async () => {
      entered.resolve();
      await release.promise;
    });
    await entered.promise;
    const stopped = consumer.stop();
    release.resolve();
    await stopped;
    const [pending] = await admin.run('XPENDING', (redis) =>
      redis.xpending('cmd:dashboard', 'order-gateway'),
    );
    expect(pending).toBe(0);
  });

  test('survives a killed Redis with nothing lost and nothing unread acknowledged', async () => {
    const got: CommandEntry[] = [];
    const { consumer, failures } = consume(async (entries) => void got.push(...entries));
    await sendCommand(dashboard, command('before'), KEY);
    await vi.waitFor(() => expect(got).toHaveLength(1), 5_000);
    await server.kill();
    await expect(sendCommand(dashboard, command('down'), KEY)).rejects.toMatchObject({
      name: 'BusError',
    });
    await server.start();
    await vi.waitFor(() => sendCommand(dashboard, command('after'), KEY), 5_000);
    await vi.waitFor(() => expect(reasons(got)).toContain('after'), 5_000);
    await consumer.stop();
    expect(failures).toEqual([]);
    expect(new Set(reasons(got))).toEqual(new Set(['before', 'after']));
  });

  test('makes its group again when Redis has lost everything', async () => {
    const got: CommandEntry[] = [];
    const { consumer } = consume(async (entries) => {
      got.push(...entries);
      if (got.length === 1) await admin.run('FLUSHALL', (redis) => redis.flushall());
    });
    await sendCommand(dashboard, command('before'), KEY);
    await vi.waitFor(() => expect(got).toHaveLength(1), 5_000);
    await sendCommand(dashboard, command('after'), KEY);
    await vi.waitFor(() => expect(reasons(got)).toEqual(['before', 'after']), 5_000);
    await consumer.stop();
  });

  test('gives a batch again whose acknowledgement was lost with the connection', async () => {
    const got: CommandEntry[] = [];
    const { consumer } = consume(async (entries) => {
      got.push(...entries);
      if (got.length > 1) return;
      await admin.run('CLIENT KILL', (redis) => redis.client('KILL', 'USER', 'order-gateway'));
    });
    await sendCommand(dashboard, command('once'), KEY);
    await vi.waitFor(() => expect(reasons(got)).toEqual(['once', 'once']), 5_000);
    await consumer.stop();
    const [pending] = await admin.run('XPENDING', (redis) =>
      redis.xpending('cmd:dashboard', 'order-gateway'),
    );
    expect(pending).toBe(0);
  });

  test('waits for a Redis that has no room, and goes on when it has', async () => {
    const room = (bytes: number) =>
      admin.run('CONFIG', (redis) => redis.config('SET', 'maxmemory', bytes));
    await sendCommand(dashboard, command('waits'), KEY);
    await room(1);
    const got: CommandEntry[] = [];
    const warned = vi.spyOn(log, 'warn');
    try {
      const { failures } = consume(async (entries) => void got.push(...entries));
      const said = () => warned.mock.calls.map(([fields]) => JSON.stringify(fields)).join(' ');
      await vi.waitFor(() => expect(said()).toMatch(/OOM/), 5_000);
      expect(failures).toEqual([]);
      await room(0);
      await vi.waitFor(() => expect(reasons(got)).toEqual(['waits']), 5_000);
    } finally {
      warned.mockRestore();
      await room(0);
    }
  });

  test('ends loudly when Redis refuses it', async () => {
    const failure = Promise.withResolvers<Error>();
    const consumer = consumeCommands(server.url('cli'), {
      group: 'order-gateway',
      consumer: 'main',
      producers: ['cli'],
      onBatch: async () => {},
      onFail: failure.resolve,
      log,
    });
    onEnd.push(() => consumer.stop());
    await expect(failure.promise).resolves.toMatchObject({ code: 'BUS_REFUSED' });
  });

  test('trims only what every group has acknowledged', async () => {
    const { consumer } = consume(async () => {});
    await admin.run('XGROUP', (redis) =>
      redis.xgroup('CREATE', 'cmd:dashboard', 'supervisor', '0', 'MKSTREAM'),
    );
    const ids: string[] = [];
    for (const name of ['a', 'b', 'c', 'd']) {
      ids.push(await sendCommand(dashboard, command(name), KEY));
    }
    await vi.waitFor(async () => {
      const [count] = await admin.run('XPENDING', (redis) =>
        redis.xpending('cmd:dashboard', 'order-gateway'),
      );
      expect(count).toBe(0);
      expect(await trimCommands(gateway, 'dashboard', 1)).toBe(0);
    }, 5_000);
    await admin.run('XREADGROUP', (redis) =>
      redis.xreadgroup('GROUP', 'supervisor', 's', 'STREAMS', 'cmd:dashboard', '>'),
    );
    await admin.run('XACK', (redis) =>
      redis.xack('cmd:dashboard', 'supervisor', ids[0] ?? '', ids[1] ?? ''),
    );
    expect(await trimCommands(gateway, 'dashboard', 1)).toBe(2);
    await consumer.stop();
  });
});
