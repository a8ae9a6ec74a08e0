import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LOGIN_TICKET_MS, mintLoginTicket } from '@ballast/bus';
import { aclLines, REDIS_USERS } from '@ballast/bus';
import { DATABASE_ROLES, migrate, openDatabase, roleName } from '@ballast/db';
import { createLogger } from '@ballast/observability';
import { byName } from '../../../../../tools/stores/by-name.ts';
import { startPostgres } from '../../../../../tools/stores/postgres.ts';
import { startRedis } from '../../../../../tools/stores/redis.ts';
import { seedCoverage } from './coverage.ts';
import { seedDecisions, switchElsewhere } from './decisions.ts';
import { seedJobs } from './jobs.ts';
import { startPulse } from './pulse.ts';
import { seedQuality } from './quality.ts';
import { ACCOUNT, seedLists, seedMarket } from './rows.ts';
import { seedTrade } from './trade-story.ts';

/**
 * The dashboard over made-up rows and moving prices, to look at its pages: `node main.ts [port]`.
 * A second number: so many instruments more. The message `silence` ends what market-data says, with
 * `miss` it says that bars stay missing, with `fill` the gateway says that it cannot store, and
 * `switch` changes a switch and a setting.
 */
const port = process.argv[2] ?? '0';
const loginKey = 'sample-login-key-9f3ac27be1d0457c';
const dir = mkdtempSync(join(tmpdir(), 'ballast-sample-'));
const log = createLogger('sample', 'warn');
const passwords = byName(DATABASE_ROLES, (role) => `of-${role}-3f9d2c7a`);
const redisPasswords = byName(REDIS_USERS, (user) => `of-${user}-7be1d045`);

const postgres = await startPostgres({
  dir,
  ownerPassword: 'sample-owner-3f9d2c7a',
  logFile: join(dir, 'postgres.log'),
  durable: false,
});
const redis = await startRedis({
  dir: join(dir, 'redis'),
  aclLines: aclLines(redisPasswords),
  logFile: join(dir, 'redis.log'),
});
await migrate({ ownerUrl: postgres.ownerUrl, rolePasswords: passwords });
const db = openDatabase(postgres.ownerUrl);
const now = Date.now();
await seedMarket(db, now);
await seedDecisions(db, now);
const more = await seedCoverage(db, now, Number(process.argv[3] ?? '0'));
await seedLists(db, now);
await seedQuality(db, now);
await seedJobs(db, now);
await seedTrade(db, now, {
  counter: 1,
  symbol: 'ETHUSDT',
  status: 'closed',
  minutesAgo: 190,
  direction: 'short',
});
await seedTrade(db, now, {
  counter: 2,
  symbol: 'SOLUSDT',
  status: 'denied',
  minutesAgo: 95,
  direction: 'long',
});
const open = await seedTrade(db, now, {
  counter: 3,
  symbol: 'BTCUSDT',
  status: 'open',
  minutesAgo: 14,
  direction: 'long',
});
const user = (name: keyof typeof redisPasswords) => redis.url(name, redisPasswords[name]);
const pulse = startPulse(
  {
    marketData: user('market-data'),
    gateway: user('order-gateway'),
    worker: user('strategy-worker'),
    supervisor: user('supervisor'),
  },
  open,
  log,
  more,
);
const child = fork(join(import.meta.dirname, '../../src/main.ts'), [], {
  env: {
    ...process.env,
    BALLAST_DATABASE_URL: postgres.url(roleName('dashboard'), passwords['dashboard']),
    BALLAST_REDIS_URL: user('dashboard'),
    BALLAST_DASHBOARD_PORT: port,
    BALLAST_LOGIN_KEY: loginKey,
    BALLAST_COMMAND_KEY_DASHBOARD: 'sample-command-key-51c08de2f7a94b36',
    BALLAST_ACCOUNT: ACCOUNT,
    BALLAST_MODE: 'paper',
    BALLAST_PRICE_SOURCE: 'simulated',
  },
});
// Without its server there is nothing to look at.
let stopping = false;
child.once('exit', () => void stop());
const [ready] = (await once(child, 'message')) as [{ url: string }];
for (let index = 0; index < 12; index += 1) {
  const ticket = mintLoginTicket(loginKey, {
    nonce: crypto.randomUUID(),
    expiresAt: Date.now() + LOGIN_TICKET_MS,
  });
  process.stdout.write(`${ready.url}/login?ticket=${ticket}\n`);
}

async function stop(): Promise<void> {
  if (stopping) return;
  stopping = true;
  if (child.connected) child.disconnect();
  await pulse.stop();
  await db.close();
  await redis.stop();
  await postgres.stop();
  rmSync(dir, { recursive: true, force: true });
  process.exit(0);
}
process.on('message', (asked) => {
  if (asked === 'silence') pulse.silence();
  if (asked === 'miss') pulse.miss();
  if (asked === 'fill') pulse.fill();
  if (asked === 'switch') void switchElsewhere(db, Date.now());
});
process.once('disconnect', () => void stop());
process.once('SIGINT', () => void stop());
process.once('SIGTERM', () => void stop());
