import {
  type Database,
  findBacktest,
  type SweepOfStrategy,
  sweepRows,
  sweepsOfStrategy,
} from '@ballast/db';
import { type BacktestId, InvalidInput, parseUuid } from '@ballast/domain';
import { z } from 'zod';
import { rowFrom } from '../stored/row-from.ts';
import { spaceOf, type TriedCombination, type TriedSweep } from './tried-sweep.ts';

const parametersShape = z.record(z.string(), z.unknown());

/**
 * The stored sweeps of a strategy: the one that is judged, and all others, whatever came of them,
 * since what was tried counts also where nobody saw it to its end.
 * @param id of the sweep; null: the newest that is done
 * @throws InvalidInput BACKTEST_UNKNOWN, SWEEP_OTHER_STRATEGY, SWEEP_UNFINISHED, SWEEP_NONE,
 *   or that the id is none
 */
export async function readStoredSweeps(
  db: Database,
  strategy: string,
  id: string | null,
): Promise<{ readonly judged: TriedSweep; readonly others: readonly TriedSweep[] }> {
  const sweeps = await sweepsOfStrategy(db, strategy);
  const chosen = id === null ? newestOf(sweeps, strategy) : await namedOf(db, sweeps, id);
  const others: TriedSweep[] = [];
  for (const sweep of sweeps) {
    if (sweep.id !== chosen.id) others.push(await triedOf(db, strategy, sweep));
  }
  return { judged: await triedOf(db, strategy, chosen), others };
}

function newestOf(sweeps: readonly SweepOfStrategy[], strategy: string): SweepOfStrategy {
  const newest = sweeps.findLast(({ state }) => state === 'done');
  if (newest !== undefined) return newest;
  const detail = `no stored sweep of ${strategy} is done: ballast backtest sweep --stored`;
  throw new InvalidInput('SWEEP_NONE', detail);
}

async function namedOf(
  db: Database,
  sweeps: readonly SweepOfStrategy[],
  id: string,
): Promise<SweepOfStrategy> {
  const named = sweeps.find((sweep) => sweep.id === id);
  if (named?.state === 'done') return named;
  if (named !== undefined) {
    const detail = `sweep ${id} is ${named.state}: only one that is done has all of its rows`;
    throw new InvalidInput('SWEEP_UNFINISHED', detail);
  }
  const other = await findBacktest(db, parseUuid<BacktestId>(id));
  if (other?.kind === 'sweep') {
    throw new InvalidInput('SWEEP_OTHER_STRATEGY', `${id} is a sweep of ${other.strategy}`);
  }
  throw new InvalidInput('BACKTEST_UNKNOWN', `no stored sweep ${id}: ballast backtest list`);
}

async function triedOf(
  db: Database,
  strategy: string,
  { id, setting }: SweepOfStrategy,
): Promise<TriedSweep> {
  const rows: TriedCombination[] = [];
  const all: TriedCombination['parameters'][] = [];
  for await (const stored of sweepRows(db, id)) {
    const parameters = parametersShape.parse(stored.parameters);
    all.push(parameters);
    const row = rowFrom(stored);
    if (row.ok) rows.push({ parameters, entered: row.entered, returns: row.returns });
  }
  return { name: id, strategy, setting, space: spaceOf({}, all), rows };
}
