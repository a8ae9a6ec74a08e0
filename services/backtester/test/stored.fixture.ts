import { type ChildProcess, fork, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openBus, sendCommand } from '@ballast/bus';
import {
  type Database,
  findBacktest,
  openDatabase,
  saveInstruments,
  type StoredBacktest,
  storeHistory,
} from '@ballast/db';
import {
  type Bar,
  type CommandType,
  type CommandWire,
  type Instrument,
  instrumentId,
  parseQuantity,
  parseScaled,
  uuidV7,
} from '@ballast/domain';
import { createLogger } from '@ballast/observability';
import { createPrng, nextUnit } from '@ballast/sim-core';
import { expect } from 'vitest';
import { compileCache } from '../../../tools/launcher/compile-cache.ts';
import {
  createTestDatabase,
  createTestRedis,
  type TestDatabase,
  type TestRedis,
} from '../../../tools/stores/test-stores.ts';

const SERVICE = join(import.meta.dirname, '../src/service/main.ts');
const WORKER = join(import.meta.dirname, '../src/worker/main.ts');
const KEY = '5e1f0c7a9b3d46288f0e1c2d3a4b5968';
const log = createLogger('test', 'silent');
export const HOUR = 3_600_000;
/** Processes begin and compute: on a machine that is busy with others that takes its time. */
const WAIT_MS = 120_000;
/** Of the first stored bar. */
export const BEGIN = Date.UTC(2024, 0, 1);

const WRITERS = `SELECT pid FROM pg_locks
  WHERE NOT granted AND mode = 'RowExclusiveLock' AND relation = $1::text::regclass`;

export type Stored = Awaited<ReturnType<typeof openStored>>;

/** Both stores, and the service as a process that is told by signed commands. */
export async function openStored() {
  const [database, redis]: [TestDatabase, TestRedis] = await Promise.all([
    createTestDatabase(),
    createTestRedis(),
  ]);
  const marketData = openDatabase(database.urls['market-data'], { max: 1 });
  const db = openDatabase(database.urls['backtester'], { max: 1 });
  const owner = openDatabase(database.ownerUrl, { silentWriterMs: 120_000 });
  const bus = openBus(redis.urls.cli, 'test', log);
  const children = new Set<ChildProcess>();

  function begin(main: string, env: Record<string, string>): ChildProcess {
    const stdio = ['ignore', 'ignore', process.env['SHOWN'] ? 'inherit' : 'ignore', 'ipc'] as const;
    const child = fork(main, { env, stdio: [...stdio] });
    children.add(child);
    child.once('exit', () => children.delete(child));
    return child;
  }
  const urls = { BALLAST_DATABASE_URL: database.urls.backtester };
  // Behind the other tests there is no telling when it would have its turn.
  const quick = { BALLAST_BACKTEST_NICE: '0', ...compileCache };
  const both = { ...urls, BALLAST_REDIS_URL: redis.urls.backtester, ...quick };
  return {
    ...{ db, marketData, bus, urls: { database: database.urls, redis: redis.urls } },
    /** Resolves when it is ready. @param workers of its own for sweeps */
    async startService(workers = 1, memoryMb = 512): Promise<ChildProcess> {
      const child = begin(SERVICE, {
        ...both,
        ...{ BALLAST_ACCOUNT: 'paper', BALLAST_MODE: 'paper', BALLAST_LOG_LEVEL: 'info' },
        ...{ BALLAST_COMMAND_KEY_DASHBOARD: KEY, BALLAST_COMMAND_KEY_CLI: KEY },
        BALLAST_BACKTEST_WORKERS: String(workers),
        BALLAST_BACKTEST_MEMORY_MB: String(memoryMb),
      });
      const ready = once(child, 'message').then(([message]: unknown[]) => message);
      const ended = once(child, 'exit').then(([code]: unknown[]) => ({ exit: code }));
      expect(await Promise.race([ready, ended])).toMatchObject({ type: 'ready' });
      return child;
    },
    /**
     * As on another host: with both addresses, a folder of its own to be in and nothing else.
     * @param host its folder, home and temporary folder
     */
    startWorker(host = tmpdir()): ChildProcess {
      const env = { ...both, HOME: host, TMPDIR: host };
      const child = spawn(process.execPath, [WORKER], { cwd: host, env, stdio: 'ignore' });
      children.add(child);
      child.once('exit', () => children.delete(child));
      return child;
    },
    /** Asks as the command line does. @returns the id of the command, which is the backtest's */
    async say(type: CommandType, body: object, change: object = {}): Promise<string> {
      const issuedAt = Date.now();
      const id = uuidV7(issuedAt, randomBytes(10));
      const wire = {
        ...{ version: 1, id, producer: 'cli', actor: 'tester', account: 'paper', mode: 'paper' },
        ...{ issuedAt, expiresAt: issuedAt + 8_000, nonce: randomBytes(16).toString('hex') },
        ...{ type, body, ...change },
      } as unknown as CommandWire;
      await sendCommand(bus, wire, KEY);
      return wire.id;
    },
    /** Who reads or writes this table, or only who writes, waits: so a run stays in its middle. */
    async hold(
      table: 'bars' | 'backtest_trades' | 'backtest_sweep_rows',
      from: 'ACCESS EXCLUSIVE' | 'EXCLUSIVE' = 'ACCESS EXCLUSIVE',
    ) {
      const client = await owner.pool.connect();
      await client.query(`BEGIN; LOCK TABLE ${table} IN ${from} MODE`);
      const waiting = `SELECT 1 FROM pg_locks WHERE NOT granted AND relation = '${table}'::regclass`;
      return {
        reached: () =>
          expect
            .poll(async () => (await owner.pool.query(waiting)).rows.length, { timeout: WAIT_MS })
            .toBeGreaterThan(0),
        /** Until somebody waits who writes. @returns what ends those connections */
        async writing(): Promise<() => Promise<void>> {
          const find = async () => (await owner.pool.query<{ pid: number }>(WRITERS, [table])).rows;
          await expect.poll(find, { timeout: WAIT_MS }).not.toEqual([]);
          const pids = (await find()).map(({ pid }) => pid);
          return async () => {
            await owner.pool.query(
              'SELECT pg_terminate_backend(pid) FROM unnest($1::int[]) AS pid',
              [pids],
            );
          };
        },
        /** Until so many wait to write. */
        writers: (count: number) =>
          expect
            .poll(async () => (await owner.pool.query(WRITERS, [table])).rows.length, {
              timeout: WAIT_MS,
            })
            .toBe(count),
        async release(): Promise<void> {
          await client.query('ROLLBACK');
          client.release();
        },
      };
    },
    until: (id: string, is: (row: StoredBacktest) => boolean) => untilRow(db, id, is),
    ended: (id: string) => untilRow(db, id, ({ endedAt }) => endedAt !== null),
    async close(): Promise<void> {
      for (const child of children) await kill(child);
      await Promise.all([db.close(), marketData.close(), owner.close(), bus.close()]);
      await Promise.all([database.drop(), redis.stop()]);
    },
  };
}

