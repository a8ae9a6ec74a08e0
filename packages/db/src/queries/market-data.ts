import {
  type Bar,
  BAR_STATES,
  BUILT_FROM,
  DATA_SOURCES,
  formatScaled,
  type Instrument,
  type InstrumentId,
  instrumentWire,
  type Timeframe,
} from '@ballast/domain';
import { and, asc, between, desc, eq, inArray, lte, type SQL, sql } from 'drizzle-orm';
import type { Database } from '../database.ts';
import { bars, instruments } from '../tables/market-data.ts';
import { isBelieved, isReplaced, stateAfter } from './bar-trust.ts';
import { ensurePartitions } from './month-partitions.ts';

/** Rows of one INSERT: well under the protocol's 65,535 parameters. */
const ROWS_PER_INSERT = 1_000;

export async function saveInstruments(
  db: Database,
  list: readonly Instrument[],
  now: number,
): Promise<void> {
  if (list.length === 0) return;
  await db
    .insert(instruments)
    .values(list.map((instrument) => ({ ...instrument, updatedAt: now })))
    .onConflictDoUpdate({
      target: instruments.id,
      set: {
        baseCurrency: sql`excluded.base_currency`,
        quoteCurrency: sql`excluded.quote_currency`,
        tickSize: sql`excluded.tick_size`,
        lotSize: sql`excluded.lot_size`,
        minQuantity: sql`excluded.min_quantity`,
        maxQuantity: sql`excluded.max_quantity`,
        minNotional: sql`excluded.min_notional`,
        multiplier: sql`excluded.multiplier`,
        sector: sql`excluded.sector`,
        session: sql`excluded.session`,
        updatedAt: sql`excluded.updated_at`,
      },
    });
}

export async function loadInstruments(db: Database): Promise<Instrument[]> {
  const rows = await db.select().from(instruments).orderBy(instruments.id);
  return rows.map((row) =>
    instrumentWire.parse({
      ...row,
      tickSize: formatScaled(row.tickSize),
      lotSize: formatScaled(row.lotSize),
      minQuantity: formatScaled(row.minQuantity),
      maxQuantity: formatScaled(row.maxQuantity),
      minNotional: formatScaled(row.minNotional),
      multiplier: formatScaled(row.multiplier),
    }),
  );
}

/** Stores bars; where one is stored already, the one that is to be believed stays: `bar-trust.ts`. */
export async function saveBars(db: Database, list: readonly Bar[]): Promise<void> {
  await ensurePartitions(db, 'bars', openTimes(list));
  for (const rows of statements(list)) await insertBars(db, rows, isBelieved);
}

/**
 * The same, of one instrument and timeframe. Gives the open times of the bars that were stored.
 * @param replace all that is there with other numbers, whatever is to be believed
 */
export async function saveBarsTelling(
  db: Database,
  list: readonly Bar[],
  { replace }: { readonly replace: boolean },
): Promise<Set<number>> {
  await ensurePartitions(db, 'bars', openTimes(list));
  const stored = new Set<number>();
  for (const rows of statements(list)) {
    const insert = insertBars(db, rows, replace ? isReplaced : isBelieved);
    for (const { openTime } of await insert.returning({ openTime: bars.openTime })) {
      stored.add(openTime);
    }
  }
  return stored;
}

function insertBars(db: Database, rows: readonly Bar[], setWhere: SQL) {
  return db
    .insert(bars)
    .values(rows.map((bar) => ({ ...bar })))
    .onConflictDoUpdate({
      target: [bars.instrument, bars.timeframe, bars.openTime],
      set: {
        open: sql`excluded.open`,
        high: sql`excluded.high`,
        low: sql`excluded.low`,
        close: sql`excluded.close`,
        volume: sql`excluded.volume`,
        tradeCount: sql`excluded.trade_count`,
        state: stateAfter,
        source: sql`excluded.source`,
        builtFrom: sql`excluded.built_from`,
        missing: sql`excluded.missing`,
      },
      setWhere,
    });
}

/** One statement stores no bar twice: what corrects a bar of the same list comes in a later one. */
function* statements(list: readonly Bar[]): Generator<readonly Bar[]> {
  const rounds: Bar[][] = [];
  const told = new Map<string, number>();
  for (const bar of list) {
    const name = `${bar.instrument} ${bar.timeframe} ${bar.openTime}`;
    const round = told.get(name) ?? 0;
    told.set(name, round + 1);
    (rounds[round] ??= []).push(bar);
  }
  for (const round of rounds) {
    for (let start = 0; start < round.length; start += ROWS_PER_INSERT) {
      yield round.slice(start, start + ROWS_PER_INSERT);
    }
  }
}

function* openTimes(list: readonly Bar[]): Generator<number> {
  for (const { openTime } of list) yield openTime;
}

/** Bars that open from `from` to `to` (epoch ms, both included), oldest first. */
export async function barsBetween(
  db: Database,
  instrument: InstrumentId,
  timeframe: Timeframe,
  { from, to }: { readonly from: number; readonly to: number },
): Promise<Bar[]> {
  const rows = await db
    .select()
    .from(bars)
    .where(
      and(
        eq(bars.instrument, instrument),
        eq(bars.timeframe, timeframe),
        between(bars.openTime, from, to),
      ),
    )
    .orderBy(asc(bars.openTime));
  return rows.map((row) => toBar(row, instrument, timeframe));
}

/**
 * Bars of many instruments that opened after `from`, at `to` at the latest (epoch ms), oldest first.
 */
export async function barsOfMany(
  db: Database,
  instruments: readonly InstrumentId[],
  timeframe: Timeframe,
  { from, to }: { readonly from: number; readonly to: number },
): Promise<Bar[]> {
  const asked = new Map<string, InstrumentId>(instruments.map((id) => [id, id]));
  const rows = await db
    .select()
    .from(bars)
    .where(
      and(
        inArray(bars.instrument, [...instruments]),
        eq(bars.timeframe, timeframe),
        between(bars.openTime, from + 1, to),
      ),
    )
    .orderBy(asc(bars.openTime), asc(bars.instrument));
  return rows.flatMap((row) => {
    const id = asked.get(row.instrument);
    return id === undefined ? [] : [toBar(row, id, timeframe)];
  });
}

/** The newest `limit` bars that open at `upTo` (epoch ms) at the latest, oldest first. */
export async function recentBars(
  db: Database,
  instrument: InstrumentId,
  timeframe: Timeframe,
  limit: number,
  upTo = Number.MAX_SAFE_INTEGER,
): Promise<Bar[]> {
  const rows = await db
    .select()
    .from(bars)
    .where(
      and(eq(bars.instrument, instrument), eq(bars.timeframe, timeframe), lte(bars.openTime, upTo)),
    )
    .orderBy(desc(bars.openTime))
    .limit(limit);
  return rows.reverse().map((row) => toBar(row, instrument, timeframe));
}

export function toBar(
  row: typeof bars.$inferSelect,
  instrument: InstrumentId,
  timeframe: Timeframe,
): Bar {
  return {
    ...row,
    instrument,
    timeframe,
    state: oneOf(BAR_STATES, row.state),
    source: oneOf(DATA_SOURCES, row.source),
    builtFrom: oneOf(BUILT_FROM, row.builtFrom),
  };
}

function oneOf<T extends string>(known: readonly T[], text: string): T {
  const found = known.find((one) => one === text);
  if (found === undefined) throw new Error(`a stored bar says "${text}"`);
  return found;
}
