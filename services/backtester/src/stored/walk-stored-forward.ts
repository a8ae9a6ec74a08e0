import { type Database, findBacktest, finishSweep, sweepRows } from '@ballast/db';
import { combinationsOf } from '../sweep/vary.ts';
import { runWalkForward } from '../walk-forward/run-walk-forward.ts';
import { walkForwardReport } from '../walk-forward/walk-forward-report.ts';
import { loadTrial } from './load-trial.ts';
import { rowFrom } from './row-from.ts';
import { barsWithin, type Claim, withBars, type Within } from './run-stored.ts';
import { storedRequest } from './stored-request.ts';
import { checkData, NO_MODEL } from './try-stored.ts';

/**
 * Runs the windows of a walk-forward whose trainings all have their rows, each with what was best
 * in its own, and stores what came of it with its end.
 * @returns whether it was stored
 * @throws InvalidInput DATA_CHANGED, and as `loadTrial` and `runWalkForward`
 */
export async function walkStoredForward(
  db: Database,
  claim: Claim,
  { memoryMb, now }: Pick<Within, 'memoryMb' | 'now'>,
): Promise<boolean> {
  const row = await findBacktest(db, claim.id);
  if (row === null) return false;
  const { vary = [], walkForward, ...request } = storedRequest.parse(row.request);
  if (walkForward === undefined) return false;
  const trial = await loadTrial(db, request, { barsMax: barsWithin(memoryMb), model: NO_MODEL });
  checkData(trial, row.dataHash);
  const combinations = combinationsOf(vary);
  const shape = { ...walkForward, combinations };
  const walked = await runWalkForward(
    trial,
    { ...shape, base: request.parameters },
    async (_work, onRow) => {
      for await (const stored of sweepRows(db, claim.id)) onRow(rowFrom(stored));
    },
  );
  const {
    request: _request,
    setting: _setting,
    ...report
  } = walkForwardReport({ ...shape, request: withBars(request) }, trial, walked);
  const warnings = [...trial.warnings, ...report.warnings];
  const result = { ...report, combinations: combinations.length, warnings };
  return finishSweep(db, claim, result, now());
}
