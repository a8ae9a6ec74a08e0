import { cpus, loadavg } from 'node:os';
import { type Database, openDatabase, readBarNumbers, storeHistory } from '@ballast/db';
import { type Bar, instrumentId } from '@ballast/domain';
import { copyIn, copyOut, textOf } from './bars-plain.ts';
import { rollUpRounds } from './bars-roll-up.ts';
import { onOwnPostgres } from './own-postgres.ts';

const ROUNDS = 3;
const ROLL_UP_ROUNDS = 15;
const ROWS = 1_000_000;
const READ_MIN = 0.6;
const INSERT_MIN = 0.6;
const ROLL_UP_MIN = 0.3;
const BEGIN = Date.UTC(2024, 0, 1);
const MINUTE_MS = 60_000;
const STATEMENT_TIMEOUT_MS = 120_000;

/**
 * Bars into Postgres and out again beside COPY of the same rows, and all wider timeframes of 600
 * instruments beside one plain pass over the same columns. On a Postgres of its own with fsync.
 */
export function run() {
  return onOwnPostgres(async ({ url }) => {
    const db = openDatabase(url('market-data'), {
      max: 1,
      statementTimeoutMs: STATEMENT_TIMEOUT_MS,
    });
    try {
      return result(await stored(db), rollUpRounds(ROLL_UP_ROUNDS));
    } finally {
      await db.close();
    }
  });
}

type Stored = { readonly insert: number; readonly copyIn: number; read: number; copyOut: number };

async function stored(db: Database): Promise<Stored[]> {
  const rounds: Stored[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const ours = barsOf(`A${round}`);
    const plain = barsOf(`B${round}`);
    const text = textOf(plain);
    // Partitions are made before either begins.
    await storeHistory(db, ours.slice(0, 1).concat(ours.slice(-1)));
    await db.pool.query('SELECT ensure_bar_partitions($1, $2)', [BEGIN, BEGIN + ROWS * MINUTE_MS]);
    const rest = ours.slice(1, -1);
    const insert = await rate(rest.length, async () => void (await storeHistory(db, rest)));
    const bareIn = await rate(plain.length, () => copyIn(db, text));
    const id = ours[0]?.instrument ?? '';
    const range = { instrument: id, timeframe: '1m' as const, from: BEGIN, to: Date.now() };
    const bareOut = await rate(ROWS, () => copyOut(db, range));
    const read = await rate(ROWS, async () => {
      const { openTime } = await readBarNumbers(db, range);
      if (openTime.length !== ROWS) throw new Error(`read ${openTime.length} of ${ROWS} bars`);
    });
    rounds.push({ insert, copyIn: bareIn, read, copyOut: bareOut });
  }
  return rounds;
}

async function rate(rows: number, work: () => Promise<void>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return Math.round(rows / ((performance.now() - startedAt) / 1_000));
}

/** A million minutes. */
export function barsOf(symbol: string): Bar[] {
  const instrument = instrumentId('bybit', 'linear', symbol);
  return Array.from({ length: ROWS }, (_, index): Bar => {
    const level = 500_000 + ((index * 7_919) % 1_000);
    const price = (ticks: number): string => (ticks / 10).toFixed(1);
    return {
      ...{ instrument, timeframe: '1m', openTime: BEGIN + index * MINUTE_MS },
      ...{ open: price(level), high: price(level + 9), low: price(level - 7) },
      ...{ close: price(level + 3), volume: ((index % 90_000) / 1_000).toFixed(3) },
      ...{ tradeCount: index % 500, state: 'backfilled', source: 'bybit', builtFrom: 'venue' },
      missing: 0,
    };
  });
}

function result(io: readonly Stored[], rolled: readonly { ours: number; plain: number }[]) {
  const figures = {
    insertToCopy: figure(
      io.map((one) => one.insert / one.copyIn),
      INSERT_MIN,
    ),
    readToCopy: figure(
      io.map((one) => one.read / one.copyOut),
      READ_MIN,
    ),
    rollUpToPlainPass: figure(
      rolled.map(({ ours, plain }) => ours / plain),
      ROLL_UP_MIN,
    ),
  };
  return {
    ok: Object.values(figures).every(({ ok }) => ok),
    bench: 'bars',
    figures,
    rows: ROWS,
    rowsPerSecond: io,
    rollUpBarsPerSecond: rolled,
    machine: { cores: cpus().length, cpu: cpus()[0]?.model, load: loadavg()[0] },
  };
}

/** Median and range of the rounds, and whether the median holds. */
function figure(values: readonly number[], min: number) {
  const sorted = values.map((value) => Number(value.toFixed(3))).toSorted((a, b) => a - b);
  const value = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
  return { value, min, ok: value >= min, lowest: sorted[0], highest: sorted.at(-1) };
}
