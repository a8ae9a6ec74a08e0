import { FAULT_NAMES } from '@ballast/sim-core';
import { expect, test } from 'vitest';
import { simulateDay } from './day.ts';
import { soak, type SoakReport } from './soak.ts';

/** Half a session of an exchange; the long soak (docs/reliability.md) runs twenty times as many. */
const SESSION_HOURS = 3;
const SEEDS = 500;
/** A test each, so that a slow machine runs into no limit. */
const SEEDS_A_TEST = 50;
const TIMEOUT_MS = 240_000;

const begins = Array.from({ length: SEEDS / SEEDS_A_TEST }, (_, at) => 1 + at * SEEDS_A_TEST);
const reports: SoakReport[] = [];

test.each(begins)(
  `${SEEDS_A_TEST} simulated sessions with every fault from seed %i on: nothing is violated`,
  async (from) => {
    const options = { from, seeds: SEEDS_A_TEST, hours: SESSION_HOURS, faults: FAULT_NAMES };
    const report = await soak({ ...options, untilFirst: false }, () => performance.now());
    reports.push(report);
    expect(report.violations).toEqual([]);
  },
  TIMEOUT_MS,
);

test(`in all ${SEEDS} of them every fault was met, and much was traded`, () => {
  const sum = (of: (report: SoakReport) => number): number =>
    reports.reduce((total, report) => total + of(report), 0);
  expect(sum(({ seeds }) => seeds)).toBe(SEEDS);
  expect(FAULT_NAMES.filter((name) => sum(({ faults }) => faults[name] ?? 0) === 0)).toEqual([]);
  expect(sum(({ fills }) => fills)).toBeGreaterThan(5_000);
  expect(sum(({ crashes }) => crashes)).toBeGreaterThan(500);
});

test('the same seed gives the same trace, another seed another', async () => {
  const hash = async (seed: number): Promise<string> => {
    const day = await simulateDay({ seed, faults: FAULT_NAMES, hours: SESSION_HOURS });
    return day.traceHash;
  };
  const first = await hash(7);
  expect(await hash(7)).toBe(first);
  expect(await hash(8)).not.toBe(first);
});
