import { FAULT_NAMES } from '@ballast/sim-core';
import { expect, test } from 'vitest';
import { simulateDay } from './day.ts';
import { MUTANTS } from './mutants/list.ts';
import { runMutants } from './mutants/run.ts';
import { exploreRace } from './race/explore.ts';
import { soak } from './soak.ts';

/** A session of an exchange; the long soak (docs/reliability.md) runs whole days. */
const SESSION_HOURS = 6;
const SEEDS = 500;
const MUTANT_SEEDS = 150;
const MUTANT_HOURS = 12;
const TIMEOUT_MS = 420_000;

test(
  `${SEEDS} simulated sessions with every fault: nothing is violated, and every fault was met`,
  async () => {
    const options = { from: 1, seeds: SEEDS, hours: SESSION_HOURS, faults: FAULT_NAMES };
    const report = await soak({ ...options, untilFirst: false }, () => performance.now());
    console.log(`soak: ${JSON.stringify({ ...report, violations: report.violations.length })}`);
    expect(report.violations).toEqual([]);
    expect(FAULT_NAMES.filter((name) => report.faults[name] === 0)).toEqual([]);
    expect(report.fills).toBeGreaterThan(5_000);
    expect(report.crashes).toBeGreaterThan(500);
  },
  TIMEOUT_MS,
);

test('the same seed gives the same trace, another seed another', async () => {
  const hash = async (seed: number): Promise<string> => {
    const day = await simulateDay({ seed, faults: FAULT_NAMES, hours: SESSION_HOURS });
    return day.traceHash;
  };
  const first = await hash(7);
  expect(await hash(7)).toBe(first);
  expect(await hash(8)).not.toBe(first);
});

test(
  'every deliberate defect is seen',
  async () => {
    expect(MUTANTS.length).toBeGreaterThanOrEqual(20);
    const options = { from: 1, seeds: MUTANT_SEEDS, hours: MUTANT_HOURS, lanes: 1 };
    const ended = await runMutants(options, () => undefined);
    console.log(
      `mutants: ${ended.map(({ mutant, seed }) => `${mutant} (seed ${seed})`).join('; ')}`,
    );
    expect(ended.filter(({ killed }) => !killed).map(({ mutant }) => mutant)).toEqual([]);
    expect(ended).toHaveLength(MUTANTS.length);
  },
  TIMEOUT_MS,
);

test.each(['reduceOnly', 'reserved'] as const)(
  'stop, target, close and fills in every order on %s: no short, nothing left undone',
  (exits) => {
    const report = exploreRace(exits, { stop: 1, target: 1, close: 1 });
    console.log(`race: ${JSON.stringify(report)}`);
    expect(report).toMatchObject({ shorts: 0, overcommitted: 0, notEnded: 0 });
    expect(BigInt(report.interleavings)).toBeGreaterThan(1_000_000n);
  },
  TIMEOUT_MS,
);
