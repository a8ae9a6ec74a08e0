import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { InvalidInput } from '@ballast/domain';
import { z } from 'zod';
import { readRows, readShaped } from '../sweep/rows-file.ts';
import type { SweepRow } from '../sweep/sweep-row.ts';
import type { Parameters } from '../sweep/vary.ts';
import type { Tried } from './judge-tried.ts';

/** One combination of a sweep. */
export type TriedCombination = Tried & { readonly parameters: Parameters };

/** A sweep that has come to its end, wherever it is kept. */
export type TriedSweep = {
  /** How the operator knows it. */
  readonly name: string;
  readonly strategy: string;
  /** What beside the parameters makes a result: bars, costs, sizing, gates. `settingOf` */
  readonly setting: string;
  /** Which combinations there were to choose from. `spaceOf` */
  readonly space: string;
  readonly rows: readonly TriedCombination[];
};

const bars = z.array(z.looseObject({ instrument: z.string() }));
const parameters = z.record(z.string(), z.unknown());
const settingShape = z.looseObject({ bars });
const headShape = z.strictObject({
  request: z.looseObject({
    ...{ strategy: z.string(), bars, parameters },
    combinations: z.array(parameters),
  }),
  combinations: z.int(),
  hash: z.string(),
});

/** The same bars, costs and limits have the same, wherever the files lay. */
export function settingOf(request: object, hash: string): string {
  const { parameters: _p, combinations: _c, bars: all, ...rest } = settingShape.parse(request);
  const instruments = all.map(({ instrument }) => instrument);
  return digest(sorted({ ...rest, instruments, hash }));
}

/** The same combinations have the same, in whatever order they were tried. */
export function spaceOf(base: Parameters, combinations: readonly Parameters[]): string {
  return digest(combinations.map((one) => sorted({ ...base, ...one })).toSorted());
}

export const keyOf = (setting: string, given: Parameters): string => `${setting} ${sorted(given)}`;

/**
 * The rows of a folder.
 * @throws InvalidInput SWEEP_UNREADABLE, SWEEP_OTHER_STRATEGY, SWEEP_UNFINISHED
 */
export function readTriedSweep(folder: string, strategy: string): TriedSweep {
  const { request, combinations: count, hash } = readShaped(join(folder, 'sweep.json'), headShape);
  if (request.strategy !== strategy) {
    const detail = `${folder} is a sweep of ${request.strategy}, not of ${strategy}`;
    throw new InvalidInput('SWEEP_OTHER_STRATEGY', detail);
  }
  const rows = new Map<number, SweepRow>();
  for (const row of readRows(join(folder, 'rows.ndjson'))) rows.set(row.index, row);
  if (rows.size < count) {
    const detail = `${folder} has ${rows.size} of ${count} rows; the same sweep command goes on`;
    throw new InvalidInput('SWEEP_UNFINISHED', detail);
  }
  return {
    ...{ name: folder, strategy, setting: settingOf(request, hash) },
    space: spaceOf(request.parameters, request.combinations),
    rows: [...rows.values()]
      .toSorted((a, b) => a.index - b.index)
      .flatMap((row) => {
        if (!row.ok) return [];
        const of = { ...request.parameters, ...request.combinations[row.index] };
        return [{ parameters: of, entered: row.entered, returns: row.returns }];
      }),
  };
}

/** With names in one order. */
function sorted(given: object): string {
  return JSON.stringify(Object.entries(given).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

const digest = (value: unknown): string =>
  createHash('sha256').update(JSON.stringify(value)).digest('hex');
