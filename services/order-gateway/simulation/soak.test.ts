import { FAULT_NAMES } from '@ballast/sim-core';
import { expect, test } from 'vitest';
import { simulateDay } from './day.ts';
import { soak } from './soak.ts';

/** Half a session of an exchange; the long soak (docs/reliability.md) runs twenty times as many. */
const SESSION_HOURS = 4;
const SEEDS = 500;
const TIMEOUT_MS = 560_000;

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
