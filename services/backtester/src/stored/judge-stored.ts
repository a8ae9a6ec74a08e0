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
import { judgeSweep } from '../sweep/judge-sweep.ts';
import { KeptReturns, type KeptRow, type KeptTriedRow } from '../sweep/kept-returns.ts';
import { rowFrom } from './row-from.ts';
import type { Claim } from './run-stored.ts';

const BEST_SHOWN = 10;
const REFUSED_SHOWN = 100;

/**
 * What the rows of a whole sweep come to, stored with its end. Chosen among were all that was ever
 * tried of this strategy, in whichever sweep: so many trials the deflated Sharpe ratio counts. The
 * same combination of the same request over the same data is one trial, however often it was run.
 * @returns whether it was stored
 */
export async function judgeStored(db: Database, claim: Claim, now: () => number): Promise<boolean> {
  const sweep = await findBacktest(db, claim.id);
  if (sweep === null) return false;
  const kept = new KeptReturns(tmpdir());
  try {
    return await finishSweep(db, claim, await judgementOf(db, sweep, kept), now());
  } finally {
    kept.close();
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