export async function kill(child: ChildProcess, signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill(signal);
  await exited;
}

async function untilRow(
  db: Database,
  id: string,
  is: (row: StoredBacktest) => boolean,
): Promise<StoredBacktest> {
  let seen: StoredBacktest | null = null;
  await expect
    .poll(
      async () => {
        seen = await findBacktest(db, id);
        return seen !== null && is(seen);
      },
      { timeout: WAIT_MS, interval: 20 },
    )
    .toBe(true);
  if (seen === null) throw new Error(`no backtest ${id}`);
  return seen;
}

/** Hourly bars that walk, of a symbol of its own. */
export async function storeWalk(db: Database, symbol: string, rows: number): Promise<Instrument> {
  const instrument: Instrument = {
    id: instrumentId('bybit', 'linear', symbol),
    ...{ baseCurrency: symbol.slice(0, -4), quoteCurrency: 'USDT', sector: 'crypto' },
    ...{ tickSize: parseScaled('1'), lotSize: parseScaled('0.001'), multiplier: parseScaled('1') },
    ...{ minQuantity: parseQuantity('0.001'), maxQuantity: parseQuantity('1000000') },
    ...{ minNotional: 0n, session: 'continuous' },
  };
  await saveInstruments(db, [instrument], BEGIN);
  await storeHistory(db, walk(instrument.id, rows));
  return instrument;
}

function walk(instrument: Instrument['id'], rows: number): Bar[] {
  const prng = createPrng(instrument);
  let price = 10_000;
  const move = (): number =>
    (price = Math.max(100, Math.round(price * (1 + (nextUnit(prng) - 0.5) / 50))));
  return Array.from({ length: rows }, (_, row): Bar => {
    const open = price;
    const way = [open, move(), move(), move()];
    return {
      ...{ instrument, timeframe: '1h', openTime: BEGIN + row * HOUR, open: String(open) },
      ...{ high: String(Math.max(...way)), low: String(Math.min(...way)), close: String(price) },
      ...{ volume: '1000', tradeCount: 1, state: 'backfilled', source: 'bybit' },
      ...{ builtFrom: 'venue', missing: 0 },
    };
  });
}

/** Processes that were forked by another. */
export function childrenOf(pid: number): number[] {
  const listed = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
  return listed === '' ? [] : listed.split(' ').map(Number);
}
