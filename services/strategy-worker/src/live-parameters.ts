import { allParametersInForce, type Database } from '@ballast/db';
import { InvalidInput, type Timeframe } from '@ballast/domain';
import {
  ALL_STRATEGIES,
  isOfMarket,
  startRun,
  type Strategy,
  type StrategyRun,
} from '@ballast/strategies';

/** A change that was announced is felt this long after its moment at most. */
const LOOK_EVERY_MS = 5_000;

type Row = Awaited<ReturnType<typeof allParametersInForce>>[number];
type Tracked = Parameters<typeof isOfMarket>[1];

/** The strategies that look at bars of this width of the instrument. */
export function strategiesFor(instrument: Tracked, timeframe: Timeframe): readonly Strategy[] {
  return ALL_STRATEGIES.filter(
    (one) => one.timeframe === timeframe && isOfMarket(one.market, instrument),
  );
}

/** The parameters by which the strategies run: those in force, or their defaults. */
export type LiveParameters = {
  /**
   * Looks whether others are in force, now and then; true when they are, and what was begun with
   * the old ones has to begin anew.
   */
  haveChanged(): Promise<boolean>;
  /** The strategies of an instrument and a width of bars, as if they had seen nothing. */
  start(instrument: Tracked, timeframe: Timeframe): readonly StrategyRun[];
  /** Since when (epoch ms) a strategy's are in force; below any time where nobody has set them. */
  inForceSince(strategy: string): number;
};

/**
 * @throws Error from `haveChanged` where stored parameters are none of their strategy: nobody may
 * trade by its defaults then
 */
export function createLiveParameters(db: Database, now: () => number): LiveParameters {
  let rows = new Map<string, Row>();
  let lookedAt = Number.NEGATIVE_INFINITY;
  const begin = (strategy: Strategy): StrategyRun =>
    startRun(strategy, rows.get(strategy.name)?.parameters);
  return {
    start: (instrument, timeframe) => strategiesFor(instrument, timeframe).map(begin),
    inForceSince: (strategy) => rows.get(strategy)?.effectiveFrom ?? Number.NEGATIVE_INFINITY,
    async haveChanged() {
      const at = now();
      if (at < lookedAt + LOOK_EVERY_MS) return false;
      const before = rows;
      const inForce = await allParametersInForce(db, at);
      rows = new Map(inForce.map((row) => [row.strategy, row]));
      lookedAt = at;
      try {
        ALL_STRATEGIES.forEach(begin);
      } catch (error) {
        if (!(error instanceof InvalidInput)) throw error;
        throw new Error(`stored parameters cannot be used: ${error.message}`, { cause: error });
      }
      return ALL_STRATEGIES.some(({ name }) => rows.get(name)?.id !== before.get(name)?.id);
    },
  };
}
