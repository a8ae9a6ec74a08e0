import { handingOn } from '@ballast/backtest-core';
import {
  addSweepRow,
  changeBacktest,
  type Database,
  findBacktest,
  settleDataHash,
} from '@ballast/db';
import { BrokenInvariant, InvalidInput } from '@ballast/domain';
import { codeOf } from '../reason-of.ts';
import { rowOf, type Work } from '../sweep/try-combination.ts';
import { combinationAt, countOf, type Varied, variedOf } from '../sweep/vary.ts';
import { placeOf } from '../walk-forward/run-walk-forward.ts';
import { type DatedWindow, windowsOf } from '../walk-forward/windows.ts';
import { loadTrial, type StoredTrial } from './load-trial.ts';
import { barsWithin, type Within } from './run-stored.ts';
import { type StoredRequest, storedRequest } from './stored-request.ts';

type Prepared = {
  readonly sweepId: string;
  readonly request: StoredRequest;
  readonly varied: Varied;
  readonly trial: StoredTrial;
  /** Of a walk-forward: what each row is tried on; null for all bars. */
  readonly windows: readonly DatedWindow[] | null;
};

/**
 * Tries combinations of stored sweeps and stores their rows. The bars of the sweep at hand are held
 * between them.
 */
export function createSweepTrier(db: Database, within: Within) {
  let prepared: Prepared | null = null;

  /** Fails the sweep when none of its combinations can be tried. @returns null then */
  async function prepare(sweepId: string, request: StoredRequest): Promise<Prepared | null> {
    if (prepared?.sweepId === sweepId) return prepared;
    prepared = null;
    try {
      const varied = variedOf(request.vary ?? []);
      const trial = await loadTrial(db, request, {
        barsMax: barsWithin(within.memoryMb),
        model: NO_MODEL,
      });
      checkData(trial, await settleDataHash(db, sweepId, trial.hash));
      const options = handingOn(trial.options);
      const { walkForward } = request;
      const windows = walkForward === undefined ? null : windowsOf(trial, walkForward);
      return (prepared = { sweepId, request, varied, trial: { ...trial, options }, windows });
    } catch (error) {
      if (!(error instanceof InvalidInput)) throw error;
      const { code, message } = error;
      const at = within.now();
      const end = {
        state: 'failed',
        error: { code, message },
        updatedAt: at,
        endedAt: at,
      } as const;
      await changeBacktest(db, { kind: 'sweep', id: sweepId }, ['running'], end);
      return null;
    }
  }

  return {
    /** @returns whether a row was stored: not for a sweep that does not run (any more) */
    async tryOne(sweepId: string, index: number): Promise<boolean> {
      const row = await findBacktest(db, sweepId);
      if (row === null || row.kind === 'run' || row.state !== 'running') return false;
      const ready = await prepare(sweepId, storedRequest.parse(row.request));
      if (ready === null) return false;
      const parameters = { ...ready.request.parameters, ...combinationAt(ready.varied, index) };
      const span = spanOf(ready, index);
      const tried = ownFaults(() => rowOf(ready.trial, { index, parameters, ...span }));
      const returns = tried.ok ? tried.returns : null;
      const outcome = tried.ok ? withoutReturns(tried) : tried;
      return addSweepRow(db, { sweepId, combination: index, parameters, outcome, returns });
    },
  };
}

/** @throws InvalidInput DATA_CHANGED unless these are the data of its rows */
export function checkData({ hash }: StoredTrial, dataHash: string | null): void {
  if (hash === dataHash) return;
  const detail = 'the stored bars have changed since it began: ask for it anew';
  throw new InvalidInput('DATA_CHANGED', detail);
}

function spanOf({ windows, varied }: Prepared, index: number): Pick<Work, 'span'> {
  if (windows === null) return {};
  const [at] = placeOf(index, countOf(varied));
  const window = windows[at];
  if (window === undefined) throw new BrokenInvariant(`row ${index} is of none of its windows`);
  return { span: window.inSample };
}

/** What the engine throws on a combination: whoever tries it meets the same. */
export class OwnFault extends Error {
  readonly code: string;

  constructor(cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
    this.name = 'OwnFault';
    this.code = codeOf(cause);
  }
}

function ownFaults<T>(reckon: () => T): T {
  try {
    return reckon();
  } catch (error) {
    throw new OwnFault(error);
  }
}

const withoutReturns = <T extends { readonly returns: unknown }>({
  returns: _returns,
  ...rest
}: T): Omit<T, 'returns'> => rest;

/** In the place of a model that every combination replaces. */
export const NO_MODEL = {
  ...{ warmUp: 0, size: 0, score: 0, parts: {}, seen: {} },
  start: () => undefined,
  step: () => 0,
  opinion: () => null,
};
