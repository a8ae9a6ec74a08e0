import { randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { commandStream, signPayload } from '@ballast/bus';
import { migrate, DATABASE_ROLES } from '@ballast/db';
import { type CommandWire, uuidV7 } from '@ballast/domain';
import { Redis } from 'ioredis';
import pg from 'pg';
import { type Platform, startPlatform } from '../launcher/platform.ts';
import { ACCOUNT, MODE, SERVICES } from '../launcher/services.ts';
import { byName } from '../stores/by-name.ts';
import { bareCommits, readRows } from './gateway-bare.ts';

const NEEDED = new Set(['venue-simulator', 'market-data', 'order-gateway']);
const ROUNDS = 3;
const COMMANDS = 2_000;
/** The journal's own bound of works in one transaction: the bare loop may group as much. */
const GROUP = 256;
const SINGLE_SAMPLE = 300;
const PLAIN_DATABASE = 'bench_plain';
const LOOK_EVERY_MS = 5;

const newId = (): string => uuidV7(Date.now(), randomBytes(10));

/**
 * Commands per second from the stream to durable acceptance, through the real gateway process
 * (signature, rules, order core, fence, audit chain), beside bare commits of the very same rows on
 * one connection: as many in one transaction as the gateway may group, and one by one.
 */
export async function run(): Promise<{ ok: boolean }> {
  const dataDir = mkdtempSync(join(tmpdir(), 'ballast-bench-'));
  chmodSync(dataDir, 0o755);
  let platform: Platform | undefined;
  try {
    platform = await startPlatform({
      dataDir,
      port: 4180,
      feed: 'simulator',
      seed: 1,
      log: (line) => process.stderr.write(`${line}\n`),
      services: SERVICES.filter(({ name }) => NEEDED.has(name)),
    });
    return await measure(platform);
  } finally {
    await platform?.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

async function measure(platform: Platform) {
  const owner = new pg.Client({ connectionString: platform.ownerUrl });
  await owner.connect();
  const plain = await plainDatabase(platform, owner);
  const redis = new Redis(platform.redisUrl('dashboard'), {
    enableReadyCheck: false,
    disableClientInfo: true,
  });
  const rounds: { gateway: number; grouped: number; single: number }[] = [];
  try {
    await accept(platform, redis, owner, 200);
    for (let round = 0; round < ROUNDS; round += 1) {
      const since = Date.now();
      const gateway = await accept(platform, redis, owner, COMMANDS);
      const rows = await readRows(owner, since);
      const grouped = await bareCommits(plain, rows.slice(SINGLE_SAMPLE), GROUP);
      const single = await bareCommits(plain, rows.slice(0, SINGLE_SAMPLE), 1);
      rounds.push({ gateway, grouped, single });
    }
  } finally {
    redis.disconnect();
    await plain.end();
    await owner.end();
  }
  return toResult(rounds);
}

/** Puts signed commands on the dashboard's stream; commands a second until the last is durable. */
async function accept(platform: Platform, redis: Redis, owner: pg.Client, count: number) {
  const key = platform.secret('command-key-dashboard');
  const before = await stored(owner);
  const pipeline = redis.pipeline();
  for (let index = 0; index < count; index += 1) {
    const payload = JSON.stringify(command());
    const signature = signPayload(payload, key);
    pipeline.xadd(commandStream('dashboard'), '*', 'payload', payload, 'signature', signature);
  }
  const startedAt = performance.now();
  await pipeline.exec();
  while ((await stored(owner)) < before + count) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
  return Math.round((count * 1_000) / (performance.now() - startedAt));
}

/** An order below the lot: judged by every rule, denied, and stored like any other. */
function command(): CommandWire {
  const issuedAt = Date.now();
  return {
    version: 1,
    id: newId(),
    producer: 'dashboard',
    actor: 'bench',
    account: ACCOUNT,
    mode: MODE,
    issuedAt,
    expiresAt: issuedAt + 10_000,
    nonce: randomBytes(16).toString('hex'),
    type: 'openTrade',
    body: {
      tradeId: newId(),
      plan: {
        instrument: 'bybit.linear:BTCUSDT',
        direction: 'long',
        entry: { type: 'limit', price: '50000' },
        stop: '49500',
        takeProfit: { style: 'single', target: '50500' },
        quantity: '0.00001',
        origin: { kind: 'ticket' },
      },
    },
  };
}

async function stored(owner: pg.Client): Promise<number> {
  const rows = await owner.query<{ n: string }>('SELECT count(*) AS n FROM commands');
  return Number(rows.rows[0]?.n);
}

/** A second database in the same server, with the same tables and indexes. */
async function plainDatabase(platform: Platform, owner: pg.Client): Promise<pg.Client> {
  await owner.query(`CREATE DATABASE ${PLAIN_DATABASE}`);
  const url = new URL(platform.ownerUrl);
  url.pathname = `/${PLAIN_DATABASE}`;
  const rolePasswords = byName(DATABASE_ROLES, (role) => platform.secret(`database-${role}`));
  await migrate({ ownerUrl: url.href, rolePasswords });
  const client = new pg.Client({ connectionString: url.href });
  await client.connect();
  return client;
}

function toResult(rounds: { gateway: number; grouped: number; single: number }[]) {
  const of = (name: 'gateway' | 'grouped' | 'single'): number =>
    rounds.map((round) => round[name]).toSorted((a, b) => a - b)[Math.floor(ROUNDS / 2)] ?? 0;
  const commandsPerSecond = of('gateway');
  const limit = of('grouped');
  return {
    ok: commandsPerSecond > 0,
    bench: 'gateway',
    command: 'openTrade, judged by every rule, denied by one: no order, no outbox row',
    rowsPerCommand: 'command, trade, two trade events, three audit rows',
    commandsPerSecond,
    limitCommandsPerSecond: limit,
    ratio: Number((commandsPerSecond / limit).toFixed(3)),
    singleCommitsPerSecond: of('single'),
    ratioToSingleCommits: Number((commandsPerSecond / of('single')).toFixed(2)),
    rounds,
    commands: COMMANDS,
    group: GROUP,
    machine: { cores: cpus().length, cpu: cpus()[0]?.model, load: loadavg()[0] },
  };
}
