import { tmpdir } from 'node:os';
import { figureOf, sharpeRatio } from '@ballast/backtest-core';
import {
  type Database,
  findBacktest,
  finishSweep,
  type StoredBacktest,
  strategyTrials,
  sweepRows,
} from '@ballast/db';
import { InvalidInput } from '@ballast/domain';
import { judgeSweep } from '../sweep/judge-sweep.ts';
import { KeptReturns, type KeptRow, type KeptTriedRow } from '../sweep/kept-returns.ts';
import { warningsOf } from '../warnings.ts';
import { loadTrial } from './load-trial.ts';
import { rowFrom } from './row-from.ts';
import { barsWithin, type Claim, type Within } from './run-stored.ts';
import { storedRequest } from './stored-request.ts';
import { NO_MODEL } from './try-stored.ts';

type Of = Pick<Within, 'memoryMb' | 'now'>;

const BEST_SHOWN = 10;
const REFUSED_SHOWN = 100;

/**
 * What the rows of a whole sweep come to, stored with its end. Chosen among were all that was ever
 * tried of this strategy, in whichever sweep: so many trials the deflated Sharpe ratio counts. The
 * same combination of the same request over the same data is one trial, however often it was run.
 * @returns whether it was stored
 */
export async function judgeStored(db: Database, claim: Claim, within: Of): Promise<boolean> {
  const sweep = await findBacktest(db, claim.id);
  if (sweep === null) return false;
  const kept = new KeptReturns(tmpdir());
  try {
    const judgement = await judgementOf(db, sweep, kept);
    const warnings = await warningsOfStored(db, sweep, within);
    return await finishSweep(db, claim, { ...judgement, warnings }, within.now());
  } finally {
    kept.close();
  }
}

/**
 * What its bars lack, as a run tells it. The rows are whole: bars that can be read no more do not
 * undo them, but what they lacked is not known then.
 */
async function warningsOfStored(
  db: Database,
  { request, dataHash }: Pick<StoredBacktest, 'request' | 'dataHash'>,
  { memoryMb }: Of,
): Promise<readonly string[]> {
  try {
    const asked = storedRequest.parse(request);
    const trial = await loadTrial(db, asked, { barsMax: barsWithin(memoryMb), model: NO_MODEL });
    const changed =
      trial.hash === dataHash ? [] : ['the stored bars have changed since its rows were made'];
    return [...changed, ...trial.warnings, ...warningsOf(trial)];
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error;
    return [`what its bars lack cannot be told any more: ${error.message}`];
  }
}

async function judgementOf(
  db: Database,
  { id, strategy, seed }: Pick<StoredBacktest, 'id' | 'strategy' | 'seed'>,
  kept: KeptReturns,
) {
  const rows: KeptRow[] = [];
  const parameters = new Map<number, unknown>();
  for await (const stored of sweepRows(db, id)) {
    const row = kept.keep(rowFrom(stored));
    rows.push(row);
    parameters.set(row.index, stored.parameters);
  }
  const tried = rows.filter((row): row is KeptTriedRow => row.ok);
  const others = await otherSharpes(db, strategy, id);
  const { best, ...judged } = judgeSweep(tried, String(seed), others);
  const shown = ({ returns: _returns, ...row }: KeptTriedRow) => ({
    ...row,
    parameters: parameters.get(row.index),
  });
  const refused = rows.filter((row) => !row.ok);
  return {
    combinations: rows.length,
    tried: tried.length,
    refusedCount: refused.length,
    refused: refused
      .slice(0, REFUSED_SHOWN)
      .map((row) => ({ ...row, parameters: parameters.get(row.index) })),
    trials: { ofThisSweep: tried.length, ofOthers: others.length },
    best: best === null ? null : shown(best),
    ...judged,
    highest: tried
      .toSorted((a, b) => b.end - a.end || a.index - b.index)
      .slice(0, BEST_SHOWN)
      .map(shown),
  };
}

/** Sharpe ratios of the trials of other sweeps, each trial once; null for what never traded. */
async function otherSharpes(
  db: Database,
  strategy: string,
  sweepId: string,
): Promise<(number | null)[]> {
  const seen = new Set<string>();
  for await (const { key } of strategyTrials(db, strategy, { only: sweepId })) seen.add(key);
  const sharpes: (number | null)[] = [];
  for await (const { key, returns } of strategyTrials(db, strategy, { except: sweepId })) {
    if (seen.has(key)) continue;
    seen.add(key);
    sharpes.push(figureOf(() => sharpeRatio(returns)).value);
  }
  return sharpes;
}
