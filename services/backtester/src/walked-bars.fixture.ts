import { writeFileSync } from 'node:fs';
import { InvalidInput } from '@ballast/domain';
import type { Columns } from '@ballast/indicators';
import { createPrng, nextUnit } from '@ballast/sim-core';
import { requestOf } from './trial-words.ts';
import { prepareTrial, type Trial, type TrialRequest } from './trial.ts';

export const HOUR = 3_600_000;
export const BEGIN = Date.UTC(2025, 0, 1);
const PARTS = 4;

export type Walk = {
  readonly seed: string;
  readonly bars: number;
  /** How much of a bar's move goes on in the next: 0 is a walk without any memory. */
  readonly memory?: number;
};

/** Bars of an hour of a price that walks at random; with memory, trends are there to be earned. */
export function walkedRows({ seed, bars, memory = 0 }: Walk): string[] {
  const prng = createPrng(seed);
  let [price, drift] = [10_000, 0];
  return Array.from({ length: bars }, (_, row) => {
    const open = price;
    drift = memory * drift + (nextUnit(prng) - 0.5) / 100;
    const way = [open];
    for (let part = 0; part < PARTS; part += 1) {
      const move = (memory === 0 ? 0 : drift / PARTS) + (nextUnit(prng) - 0.5) / 100;
      price = Math.max(100, Math.round(price * (1 + move) * 10) / 10);
      way.push(price);
    }
    return [BEGIN + row * HOUR, open, Math.max(...way), Math.min(...way), price, 1_000].join(',');
  });
}

export const NAMES = 'ts,open,high,low,close,volume';

export function writeBars(path: string, rows: readonly string[]): void {
  writeFileSync(path, `${[NAMES, ...rows].join('\n')}\n`);
}

/** The request of a trial without any cost, so that only luck or skill is left. */
export function freeRequest(path: string, strategy = 'sma-cross'): TrialRequest {
  return requestOf({
    ...{ strategy, bars: [path], market: 'bybit.linear', set: [], gate: [], json: true },
    ...{ cash: '100000', makerFee: '0', takerFee: '0', spread: '0', slippage: '0' },
    ...{ risk: '0.01', notional: '0.1' },
  });
}

/** The same trial on other bars, without a file. */
export function onBars(trial: Trial, rows: readonly string[]): Trial {
  const [series] = trial.series;
  if (series === undefined) throw new InvalidInput('BARS_NONE', 'a trial of no bars');
  return { ...trial, series: [{ ...series, bars: columnsOf(rows) }] };
}

function columnsOf(rows: readonly string[]): Columns {
  const values = rows.map((row) => row.split(',').map(Number));
  const column = (at: number): Float64Array => Float64Array.from(values, (row) => row[at] ?? NaN);
  return {
    ...{ openTime: column(0), open: column(1), high: column(2) },
    ...{ low: column(3), close: column(4), volume: column(5) },
  };
}

export const trialOf = (path: string, strategy?: string): Promise<Trial> =>
  prepareTrial(freeRequest(path, strategy));
