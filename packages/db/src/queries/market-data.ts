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
import { and, asc, between, desc, eq, sql } from 'drizzle-orm';
import type { Database } from '../database.ts';
import { bars, instruments } from '../tables/market-data.ts';
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

/**
 * Stores bars. A correction replaces whatever is there and stays; a bar built from trades is not
 * replaced by the venue's otherwise; one made from others only where it differs; of the rest the
 * last counts.
 */
export async function saveBars(db: Database, list: readonly Bar[]): Promise<void> {
  await ensurePartitions(db, 'bars', openTimes(list));
  for (const rows of statements(list)) {
    await db
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
          state: sql`excluded.state`,
          source: sql`excluded.source`,
          builtFrom: sql`excluded.built_from`,
          missing: sql`excluded.missing`,
        },
        setWhere: sql`excluded.state = 'corrected' OR CASE WHEN excluded.built_from = 'bars'
          THEN (excluded.open, excluded.high, excluded.low, excluded.close, excluded.volume,
            excluded.trade_count, excluded.missing) IS DISTINCT FROM (${bars.open}, ${bars.high},
            ${bars.low}, ${bars.close}, ${bars.volume}, ${bars.tradeCount}, ${bars.missing})
          ELSE NOT (${bars.state} = 'corrected'
            OR (${bars.builtFrom} = 'trades' AND excluded.built_from = 'venue')) END`,
      });
  }
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

/** The newest `limit` bars, oldest first. */
export async function recentBars(
  db: Database,
  instrument: InstrumentId,
  timeframe: Timeframe,
  limit: number,
): Promise<Bar[]> {
  const rows = await db
    .select()
    .from(bars)
    .where(and(eq(bars.instrument, instrument), eq(bars.timeframe, timeframe)))
    .orderBy(desc(bars.openTime))
    .limit(limit);
  return rows.reverse().map((row) => toBar(row, instrument, timeframe));
}

function toBar(row: typeof bars.$inferSelect, instrument: InstrumentId, timeframe: Timeframe): Bar {
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
