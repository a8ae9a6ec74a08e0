import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import {
  DATABASE_ROLES,
  type DatabaseRole,
  migrate,
  openDatabase,
  roleName,
  saveInstruments,
} from '@ballast/db';
import { type Instrument, instrumentId, parseQuantity, parseScaled } from '@ballast/domain';
import pg from 'pg';
import { z } from 'zod';
import { byName } from '../stores/by-name.ts';
import { type Postgres, startPostgres } from '../stores/postgres.ts';
import { gatewayResult } from './gateway-result.ts';

const MAIN = fileURLToPath(new URL('../../services/order-gateway/bench/main.ts', import.meta.url));
const PLAIN_DATABASE = 'bench_plain';
/** One for each trade that is open at once. */
const INSTRUMENTS = 64;

const round = z.object({
  gateway: z.number(),
  grouped: z.number(),
  single: z.number(),
  loneMs: z.number(),
  leavesMs: z.number(),
  bareMs: z.number(),
  group: z.number(),
});
export type Round = z.infer<typeof round>;

/**
 * Trades a second through the gateway's own intake, rules, order core, journal, audit chain and
 * performer, beside bare commits of the very same rows, on a Postgres of its own with fsync.
 */
export async function run() {
  const dir = mkdtempSync(join(tmpdir(), 'ballast-bench-'));
  chmodSync(dir, 0o755);
  let postgres: Postgres | undefined;
  try {
    const password = (): string => randomBytes(32).toString('hex');
    const rolePasswords = byName(DATABASE_ROLES, password);
    const logFile = join(dir, 'postgres.log');
    postgres = await startPostgres({ dir, ownerPassword: password(), logFile });
    const { ownerUrl, url } = postgres;
    const urlOf = (role: DatabaseRole): string => url(roleName(role), rolePasswords[role]);
    await migrate({ ownerUrl, rolePasswords });
    const plainUrl = await plainDatabase(ownerUrl, rolePasswords);
    await storeInstruments(urlOf('market-data'));
    const rounds = await measured(urlOf('order-gateway'), plainUrl);
    const machine = { cores: cpus().length, cpu: cpus()[0]?.model, load: loadavg()[0] };
    return { ...gatewayResult(rounds), machine };
  } finally {
    await postgres?.stop();
    rmSync(dir, { recursive: true, force: true });
  }
}

async function measured(databaseUrl: string, plainUrl: string): Promise<Round[]> {
  const { stdout } = await promisify(execFile)(process.execPath, [MAIN], {
    env: {
      PATH: process.env['PATH'],
      BALLAST_DATABASE_URL: databaseUrl,
      BALLAST_PLAIN_DATABASE_URL: plainUrl,
    },
  });
  return z.array(round).parse(JSON.parse(stdout));
}

/** A second database in the same server, with the same tables and indexes. */
async function plainDatabase(
  ownerUrl: string,
  rolePasswords: Record<string, string>,
): Promise<string> {
  const owner = new pg.Client({ connectionString: ownerUrl });
  await owner.connect();
  await owner.query(`CREATE DATABASE ${PLAIN_DATABASE}`);
  await owner.end();
  const plain = new URL(ownerUrl);
  plain.pathname = `/${PLAIN_DATABASE}`;
  await migrate({ ownerUrl: plain.href, rolePasswords });
  return plain.href;
}

async function storeInstruments(marketDataUrl: string): Promise<void> {
  const db = openDatabase(marketDataUrl, { max: 1 });
  const list = Array.from({ length: INSTRUMENTS }, (_value, index): Instrument => {
    return {
      id: instrumentId('bybit', 'linear', `BENCH${index}USDT`),
      ...{ baseCurrency: `BENCH${index}`, quoteCurrency: 'USDT', sector: 'crypto' },
      ...{ tickSize: parseScaled('0.1'), lotSize: parseScaled('0.000001') },
      ...{ minQuantity: parseQuantity('0.000001'), maxQuantity: parseQuantity('100') },
      ...{ minNotional: parseScaled('0.01'), multiplier: parseScaled('1'), session: 'continuous' },
    };
  });
  await saveInstruments(db, list, Date.now());
  await db.close();
}
