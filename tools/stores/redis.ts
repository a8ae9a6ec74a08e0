import {
  existsSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { freePort } from './free-port.ts';
import { identify, stopProcess } from './process-identity.ts';
import { startStoreProcess, type StoreProcess, type StoreRestart } from './store-process.ts';
import { dieWithParent } from './store-user.ts';

const READY_WITHIN_MS = 15_000;
const STOP_WITHIN_MS = 5_000;
const PORT_ATTEMPTS_MAX = 3;
const MEMORY_MAX = '512mb';

export interface RedisOptions {
  /** Folder for the ACL file and the pid file; created when missing. */
  dir: string;
  /** Lines of the ACL file: `user <name> ...`. */
  aclLines: readonly string[];
  logFile: string;
  /** Not the first run: on the port that its users know. */
  again?: StoreRestart | undefined;
}

export interface Redis extends StoreProcess {
  port: number;
  url(user: string, password: string): string;
}

/**
 * Starts Redis on a free loopback port with these users only. It is transport: nothing is written
 * to disk. An orphan of an earlier run in the same folder is stopped first.
 */
export async function startRedis(options: RedisOptions): Promise<Redis> {
  mkdirSync(options.dir, { recursive: true, mode: 0o700 });
  const pidFile = join(options.dir, 'redis.pid');
  const aclFile = join(options.dir, 'users.acl');
  await stopOrphan(pidFile, options.dir);
  rmSync(aclFile, { force: true });
  writeFileSync(aclFile, `${options.aclLines.join('\n')}\n`, { mode: 0o600 });
  const prefix = await dieWithParent('TERM');
  for (let attempt = 1; ; attempt += 1) {
    const port = options.again?.port ?? (await freePort());
    try {
      const store = await startStoreProcess({
        name: 'redis',
        command: [...prefix, redisServer(), ...settings(port, options.dir, pidFile, aclFile)],
        env: { PATH: process.env['PATH'], LC_ALL: 'C', TZ: 'UTC' },
        logFile: options.logFile,
        readyWithinMs: READY_WITHIN_MS,
        again: options.again,
        stopSignals: ['SIGTERM'],
        stopWithinMs: STOP_WITHIN_MS,
        isReady: () => answers(port),
      });
      const url = (user: string, password: string) =>
        `redis://${user}:${encodeURIComponent(password)}@127.0.0.1:${port}`;
      return { ...store, port, url };
    } catch (error) {
      // Another process may take the port between our look and the bind.
      const portTaken = error instanceof Error && error.message.includes('Address already in use');
      if (!portTaken || options.again || attempt >= PORT_ATTEMPTS_MAX) throw error;
    }
  }
}

function redisServer(): string {
  return process.env['BALLAST_REDIS_SERVER'] ?? 'redis-server';
}

function settings(port: number, dir: string, pidFile: string, aclFile: string): string[] {
  const values = {
    port: String(port),
    bind: '127.0.0.1',
    dir,
    pidfile: pidFile,
    aclfile: aclFile,
    save: '',
    appendonly: 'no',
    maxmemory: MEMORY_MAX,
    'maxmemory-policy': 'noeviction',
    // A producer may only append to its own stream: this bounds what one entry can hold. The
    // longest that is meant is the listing of a venue with all stocks there are, a megabyte.
    'proto-max-bulk-len': '4mb',
  };
  return Object.entries(values).flatMap(([name, value]) => [`--${name}`, value]);
}

/** Any answer will do: without a login it is the refusal NOAUTH. */
function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const end = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(1_000, () => end(false));
    socket.once('error', () => end(false));
    socket.once('connect', () => socket.write('PING\r\n'));
    socket.once('data', (data) => end(/^(-NOAUTH|\+PONG|-NOPERM)/.test(data.toString())));
  });
}

async function stopOrphan(pidFile: string, dir: string): Promise<void> {
  if (!existsSync(pidFile)) return;
  const found = await identify(Number(readFileSync(pidFile, 'utf8').trim()));
  if (found?.commandLine.includes('redis-server') && worksIn(found.pid, dir)) {
    await stopProcess(found, [
      { signal: 'SIGTERM', waitMs: STOP_WITHIN_MS },
      { signal: 'SIGKILL', waitMs: STOP_WITHIN_MS },
    ]);
  }
  rmSync(pidFile, { force: true });
}

/** Redis replaces its command line, but its working folder stays ours. */
function worksIn(pid: number, dir: string): boolean {
  if (process.platform !== 'linux') return true;
  return readlinkSync(`/proc/${pid}/cwd`) === realpathSync(dir);
}
