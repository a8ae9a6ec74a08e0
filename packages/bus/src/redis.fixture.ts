import { spawn } from 'node:child_process';
import { on, once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { aclLines, type RedisUser } from './acl.ts';

export type TestRedis = {
  url(user: RedisUser | 'admin'): string;
  /** Ends the server without a word, as a crash does. */
  kill(): Promise<void>;
  /** Starts it again on the same port, with what it had stored. */
  start(): Promise<void>;
  /** Forgets all that a killed server had stored. */
  wipe(): Promise<void>;
  stop(): Promise<void>;
};

const passwordOf = (user: string): string => `password-of-${user}`;

export function byUser(value: (user: RedisUser) => string): Record<RedisUser, string> {
  return {
    'market-data': value('market-data'),
    'strategy-worker': value('strategy-worker'),
    'order-gateway': value('order-gateway'),
    supervisor: value('supervisor'),
    backtester: value('backtester'),
    dashboard: value('dashboard'),
    cli: value('cli'),
  };
}

/**
 * A Redis of its own in a temporary folder, with the real ACL and one more user
 * for the test's eyes.
 */
export async function startTestRedis(): Promise<TestRedis> {
  const directory = await mkdtemp(join(tmpdir(), 'ballast-redis-'));
  const port = await freePort();
  const acl = [
    ...aclLines(byUser(passwordOf)),
    'user admin on >password-of-admin allkeys allchannels +@all',
  ];
  await writeFile(join(directory, 'users.acl'), `${acl.join('\n')}\n`);
  let server = spawnServer(directory, port);
  await isReady(server.stdout);

  async function end(signal: NodeJS.Signals): Promise<void> {
    if (server.exitCode !== null || server.signalCode !== null) return;
    const exited = once(server, 'exit');
    server.kill(signal);
    await exited;
  }

  return {
    url: (user) => `redis://${user}:${passwordOf(user)}@127.0.0.1:${port}`,
    kill: () => end('SIGKILL'),
    async start() {
      server = spawnServer(directory, port);
      await isReady(server.stdout);
    },
    wipe: () => rm(join(directory, 'appendonlydir'), { recursive: true }),
    async stop() {
      await end('SIGTERM');
      await rm(directory, { recursive: true, force: true });
    },
  };
}

function spawnServer(directory: string, port: number) {
  const options = {
    port: String(port),
    bind: '127.0.0.1',
    dir: directory,
    aclfile: join(directory, 'users.acl'),
    appendonly: 'yes',
    appendfsync: 'always',
    save: '',
    // The least that it can be set to.
    'proto-max-bulk-len': '1mb',
  };
  const flags = Object.entries(options).flatMap(([name, value]) => [`--${name}`, value]);
  const program = process.env['BALLAST_REDIS_SERVER'] ?? 'redis-server';
  return spawn(program, flags, { stdio: ['ignore', 'pipe', 'ignore'] });
}

async function isReady(output: Readable): Promise<void> {
  let said = '';
  for await (const text of on(output, 'data')) {
    said += String(text);
    if (said.includes('Ready to accept connections')) return;
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port was given');
  return address.port;
}
