import { handingOn } from '@ballast/backtest-core';
import {
  addSweepRow,
  changeBacktest,
  type Database,
  findBacktest,
  settleDataHash,
} from '@ballast/db';
import { InvalidInput } from '@ballast/domain';
import { rowOf } from '../sweep/try-combination.ts';
import { combinationAt, type Varied, variedOf } from '../sweep/vary.ts';
import { loadTrial, type StoredTrial } from './load-trial.ts';
import { barsWithin, type Within } from './run-stored.ts';
import { type StoredRequest, storedRequest } from './stored-request.ts';

type Prepared = {
  readonly sweepId: string;
  readonly request: StoredRequest;
  readonly varied: Varied;
  readonly trial: StoredTrial;
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
      const settled = await settleDataHash(db, sweepId, trial.hash);
      if (settled !== trial.hash) {
        const detail = 'the stored bars have changed since it began: ask for it anew';
        throw new InvalidInput('DATA_CHANGED', detail);
      }
      const options = handingOn(trial.options);
      return (prepared = { sweepId, request, varied, trial: { ...trial, options } });
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
      if (row?.kind !== 'sweep' || row.state !== 'running') return false;
      const ready = await prepare(sweepId, storedRequest.parse(row.request));
      if (ready === null) return false;
      const parameters = { ...ready.request.parameters, ...combinationAt(ready.varied, index) };
      const tried = ownFaults(() => rowOf(ready.trial, { index, parameters }));
      const returns = tried.ok ? tried.returns : null;
      const outcome = tried.ok ? withoutReturns(tried) : tried;
      return addSweepRow(db, { sweepId, combination: index, parameters, outcome, returns });
    },
  };
}

export const UNEXPECTED = 'UNEXPECTED';

/** What the engine throws on a combination: whoever tries it meets the same. */
export class OwnFault extends Error {
  readonly code: string;

  constructor(cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
    this.name = 'OwnFault';
    const code: unknown = cause instanceof Error ? Reflect.get(cause, 'code') : null;
    this.code = typeof code === 'string' ? code : UNEXPECTED;
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
const NO_MODEL = {
  ...{ warmUp: 0, size: 0, score: 0, parts: {}, seen: {} },
  start: () => undefined,
  step: () => 0,
  opinion: () => null,
};
