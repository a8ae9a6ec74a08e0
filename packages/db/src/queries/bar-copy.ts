import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type Bar, parseScaled } from '@ballast/domain';
import { from as copyFrom, to as copyTo } from 'pg-copy-streams';
import { type BarNumbers, createBarNumbersReader } from '../bar-numbers.ts';
import type { Database, PoolClient } from '../database.ts';
import type { BarRange } from './bar-coverage.ts';
import { barsBetween, saveBarsTelling } from './market-data.ts';
import { ensurePartitions } from './month-partitions.ts';

const WRITTEN = [
  ...['instrument', 'timeframe', 'open_time', 'open', 'high', 'low', 'close', 'volume'],
  ...['trade_count', 'state', 'source', 'built_from', 'missing'],
].join(', ');
const NUMBERS = 'open_time, open, high, low, close, volume';
const ROWS_PER_CHUNK = 2_000;
const UNIQUE_VIOLATION = '23505';
const SHORTEST_MONTH_MS = 28 * 86_400_000;
/** Partitions are made for ten years at most at once. */
const MONTHS_AT_ONCE = 100;

/**
 * Stored bars that open from `from` to `to` (both included) as float64 columns, rising by time.
 * @param onRows told how many there are so far; what it throws ends the reading
 */
export async function readBarNumbers(
  db: Database,
  { instrument, timeframe, from, to }: BarRange,
  onRows: (rows: number) => void = () => undefined,
): Promise<BarNumbers> {
  return withClient(db, async (client) => {
    const reader = createBarNumbersReader();
    const stream: AsyncIterable<unknown> = client.query(
      copyTo(`COPY (SELECT ${NUMBERS} FROM bars
        WHERE instrument = ${client.escapeLiteral(instrument)}
          AND timeframe = ${client.escapeLiteral(timeframe)}
          AND open_time BETWEEN ${Math.trunc(from)} AND ${Math.trunc(to)}
        ORDER BY open_time) TO STDOUT (FORMAT binary)`),
    );
    for await (const chunk of stream) {
      if (!Buffer.isBuffer(chunk)) throw new Error('COPY gave something else than bytes');
      onRows(reader.take(chunk));
    }
    return reader.columns();
  });
}

/** What became of bars that were brought. */
export type Brought = {
  /** Those that are there now as they were brought. */
  readonly stored: number;
  /** Of them, those that stand in the place of another. */
  readonly replaced: number;
  /** Those that are not: the one that was there is to be believed rather. */
  readonly kept: number;
};

/**
 * Stores many bars of one instrument and timeframe, rising by time: by COPY where their stretch is
 * still empty, else like `saveBars`. Doing it again changes nothing.
 * @param replace better bars too: the operator has said so
 */
export async function storeHistory(
  db: Database,
  bars: readonly Bar[],
  { replace = false }: { readonly replace?: boolean } = {},
): Promise<Brought> {
  const [first] = bars;
  const last = bars.at(-1);
  if (first === undefined || last === undefined) return { stored: 0, replaced: 0, kept: 0 };
  const months = [...everyMonth(first.openTime, last.openTime)];
  for (let start = 0; start < months.length; start += MONTHS_AT_ONCE) {
    await ensurePartitions(db, 'bars', months.slice(start, start + MONTHS_AT_ONCE));
  }
  const { instrument, timeframe } = first;
  const range = { instrument, timeframe, from: first.openTime, to: last.openTime };
  const copied = await withClient(db, async (client) => {
    if (await holdsBars(client, range)) return false;
    const lines = Readable.from(textOf(bars), { objectMode: false });
    try {
      await pipeline(lines, client.query(copyFrom(`COPY bars (${WRITTEN}) FROM STDIN`)));
      return true;
    } catch (error) {
      // Somebody stored one of them meanwhile.
      if (error instanceof Error && Reflect.get(error, 'code') === UNIQUE_VIOLATION) return false;
      throw error;
    }
  });
  if (copied) return { stored: bars.length, replaced: 0, kept: 0 };
  const before = await barsBetween(db, instrument, timeframe, range);
  return compared(bars, before, await saveBarsTelling(db, bars, { replace }));
}

function compared(
  bars: readonly Bar[],
  before: readonly Bar[],
  stored: ReadonlySet<number>,
): Brought {
  const there = new Map(before.map((bar) => [bar.openTime, bar]));
  let replaced = 0;
  let kept = 0;
  for (const bar of bars) {
    const old = there.get(bar.openTime);
    if (old === undefined || isSame(old, bar)) continue;
    if (stored.has(bar.openTime)) replaced += 1;
    else kept += 1;
  }
  return { stored: bars.length - kept, replaced, kept };
}

const FIELDS = ['open', 'high', 'low', 'close', 'volume'] as const;

function isSame(a: Bar, b: Bar): boolean {
  return FIELDS.every((field) => parseScaled(a[field]) === parseScaled(b[field]));
}

/** A time in each month of a stretch: no month is shorter than a step. */
function* everyMonth(first: number, last: number): Generator<number> {
  for (let time = first; time < last; time += SHORTEST_MONTH_MS) yield time;
  yield last;
}

async function holdsBars(client: PoolClient, range: BarRange): Promise<boolean> {
  const { instrument, timeframe, from, to } = range;
  const found = await client.query(
    `SELECT 1 FROM bars
     WHERE instrument = $1 AND timeframe = $2 AND open_time BETWEEN $3 AND $4 LIMIT 1`,
    [instrument, timeframe, from, to],
  );
  return found.rows.length > 0;
}

/** Ids, names and numbers hold no character that COPY would read as another. */
function* textOf(bars: readonly Bar[]): Generator<string> {
  for (let start = 0; start < bars.length; start += ROWS_PER_CHUNK) {
    let text = '';
    for (const bar of bars.slice(start, start + ROWS_PER_CHUNK)) {
      text += `${bar.instrument}\t${bar.timeframe}\t${bar.openTime}\t${bar.open}\t${bar.high}\t${bar.low}\t${bar.close}\t${bar.volume}\t${bar.tradeCount}\t${bar.state}\t${bar.source}\t${bar.builtFrom}\t${bar.missing}\n`;
    }
    yield text;
  }
}

async function withClient<T>(db: Database, work: (client: PoolClient) => Promise<T>): Promise<T> {
  const client = await db.pool.connect();
  let broken = true;
  try {
    const answer = await work(client);
    broken = false;
    return answer;
  } finally {
    // A copy that broke off leaves its connection in the middle of it.
    client.release(broken);
  }
}
