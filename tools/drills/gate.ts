import type { Database } from '@ballast/db';
import { until } from './until.ts';

/** Any number that nobody else in this database uses. */
const LOCK = 727_001;

/** Rows of a table; `when` is a condition on NEW. */
export type GateAt = { readonly table: string; readonly when: string };

export type Gate = {
  /** Resolves once a transaction stands still at the gate: nothing after it has happened. */
  reached(): Promise<void>;
  open(): Promise<void>;
};

/**
 * From now on a transaction that inserts such a row stands still before it, until the gate opens or
 * its client dies. It is made of a trigger and an advisory lock that this connection holds, so the
 * process that writes needs to know nothing of it.
 */
export async function closeGate(db: Database, { table, when }: GateAt): Promise<Gate> {
  const holder = await db.pool.connect();
  try {
    await holder.query('SELECT pg_advisory_lock($1)', [LOCK]);
    await holder.query(
      `CREATE OR REPLACE FUNCTION drill_gate() RETURNS trigger LANGUAGE plpgsql AS $$
       BEGIN PERFORM pg_advisory_xact_lock_shared(${LOCK}); RETURN NEW; END $$`,
    );
    await holder.query(
      `CREATE OR REPLACE TRIGGER drill_gate BEFORE INSERT ON ${table} FOR EACH ROW
       WHEN (${when}) EXECUTE FUNCTION drill_gate()`,
    );
  } catch (error) {
    holder.release(true);
    throw error;
  }
  return {
    async reached() {
      await until(`a transaction at the gate before ${table} (${when})`, async () => {
        const waiting = await db.pool.query(
          `SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND objid = $1 AND NOT granted`,
          [LOCK],
        );
        return (waiting.rowCount ?? 0) > 0;
      });
    },
    async open() {
      try {
        await holder.query('SELECT pg_advisory_unlock($1)', [LOCK]);
        await holder.query(`DROP TRIGGER IF EXISTS drill_gate ON ${table}`);
        holder.release();
      } catch (error) {
        holder.release(true);
        throw error;
      }
    },
  };
}
