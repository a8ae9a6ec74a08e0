import { type Database, strategyParametersInForce, strategySwitchesInForce } from '@ballast/db';
import { STRATEGIES } from '@ballast/domain';
import { ScoreBoard, STRATEGY_BY_NAME } from '@ballast/strategies';

/** A strategy whose watchlist switch is on, with the parameters in force. */
export type Watched = {
  /** Another one is another board: the strategy with its row of parameters. */
  readonly key: string;
  newBoard(): ScoreBoard;
};

/**
 * In the order of STRATEGIES, as it is at `at` (epoch ms).
 * @throws InvalidInput PARAMETERS_INVALID from `newBoard`
 */
export async function watchedStrategies(db: Database, at: number): Promise<Watched[]> {
  const switches = await strategySwitchesInForce(db, at);
  const on = new Set(
    switches.filter((row) => row.switch === 'watchlist' && row.on).map((row) => row.strategy),
  );
  const names = STRATEGIES.filter((name) => on.has(name));
  return Promise.all(
    names.map(async (name) => {
      const row = await strategyParametersInForce(db, name, at);
      return {
        key: `${name} ${row?.id ?? ''}`,
        newBoard: () => new ScoreBoard(STRATEGY_BY_NAME[name], row?.parameters),
      };
    }),
  );
}
