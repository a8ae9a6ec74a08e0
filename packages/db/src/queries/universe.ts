import type { Instrument } from '@ballast/domain';
import { and, desc, eq, inArray, isNull, ne, sql } from 'drizzle-orm';
import type { Database, Transaction } from '../database.ts';
import { instruments } from '../tables/market-data.ts';
import { positions, trades } from '../tables/order-gateway.ts';
import { universeChanges } from '../tables/universe.ts';
import { loadInstruments } from './market-data.ts';

/** Who changed the universe, when (epoch ms) and why. */
export type UniverseStamp = {
  readonly at: number;
  readonly actor: string;
  readonly reason: string;
};

/** An instrument that is or was streamed. */
export type UniverseRow = {
  readonly instrument: Instrument;
  /** Its venue lists it, as far as is known. */
  readonly listed: boolean;
  /** The newest change says that it is streamed. */
  readonly wanted: boolean;
  /** That change; null for an instrument that was stored before there were any. */
  readonly changed: UniverseStamp | null;
};

type Membership = Omit<UniverseRow, 'instrument'> & { readonly id: string };
type Reads = Pick<Database, 'select' | 'selectDistinctOn' | 'execute'>;

/**
 * What is in force of each stored instrument: its newest change. One without any was stored before
 * the universe was, and is wanted.
 */
export async function universeMembership(db: Reads): Promise<Membership[]> {
  const newest = db
    .selectDistinctOn([universeChanges.instrument])
    .from(universeChanges)
    .orderBy(universeChanges.instrument, desc(universeChanges.id))
    .as('newest');
  const rows = await db
    .select({
      id: instruments.id,
      listed: instruments.listed,
      change: newest.change,
      at: newest.at,
      actor: newest.actor,
      reason: newest.reason,
    })
    .from(instruments)
    .leftJoin(newest, eq(newest.instrument, instruments.id))
    .orderBy(instruments.id);
  return rows.map(({ id, listed, change, at, actor, reason }) => ({
    id,
    listed,
    wanted: change !== 'removed',
    changed: at === null || actor === null || reason === null ? null : { at, actor, reason },
  }));
}

/** Every stored instrument with what is in force of it, by id. */
export async function loadUniverse(db: Database): Promise<UniverseRow[]> {
  const [list, members] = await Promise.all([loadInstruments(db), universeMembership(db)]);
  const byId = new Map(members.map(({ id, ...rest }) => [id, rest]));
  return list.flatMap((instrument) => {
    const member = byId.get(instrument.id);
    return member === undefined ? [] : [{ instrument, ...member }];
  });
}

/**
 * The same, and of each whether its newest bars are looked for: also of what was removed and is
 * held, while its venue lists it, since a price is needed to get out of it.
 */
export async function loadFollowed(
  db: Database,
): Promise<(UniverseRow & { readonly followed: boolean })[]> {
  const [rows, ids] = await Promise.all([loadUniverse(db), heldInstruments(db)]);
  const held = new Set(ids);
  return rows.map((row) => {
    return { ...row, followed: row.wanted || (row.listed && held.has(row.instrument.id)) };
  });
}

/** Of these, or of all, the instruments in which a trade has not ended or a position is open. */
export async function heldInstruments(db: Reads, among?: readonly string[]): Promise<string[]> {
  const ofTrades = among === undefined ? undefined : inArray(trades.instrument, [...among]);
  const ofPositions = among === undefined ? undefined : inArray(positions.instrument, [...among]);
  const [open, holding] = await Promise.all([
    db
      .select({ id: trades.instrument })
      .from(trades)
      .where(and(isNull(trades.endedAt), ofTrades)),
    db
      .select({ id: positions.instrument })
      .from(positions)
      .where(and(ne(positions.quantity, 0n), ofPositions)),
  ]);
  return [...new Set([...open, ...holding].map(({ id }) => id))].toSorted();
}

/** Another text whenever the universe or the metadata of an instrument may be another. */
export async function universeVersion(db: Reads): Promise<string> {
  const found = await db.execute<{ version: string }>(sql`
    SELECT concat_ws(' ',
      (SELECT max(${universeChanges.id}) FROM ${universeChanges}),
      (SELECT concat_ws(' ', count(*), count(*) FILTER (WHERE ${instruments.listed}),
        max(${instruments.updatedAt})) FROM ${instruments})) AS version`);
  return found.rows[0]?.version ?? '';
}

export async function isUniverseSeeded(db: Reads): Promise<boolean> {
  const rows = await db.select({ id: universeChanges.id }).from(universeChanges).limit(1);
  return rows.length > 0;
}

/** Instruments not stored yet are stored; the refresher keeps the metadata of the others. */
export async function addToUniverse(
  tx: Transaction,
  list: readonly Instrument[],
  stamp: UniverseStamp,
): Promise<void> {
  if (list.length === 0) return;
  await tx
    .insert(instruments)
    .values(list.map((instrument) => ({ ...instrument, updatedAt: stamp.at })))
    .onConflictDoNothing();
  await tx
    .insert(universeChanges)
    .values(list.map(({ id }) => ({ instrument: id, change: 'added', ...stamp })));
}

export async function removeFromUniverse(
  tx: Transaction,
  ids: readonly string[],
  stamp: UniverseStamp,
): Promise<void> {
  if (ids.length === 0) return;
  await tx
    .insert(universeChanges)
    .values(ids.map((instrument) => ({ instrument, change: 'removed', ...stamp })));
}

/** The first universe: just these; what was stored before and is not among them is removed. */
export async function seedUniverse(
  db: Database,
  list: readonly Instrument[],
  stamp: UniverseStamp,
): Promise<void> {
  const chosen = new Set<string>(list.map(({ id }) => id));
  await db.transaction(async (tx) => {
    const stored = await universeMembership(tx);
    const others = stored.map(({ id }) => id).filter((id) => !chosen.has(id));
    await addToUniverse(tx, list, stamp);
    await removeFromUniverse(tx, others, stamp);
  });
}

/** Marks what its venue lists, or no longer lists. @param now epoch ms */
export async function markListed(
  db: Database,
  ids: readonly string[],
  listed: boolean,
  now: number,
): Promise<void> {
  if (ids.length === 0) return;
  await db
    .update(instruments)
    .set({ listed, updatedAt: now })
    .where(inArray(instruments.id, [...ids]));
}
