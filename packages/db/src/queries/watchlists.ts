import { asc, sql } from 'drizzle-orm';
import type { Database, Transaction } from '../database.ts';
import { watchlists } from '../tables/universe.ts';

/** A list of the operator's, in the operator's order. */
export type Watchlist = {
  readonly name: string;
  readonly instruments: readonly string[];
  readonly updatedAt: number;
  readonly actor: string;
};

/** All lists that hold something, by name. */
export async function loadWatchlists(db: Pick<Database, 'select'>): Promise<Watchlist[]> {
  const rows = await db.select().from(watchlists).orderBy(asc(watchlists.name));
  return rows
    .map((row) => ({ ...row, instruments: idsOf(row.name, row.instruments) }))
    .filter(({ instruments }) => instruments.length > 0);
}

/** Stores the whole list as it is to be; an empty one is gone. */
export async function saveWatchlist(tx: Transaction, list: Watchlist): Promise<void> {
  await tx
    .insert(watchlists)
    .values({ ...list, instruments: [...list.instruments] })
    .onConflictDoUpdate({
      target: watchlists.name,
      set: {
        instruments: sql`excluded.instruments`,
        updatedAt: sql`excluded.updated_at`,
        actor: sql`excluded.actor`,
      },
    });
}

function idsOf(name: string, stored: unknown): string[] {
  const isList = Array.isArray(stored) && stored.every((id) => typeof id === 'string');
  if (!isList) throw new Error(`the stored watchlist "${name}" is no list of instruments`);
  return stored;
}
