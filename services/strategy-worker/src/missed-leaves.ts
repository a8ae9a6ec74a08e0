import { type Database, type StrategyTrade, strategyTrades } from '@ballast/db';
import { ALL_STRATEGIES } from '@ballast/strategies';
import type { SaidLeave } from './instrument-track.ts';
import type { LiveParameters } from './live-parameters.ts';
import type { TrackBook } from './track-book.ts';

/**
 * Words to leave that nobody has acted upon: said while the worker was down, of bars that came
 * late, or before the gateway had stored the trade. Each is given once.
 */
export function createMissedLeaves(
  db: Database,
  parts: {
    readonly account: string;
    readonly tracks: Pick<TrackBook, 'leavesOf'>;
    readonly parameters: Pick<LiveParameters, 'inForceSince'>;
  },
) {
  const { account, tracks, parameters } = parts;
  let given = new Set<string>();

  function leaveOf({ instrument, strategy, direction, barOpenTime }: StrategyTrade) {
    const timeframe = ALL_STRATEGIES.find(({ name }) => name === strategy)?.timeframe;
    if (timeframe === undefined) return null;
    const said = tracks
      .leavesOf({ id: instrument }, timeframe)
      .find(({ word }) => word.strategy === strategy && word.opinion.direction === direction);
    // What other parameters say of bars before they were in force was never said.
    const since = Math.max(barOpenTime, parameters.inForceSince(strategy));
    return said !== undefined && said.bar.openTime > since ? said : null;
  }

  return async function missedLeaves(): Promise<SaidLeave[]> {
    const before = given;
    given = new Set();
    return (await strategyTrades(db, account)).flatMap((trade) => {
      const said = leaveOf(trade);
      if (said === null) return [];
      const name = `${trade.id} ${said.bar.openTime}`;
      given.add(name);
      return before.has(name) ? [] : [said];
    });
  };
}
