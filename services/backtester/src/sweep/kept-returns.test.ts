import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createPrng, nextUnit } from '@ballast/sim-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { judgeSweep } from './judge-sweep.ts';
import { KeptReturns } from './kept-returns.ts';
import type { TriedRow } from './sweep-row.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'ballast-kept-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function rowOf(index: number, days = 120): TriedRow {
  const prng = createPrng(`kept ${index}`);
  const returns = Array.from({ length: days }, () => (nextUnit(prng) - 0.5) / 50);
  return { ok: true, index, entered: 40 + index, blocked: 0, end: 1_000 + index, fees: 1, returns };
}

test('kept returns are judged as those in memory are, to the last digit, and leave no file', () => {
  const rows = Array.from({ length: 12 }, (_, index) => rowOf(index));
  const kept = new KeptReturns(folder);
  const held = rows.map((row) => kept.keep(row)).filter((row) => row.ok);
  expect(readdirSync(folder)).toEqual([]);
  const { best, ...judged } = judgeSweep(held, 'seed');
  const { best: whole, ...expected } = judgeSweep(rows, 'seed');
  expect(expected.judgement.figures.overfittingProbability.value).not.toBeNull();
  expect(judged).toEqual(expected);
  expect({ ...best, returns: [...(best?.returns ?? [])] }).toEqual(whole);
  kept.close();
});

test('days that are as many as in no row before are read as they were kept', () => {
  const kept = new KeptReturns(folder);
  const rows = [3, 90, 0, 7].map((days, index) => rowOf(index, days));
  const held = rows.map((row) => kept.keep(row)).filter((row) => row.ok);
  for (const [at, { returns }] of held.entries()) expect([...returns]).toEqual(rows[at]?.returns);
  const refused = { ok: false, index: 9, code: 'PARAMETERS_INVALID', message: 'why' } as const;
  expect(kept.keep(refused)).toBe(refused);
  kept.close();
});
