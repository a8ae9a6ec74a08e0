import { type Database, findBacktest, finishRun, type StoredTrade } from '@ballast/db';
import type { Model } from '@ballast/strategies';
import { runTrial } from '../report.ts';
import { BYTES_PER_BAR, loadTrial } from './load-trial.ts';
import { type StoredRequest, storedRequest } from './stored-request.ts';

/** A claim of a row: when it does not hold any more, nothing is stored. */
export type Claim = { readonly id: string; readonly startedAt: number };

export type Within = {
  /** What bars may take, MB. */
  readonly memoryMb: number;
  readonly now: () => number;
  /** Bars that were stepped through, of all; of none while they are read. */
  onProgress(done: number, total: number): void;
};

export const barsWithin = (memoryMb: number): number =>
  Math.floor((memoryMb * 1_048_576) / BYTES_PER_BAR);

/**
 * Runs a stored request and stores all that comes of it at once.
 * @returns whether it was stored
 * @throws InvalidInput as `loadTrial` and the engine
 */
export async function runStored(db: Database, claim: Claim, within: Within): Promise<boolean> {
  const row = await findBacktest(db, claim.id);
  if (row === null) return false;
  const request = storedRequest.parse(row.request);
  const trial = await loadTrial(db, request, {
    barsMax: barsWithin(within.memoryMb),
    onRows: (rows) => within.onProgress(0, rows),
  });
  const counted = countedBars(trial.bars, within);
  const series = trial.series.map((one) => ({ ...one, model: counted(one.model) }));
  const report = runTrial(withBars(request), { ...trial, series });
  const { request: _request, trades, blockedSignals, daily, ...result } = report;
  return finishRun(
    db,
    claim,
    {
      dataHash: trial.hash,
      bars: report.data.bars,
      result: { ...result, warnings: [...trial.warnings, ...result.warnings] },
      trades: trades.map(({ id: _id, strategy: _strategy, ...trade }): StoredTrade => trade),
      blocked: blockedSignals,
      equity: { time: daily.time, value: daily.equity },
    },
    within.now(),
  );
}

/** A request as reports and pages have it. */
export function withBars(request: StoredRequest) {
  const bars = request.instruments.map((instrument) => ({ file: 'stored', instrument }));
  return { ...request, bars };
}

const STEPS_PER_WORD = 8_192;

/** The model of each series tells how far all of them are. */
function countedBars(total: number, { onProgress }: Within): (model: Model) => Model {
  let done = 0;
  return (model) => ({
    ...model,
    step(state, at, bars, row, known) {
      done += 1;
      if (done % STEPS_PER_WORD === 0) onProgress(done, total);
      return model.step(state, at, bars, row, known);
    },
  });
}
