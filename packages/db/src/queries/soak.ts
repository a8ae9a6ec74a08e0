import type { Soak } from '@ballast/domain';
import { and, asc, count, eq, gte, lte, min } from 'drizzle-orm';
import type { Database } from '../database.ts';
import { signals } from '../tables/strategy-worker.ts';
import { strategySwitches } from '../tables/supervisor.ts';
import { systemSettingsInForce } from './configuration-in-force.ts';

/** How long the strategy has been watched at `at` (epoch ms), of how long it has to be. */
export async function strategySoak(db: Database, strategy: string, at: number): Promise<Soak> {
  const settings = await systemSettingsInForce(db, at);
  const neededDays = settings.inForce('strategy.soak_days').value;
  const watchedSince = await watchedSinceOf(db, strategy, at);
  if (watchedSince === null) return { neededDays, watchedSince, firstSignalAt: null, signals: 0 };
  const [seen] = await db
    .select({ signals: count(), firstSignalAt: min(signals.decidedAt) })
    .from(signals)
    .where(watchedBy(strategy, watchedSince, at));
  return {
    neededDays,
    watchedSince,
    firstSignalAt: seen?.firstSignalAt ?? null,
    signals: seen?.signals ?? 0,
  };
}

/**
 * The `firstSignalAt` of the soak at `at` (epoch ms). For each decision: counting the others would
 * cost more with every day of watching.
 */
export async function firstWatchedSignal(
  db: Database,
  strategy: string,
  at: number,
): Promise<number | null> {
  const watchedSince = await watchedSinceOf(db, strategy, at);
  if (watchedSince === null) return null;
  const [first] = await db
    .select({ decidedAt: signals.decidedAt })
    .from(signals)
    .where(watchedBy(strategy, watchedSince, at))
    .orderBy(asc(signals.decidedAt))
    .limit(1);
  return first?.decidedAt ?? null;
}

function watchedBy(strategy: string, since: number, at: number) {
  const { decidedAt, word } = signals;
  const entries = and(eq(signals.strategy, strategy), eq(word, 'enter'));
  return and(entries, gte(decidedAt, since), lte(decidedAt, at));
}

/** When the watchlist switch went on and has been on ever since; null while it is off. */
async function watchedSinceOf(db: Database, strategy: string, at: number): Promise<number | null> {
  const rows = await db
    .select({ on: strategySwitches.on, effectiveFrom: strategySwitches.effectiveFrom })
    .from(strategySwitches)
    .where(
      and(
        eq(strategySwitches.strategy, strategy),
        eq(strategySwitches.switch, 'watchlist'),
        lte(strategySwitches.effectiveFrom, at),
      ),
    )
    .orderBy(asc(strategySwitches.effectiveFrom), asc(strategySwitches.seq));
  const lastOff = rows.findLastIndex(({ on }) => !on);
  return rows[lastOff + 1]?.effectiveFrom ?? null;
}
