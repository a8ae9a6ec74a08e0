import type { InferInsertModel } from 'drizzle-orm';
import { asc, eq, sql } from 'drizzle-orm';
import type { Database } from '../database.ts';
import { insertOf, replaceOn } from '../insert-rows.ts';
import { prepared } from '../prepared.ts';
import { strategyScores } from '../tables/strategy-worker.ts';

export type StrategyScoreRow = typeof strategyScores.$inferSelect;

const UPSERT = `${replaceOn('strategy, instrument', [
  ...['timeframe', 'bar_open_time', 'score', 'rank', 'parts', 'scored_at'],
])} WHERE strategy_scores.bar_open_time <= excluded.bar_open_time`;

/** In one statement. What is stored of a later bar stays. @returns how many rows were written */
export async function saveStrategyScores(
  db: Database,
  rows: readonly InferInsertModel<typeof strategyScores>[],
): Promise<number> {
  const insert = insertOf(strategyScores, rows, UPSERT);
  if (insert === null) return 0;
  const written = await db.pool.query(prepared(insert.text, [insert.rows]));
  return written.rowCount ?? 0;
}

/** The best of each strategy, or of one, and how many of it there are, with and without a score. */
export type BestScores = {
  readonly strategy: string;
  readonly scored: number;
  readonly unscored: number;
  readonly rows: readonly StrategyScoreRow[];
};

/** By the alphabet of the strategies; the rows by rank, then those that are behind by score. */
export async function bestScores(
  db: Database,
  { strategy, top }: { readonly strategy: string | null; readonly top: number },
): Promise<BestScores[]> {
  const { score, rank, instrument } = strategyScores;
  const counted = await db
    .select({
      strategy: strategyScores.strategy,
      scored: sql<number>`count(${score})::int`,
      unscored: sql<number>`(count(*) - count(${score}))::int`,
    })
    .from(strategyScores)
    .where(strategy === null ? undefined : eq(strategyScores.strategy, strategy))
    .groupBy(strategyScores.strategy)
    .orderBy(asc(strategyScores.strategy));
  return Promise.all(
    counted.map(async (of) => {
      const rows = await db
        .select()
        .from(strategyScores)
        .where(eq(strategyScores.strategy, of.strategy))
        .orderBy(sql`${rank} ASC NULLS LAST, ${score} DESC NULLS LAST`, asc(instrument))
        .limit(top);
      return { ...of, rows };
    }),
  );
}

/**
 * What is stored of a strategy that is not watched any more, or of an instrument that is not in the
 * universe any more, has no score: nobody ranks it anew, and its old rank would stand among theirs.
 */
export async function endScores(
  db: Database,
  { watched, universe }: { readonly watched: readonly string[]; universe: readonly string[] },
  scoredAt: number,
): Promise<void> {
  await db.pool.query(
    `UPDATE strategy_scores SET score = NULL, rank = NULL, scored_at = $3,
       parts = jsonb_build_object('reason', why)
     FROM (
       SELECT strategy AS of_strategy, instrument AS of_instrument,
         CASE WHEN strategy <> ALL($1) THEN 'NOT_WATCHED' ELSE 'NOT_IN_UNIVERSE' END AS why
       FROM strategy_scores WHERE strategy <> ALL($1) OR instrument <> ALL($2)
     ) AS ended
     WHERE strategy = of_strategy AND instrument = of_instrument
       AND parts->>'reason' IS DISTINCT FROM why`,
    [watched, universe, scoredAt],
  );
}
