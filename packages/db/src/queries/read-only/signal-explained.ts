import { eq, sql } from 'drizzle-orm';
import type { Database } from '../../database.ts';
import { signalCounterfactuals } from '../../tables/backtester.ts';
import { blockedSignals, signals } from '../../tables/strategy-worker.ts';
import { strategySwitches, systemSettings } from '../../tables/supervisor.ts';

export type StoredSignal = typeof signals.$inferSelect;

/** Some of all stored signals, the same for the same seed. */
export async function sampleSignals(
  db: Database,
  { count, seed }: { readonly count: number; readonly seed: string },
): Promise<StoredSignal[]> {
  return db
    .select()
    .from(signals)
    .orderBy(sql`md5(${signals.id}::text || ${seed})`)
    .limit(count);
}

/** A setting or a switch, as somebody has set it. */
export type SetBy = {
  readonly what: string;
  readonly value: unknown;
  readonly actor: string;
  readonly reason: string;
  readonly effectiveFrom: number;
};

export type BlockedExplained = {
  readonly signal: StoredSignal;
  readonly blocked: typeof blockedSignals.$inferSelect;
  /** What said so, where somebody has set it; null where it is built in or a default. */
  readonly setBy: SetBy | null;
  /** What its plan would have come to; null until the bars after it are there. */
  readonly counterfactual: typeof signalCounterfactuals.$inferSelect | null;
};

/** A blocked signal with all that is stored of why; null when no gate stopped such a signal. */
export async function explainBlocked(
  db: Database,
  signalId: string,
): Promise<BlockedExplained | null> {
  const [row] = await db
    .select({ signal: signals, blocked: blockedSignals, counterfactual: signalCounterfactuals })
    .from(blockedSignals)
    .innerJoin(signals, eq(signals.id, blockedSignals.signalId))
    .leftJoin(signalCounterfactuals, eq(signalCounterfactuals.signalId, blockedSignals.signalId))
    .where(eq(blockedSignals.signalId, signalId));
  if (row === undefined) return null;
  const { settingsId } = row.blocked;
  return { ...row, setBy: settingsId === null ? null : await setBy(db, settingsId) };
}

async function setBy(db: Database, id: string): Promise<SetBy | null> {
  const [setting] = await db.select().from(systemSettings).where(eq(systemSettings.id, id));
  if (setting !== undefined) {
    const { key, value, actor, reason, effectiveFrom } = setting;
    return { what: key, value, actor, reason, effectiveFrom };
  }
  const [row] = await db.select().from(strategySwitches).where(eq(strategySwitches.id, id));
  if (row === undefined) return null;
  const { strategy, switch: name, on, actor, reason, effectiveFrom } = row;
  return { what: `${strategy} ${name} switch`, value: on, actor, reason, effectiveFrom };
}
