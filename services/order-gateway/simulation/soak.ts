import type { FaultName } from '@ballast/sim-core';
import { type DayResult, simulateDay } from './day.ts';

export type SoakOptions = {
  readonly from: number;
  readonly seeds: number;
  readonly hours: number;
  readonly faults: readonly FaultName[];
  /** Ends with the first seed that has a violation. */
  readonly untilFirst: boolean;
};

export type SoakReport = {
  readonly seeds: number;
  readonly simulatedDays: number;
  readonly trades: number;
  readonly orders: number;
  readonly fills: number;
  readonly commits: number;
  readonly crashes: number;
  readonly faults: Readonly<Record<string, number>>;
  readonly violations: readonly { readonly seed: number; readonly text: readonly string[] }[];
  readonly timesRealTime: number;
};

const DAY_MS = 24 * 3_600_000;

/** One simulated day after the other; `elapsedMs` measures the machine, not the simulation. */
export async function soak(options: SoakOptions, elapsedMs: () => number): Promise<SoakReport> {
  const days: DayResult[] = [];
  const startedAt = elapsedMs();
  for (let seed = options.from; seed < options.from + options.seeds; seed += 1) {
    const day = await simulateDay({ seed, faults: options.faults, hours: options.hours });
    days.push(day);
    if (options.untilFirst && day.violations.length > 0) break;
  }
  const took = Math.max(1, elapsedMs() - startedAt);
  const sum = (of: (day: DayResult) => number): number => days.reduce((n, day) => n + of(day), 0);
  const faults: Record<string, number> = Object.fromEntries(
    options.faults.map((name) => [name, 0]),
  );
  for (const day of days) {
    for (const [name, count] of day.faults) faults[name] = (faults[name] ?? 0) + count;
  }
  return {
    seeds: days.length,
    simulatedDays: Math.round((100 * sum((day) => day.simulatedMs)) / DAY_MS) / 100,
    trades: sum((day) => day.trades),
    orders: sum((day) => day.orders),
    fills: sum((day) => day.fills),
    commits: sum((day) => day.commits),
    crashes: sum((day) => day.crashes),
    faults,
    violations: days
      .filter(({ violations }) => violations.length > 0)
      .map(({ seed, violations: text }) => ({ seed, text })),
    timesRealTime: Math.round(sum((day) => day.simulatedMs) / took),
  };
}
