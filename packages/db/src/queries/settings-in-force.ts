import { asc, desc, eq, lte } from 'drizzle-orm';
import type { Database } from '../database.ts';
import { prepared } from '../prepared.ts';
import { brakeStates } from '../tables/order-gateway.ts';
import { operatorPasswords, strategySwitches } from '../tables/supervisor.ts';

export type StrategySwitchRow = typeof strategySwitches.$inferSelect;

/** Every switch in force at `at` (epoch ms) of every strategy that has one; see STRATEGY_SWITCHES. */
export async function strategySwitchesInForce(
  db: Database,
  at: number,
): Promise<StrategySwitchRow[]> {
  return db
    .selectDistinctOn([strategySwitches.strategy, strategySwitches.switch])
    .from(strategySwitches)
    .where(lte(strategySwitches.effectiveFrom, at))
    .orderBy(
      strategySwitches.strategy,
      strategySwitches.switch,
      desc(strategySwitches.effectiveFrom),
      desc(strategySwitches.seq),
    );
}

/** What the switches of a strategy were set to, in the order in which it was said. */
export async function strategySwitchHistory(
  db: Database,
  strategy: string,
): Promise<StrategySwitchRow[]> {
  return db
    .select()
    .from(strategySwitches)
    .where(eq(strategySwitches.strategy, strategy))
    .orderBy(asc(strategySwitches.seq));
}

/** A strategy's switch `buy`. */
export type SwitchRow = Omit<StrategySwitchRow, 'switch' | 'on'> & { readonly buy: boolean };

/** The buy switch in force of each strategy that has one: the newest with effectiveFrom ≤ now. */
export async function switchesInForce(db: Database, now: number): Promise<SwitchRow[]> {
  const rows = await strategySwitchesInForce(db, now);
  return rows.flatMap(({ switch: name, on, ...row }) =>
    name === 'buy' ? [{ ...row, buy: on }] : [],
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
