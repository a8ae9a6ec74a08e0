import { type Database, strategyParametersInForce } from '@ballast/db';
import { InvalidInput, LIVE_STRATEGIES, type StrategyName } from '@ballast/domain';
import { startRun, STRATEGY_BY_NAME, type StrategyRun } from '@ballast/strategies';

/** A change that was announced is felt this long after its moment at most. */
const LOOK_EVERY_MS = 5_000;

type Row = Awaited<ReturnType<typeof strategyParametersInForce>>;

/** The parameters by which the live strategies run: those in force, or their defaults. */
export type LiveParameters = {
  /**
   * Looks whether others are in force, now and then; true when they are, and what was begun with
   * the old ones has to begin anew.
   */
  haveChanged(): Promise<boolean>;
  /** A set of live strategies that have seen nothing. */
  start(): StrategyRun[];
};

/**
 * @throws Error from `haveChanged` where stored parameters are none of their strategy: nobody may
 * trade by its defaults then
 */
export function createLiveParameters(db: Database, now: () => number): LiveParameters {
  let rows = new Map<StrategyName, Row>();
  let lookedAt = Number.NEGATIVE_INFINITY;
  const start = (): StrategyRun[] =>
    LIVE_STRATEGIES.map((name) => startRun(STRATEGY_BY_NAME[name], rows.get(name)?.parameters));
  return {
    start,
    async haveChanged() {
      const at = now();
      if (at < lookedAt + LOOK_EVERY_MS) return false;
      const before = rows;
      const inForce = LIVE_STRATEGIES.map(
        async (name) => [name, await strategyParametersInForce(db, name, at)] as const,
      );
      rows = new Map(await Promise.all(inForce));
      lookedAt = at;
      try {
        start();
      } catch (error) {
        if (!(error instanceof InvalidInput)) throw error;
        throw new Error(`stored parameters cannot be used: ${error.message}`, { cause: error });
      }
      return LIVE_STRATEGIES.some((name) => rows.get(name)?.id !== before.get(name)?.id);
    },
  };
}
