import { desc, eq, lte } from 'drizzle-orm';
import type { Database } from '../database.ts';
import { prepared } from '../prepared.ts';
import { brakeStates } from '../tables/order-gateway.ts';
import { operatorPasswords, strategySwitches } from '../tables/supervisor.ts';

export type SwitchRow = typeof strategySwitches.$inferSelect;

/** The switch in force of each strategy that has one: the newest with effectiveFrom ≤ now. */
export async function switchesInForce(db: Database, now: number): Promise<SwitchRow[]> {
  return db
    .selectDistinctOn([strategySwitches.strategy])
    .from(strategySwitches)
    .where(lte(strategySwitches.effectiveFrom, now))
    .orderBy(
      strategySwitches.strategy,
      desc(strategySwitches.effectiveFrom),
      desc(strategySwitches.id),
    );
}

/** What is in force of the brake; `engaged` is true for every state but "released". */
export type BrakeRow = typeof brakeStates.$inferSelect & { readonly engaged: boolean };

/** The brake state in force, or null when none was ever written, which counts as engaged. */
export async function newestBrakeState(db: Database, account: string): Promise<BrakeRow | null> {
  const [row] = await db
    .select()
    .from(brakeStates)
    .where(eq(brakeStates.account, account))
    .orderBy(desc(brakeStates.seq))
    .limit(1);
  return row === undefined ? null : { ...row, engaged: row.state !== 'released' };
}

const ENGAGED: ReadonlySet<string> = new Set(['engaging', 'engaged']);

/** A brake without a row, or one that cannot be read, is no released brake. */
export async function brakeInForce(
  db: Database,
  account: string,
): Promise<'released' | 'engaged' | 'unreadable'> {
  const newest = await db.pool.query<{ state: string }>(
    prepared('SELECT state FROM brake_states WHERE account = $1 ORDER BY seq DESC LIMIT 1', [
      account,
    ]),
  );
  const state = newest.rows[0]?.state;
  if (state === 'released') return 'released';
  return state !== undefined && ENGAGED.has(state) ? 'engaged' : 'unreadable';
}

/** The operator's password hash in force (PHC text), or null when none has been chosen. */
export async function passwordHashInForce(db: Database, now: number): Promise<string | null> {
  const [row] = await db
    .select({ passwordHash: operatorPasswords.passwordHash })
    .from(operatorPasswords)
    .where(lte(operatorPasswords.effectiveFrom, now))
    .orderBy(desc(operatorPasswords.effectiveFrom), desc(operatorPasswords.id))
    .limit(1);
  return row?.passwordHash ?? null;
}
