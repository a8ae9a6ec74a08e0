import { randomBytes, randomUUID } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { aclLines, LOGIN_TICKET_MS, mintLoginTicket, REDIS_USERS } from '@ballast/bus';
import { DATABASE_ROLES, migrate, roleName } from '@ballast/db';
import { byName } from '../stores/by-name.ts';
import { startPostgres } from '../stores/postgres.ts';
import { startRedis } from '../stores/redis.ts';
import { answerOf, type Child, startChild } from './child.ts';

const ROUNDS = 3;
const SETTLE_MS = 2_000;
const MEASURED_MS = 3_000;
const INSTRUMENTS = 600;
/** Trades and quotes a second, by turns: each instrument changes five times. */
const EVENTS_PER_SECOND = 3_000;
/** Rows of a watchlist that are in sight, a chart and a ticket. */
const SHOWN = 40;
const CLIENTS = 100;
const HUB_MAX = 1.3;
const DASHBOARD = join(import.meta.dirname, '../../services/dashboard/server/src/main.ts');
const ANSWER_CPU = { execArgv: ['--import', join(import.meta.dirname, 'answer-cpu.ts')] };

type OnClose = (close: () => Promise<void> | void) => void;
type Use = { hub: number; dashboard: number; messagesPerClient: number; bytesPerClient: number };

/**
 * What one and a hundred clients of the dashboard cost the hub and the dashboard's server, in CPU
 * time a second, with a universe that moves all the time: the real server, and of market-data the
 * way from socket to stream.
 */
export async function run(): Promise<{ ok: boolean }> {
  const dir = mkdtempSync(join(tmpdir(), 'ballast-bench-'));
  chmodSync(dir, 0o755);
  const closers: (() => Promise<void> | void)[] = [() => rmSync(dir, { recursive: true })];
  try {
    return await measureAll(dir, (close) => void closers.push(close));
  } finally {
    for (const close of closers.toReversed()) await close();
  }
}

async function measureAll(dir: string, onClose: OnClose) {
  const { hub, dashboard, clients } = await startAll(dir, onClose);
  const rounds: { one: Use; many: Use }[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const use = (count: number) => measured({ hub, dashboard, clients }, count);
    // By turns which goes first, so that what else the machine does falls on both.
    const first = await use(round % 2 === 0 ? 1 : CLIENTS);
    const second = await use(round % 2 === 0 ? CLIENTS : 1);
    rounds.push(round % 2 === 0 ? { one: first, many: second } : { one: second, many: first });
  }
  const hubRatio = spread(rounds.map(({ one, many }) => many.hub / one.hub));
  const isHeard = rounds.every(
    ({ one, many }) => one.messagesPerClient * many.messagesPerClient > 0,
  );
  return {
    ok: isHeard && hubRatio.value <= HUB_MAX,
    bench: 'push',
    figures: {
      hub100ToOne: { ...hubRatio, max: HUB_MAX, ok: hubRatio.value <= HUB_MAX },
      dashboard100ToOne: spread(rounds.map(({ one, many }) => many.dashboard / one.dashboard)),
    },
    instruments: INSTRUMENTS,
    shown: SHOWN,
    clients: CLIENTS,
    cpuShares: rounds,
    machine: { cores: cpus().length, cpu: cpus()[0]?.model ?? '', load: loadavg()[0] },
  };
}

async function startAll(dir: string, onClose: OnClose) {
  const word = (): string => randomBytes(32).toString('hex');
  const rolePasswords = byName(DATABASE_ROLES, word);
  const logFile = join(dir, 'postgres.log');
  const postgres = await startPostgres({ dir, ownerPassword: word(), logFile });
  onClose(() => postgres.stop());
  await migrate({ ownerUrl: postgres.ownerUrl, rolePasswords });
  const passwords = byName(REDIS_USERS, word);
  const redis = await startRedis({ dir, aclLines: aclLines(passwords), logFile: join(dir, 'log') });
  onClose(() => redis.stop());

  const loginKey = word();
  const dashboard = await startChild(DASHBOARD, [], onClose, {
    ...ANSWER_CPU,
    env: {
      ...process.env,
      BALLAST_DATABASE_URL: postgres.url(roleName('dashboard'), rolePasswords.dashboard),
      BALLAST_REDIS_URL: redis.url('dashboard', passwords.dashboard),
      BALLAST_DASHBOARD_PORT: '0',
      BALLAST_LOGIN_KEY: loginKey,
      BALLAST_COMMAND_KEY_DASHBOARD: word(),
      BALLAST_ACCOUNT: 'bench',
      BALLAST_MODE: 'paper',
      BALLAST_PRICE_SOURCE: 'simulated',
      BALLAST_LOG_LEVEL: 'error',
    },
  });
  const url = String(dashboard.said['url']);
  const here = (file: string): string => join(import.meta.dirname, file);
  const universe = String(INSTRUMENTS);
  const venueArgs = [universe, String(EVENTS_PER_SECOND)];
  const venue = await startChild(here('push-venue.ts'), venueArgs, onClose);
  const writer = redis.url('market-data', passwords['market-data']);
  const hubArgs = [String(venue.said['url']), writer, universe];
  const hub = await startChild(here('push-hub.ts'), hubArgs, onClose, ANSWER_CPU);
  const cookie = await login(url, loginKey);
  const clientArgs = [url, cookie, universe, String(SHOWN)];
  const clients = await startChild(here('push-clients.ts'), clientArgs, onClose);
  return { hub, dashboard, clients };
}

async function login(url: string, loginKey: string): Promise<string> {
  const expiresAt = Date.now() + LOGIN_TICKET_MS;
  const answer = await fetch(`${url}/api/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-ballast-client': 'bench' },
    body: JSON.stringify({ ticket: mintLoginTicket(loginKey, { nonce: randomUUID(), expiresAt }) }),
  });
  if (answer.status !== 200) throw new Error(`login gave ${answer.status}`);
  return (answer.headers.get('set-cookie') ?? '').split(';', 1)[0] ?? '';
}

/** CPU time of a second of hub and server (1 = a core), and what each client has got in it. */
async function measured(
  { hub, dashboard, clients }: Record<'hub' | 'dashboard' | 'clients', Child>,
  count: number,
): Promise<Use> {
  clients.process.send({ clients: count });
  await delay(SETTLE_MS);
  const look = async () => ({
    at: performance.now(),
    hub: await numberOf(hub, 'cpu', 'cpuMicroseconds'),
    dashboard: await numberOf(dashboard, 'cpu', 'cpuMicroseconds'),
    messages: await numberOf(clients, {}, 'messages'),
    bytes: await numberOf(clients, {}, 'bytes'),
  });
  const before = await look();
  await delay(MEASURED_MS);
  const after = await look();
  const seconds = (after.at - before.at) / 1_000;
  const share = (cpu: number): number => Number((cpu / 1_000_000 / seconds).toFixed(4));
  return {
    hub: share(after.hub - before.hub),
    dashboard: share(after.dashboard - before.dashboard),
    messagesPerClient: Math.round((after.messages - before.messages) / count / seconds),
    bytesPerClient: Math.round((after.bytes - before.bytes) / count / seconds),
  };
}

async function numberOf(child: Child, question: string | object, field: string): Promise<number> {
  const answer = answerOf(child.process);
  child.process.send(question);
  return Number((await answer)[field]);
}

function spread(ratios: readonly number[]) {
  const sorted = ratios.map((ratio) => Number(ratio.toFixed(2))).toSorted((a, b) => a - b);
  const value = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
  return { value, lowest: sorted[0], highest: sorted.at(-1) };
}
