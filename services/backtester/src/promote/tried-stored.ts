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
import { type KeptWalkForward, keptWalkForward, type PromotionCase } from './promote.ts';
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
): Promise<PromotionCase> {
  const all = await sweepsOfStrategy(db, strategy);
  const sweeps = all.filter(({ isWalkForward }) => !isWalkForward);
  const chosen = id === null ? newestOf(sweeps, strategy) : await namedOf(db, sweeps, id);
  const judged = await triedOf(db, strategy, chosen);
  const others: TriedSweep[] = [];
  for (const sweep of all) {
    if (sweep.id !== chosen.id) others.push(await triedOf(db, strategy, sweep));
  }
  return { judged, others, walkForward: await walkedAs(db, all, judged) };
}

const spaceShape = z.looseObject({ space: z.string() });

/** The newest walk-forward of the same request over the same data and combinations. */
async function walkedAs(
  db: Database,
  all: readonly SweepOfStrategy[],
  { setting, space }: TriedSweep,
): Promise<KeptWalkForward | null> {
  const like = all.filter((one) => one.isWalkForward && one.setting === setting);
  for (const { id } of like.toReversed()) {
    const row = await findBacktest(db, id);
    if (row?.state !== 'done' || spaceShape.parse(row.result).space !== space) continue;
    return keptWalkForward.parse({ ...Object(row.result), setting });
  }
  return null;
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
  if (other?.kind === 'walk-forward') {
    throw new InvalidInput('SWEEP_NONE', `${id} is a walk-forward: name the sweep, or none`);
  }
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
