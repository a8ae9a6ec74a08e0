import { type Database, knownColumns } from '@ballast/db';
import { type Bar, decisionTime, type Instrument } from '@ballast/domain';
import { BITCOIN, Known, type Strategy } from '@ballast/strategies';

/**
 * What was known beside these bars, oldest first, when each was decided on: of what the strategies
 * need. Nothing is read where they need nothing.
 */
export async function knownBeside(
  db: Database,
  { id: instrument, session }: Pick<Instrument, 'id' | 'session'>,
  strategies: readonly Pick<Strategy, 'needs'>[],
  bars: readonly Bar[],
): Promise<Known> {
  const [first, last] = [bars[0], bars.at(-1)];
  const needs = strategies.flatMap((strategy) => strategy.needs);
  if (first === undefined || last === undefined || needs.length === 0) return new Known([]);
  const decided = ({ timeframe, openTime }: Bar) => decisionTime(timeframe, session, openTime);
  const stretch = { from: decided(first), until: decided(last) };
  return new Known(await knownColumns(db, needs, { instrument, regimeOf: BITCOIN, ...stretch }));
}
