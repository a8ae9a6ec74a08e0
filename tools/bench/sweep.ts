import { cpus, loadavg } from 'node:os';
import { handingOn, runBacktest } from '@ballast/backtest-core';
import type { Columns } from '@ballast/indicators';
import { strategyNamed } from '@ballast/strategies';
import { plainCross } from './backtest-plain.ts';
import { HOUR_MS, SHARES } from './backtest.ts';
import { crossOptions, plainTerms, wholeInstrument } from './cross-options.ts';
import { besidePlain } from './engine-beside-plain.ts';
import { wholeBars } from './made-bars.ts';
import { measurePool } from './sweep-pool.ts';

const ROWS = 100_000;
/** What the engine may take: of the plain loop's combinations a second it does so many. */
const RATIO_MIN = 0.25;
/** Of the combinations a second of one worker, what two do. */
const SCALING_MIN = 1.8;
const FAST = { from: 5, count: 20, step: 1 };
const SLOW = { from: 30, count: 50, step: 2 };
const WARM_UP = 20;

type Values = typeof FAST;
export type Periods = { readonly fastPeriod: number; readonly slowPeriod: number };

const valuesOf = ({ from, count, step }: Values): number[] =>
  Array.from({ length: count }, (_, at) => from + at * step);
const wordsOf = (name: string, { from, count, step }: Values): string =>
  `${name}=${from}..${from + (count - 1) * step}/${step}`;

/**
 * Engine and plain loop over the same bars with each of these, in one process by turns.
 * @returns ms of CPU time of all of them together
 * @throws when they do not have the same money at every bar of each
 */
export function compareSweep(bars: Columns, combinations: readonly Periods[]) {
  const [options, terms] = [handingOn(crossOptions(SHARES)), plainTerms(SHARES)];
  const of = { instrument: wholeInstrument('BTCUSDT'), timeframe: '1h', bars } as const;
  let [engineMs, plainMs, trades] = [0, 0, 0];
  for (const periods of combinations) {
    const model = strategyNamed('sma-cross').model(periods);
    const own = { fast: periods.fastPeriod, slow: periods.slowPeriod, warmUp: model.warmUp };
    const both = besidePlain(
      () => runBacktest([{ ...of, model }], options),
      () => plainCross(bars, { ...terms, ...own }),
      1,
    );
    engineMs += both.rounds[0]?.engineMs ?? NaN;
    plainMs += both.rounds[0]?.plainMs ?? NaN;
    trades += both.trades;
  }
  return { engineMs, plainMs, trades };
}

/**
 * A thousand combinations over a hundred thousand bars: the engine beside the plain loop, in one
 * process, and the sweep's own workers, two beside one.
 */
export async function run() {
  const bars = wholeBars(ROWS, HOUR_MS);
  const combinations = valuesOf(FAST).flatMap((fastPeriod) =>
    valuesOf(SLOW).map((slowPeriod) => ({ fastPeriod, slowPeriod })),
  );
  compareSweep(bars, combinations.slice(0, WARM_UP));
  const { engineMs, plainMs, trades } = compareSweep(bars, combinations);
  const count = combinations.length;
  const pool = await measurePool(bars, {
    vary: [wordsOf('fastPeriod', FAST), wordsOf('slowPeriod', SLOW)],
    count,
  });
  const ratio = plainMs / engineMs;
  const isReached = { ratio: ratio >= RATIO_MIN, scaling: pool.scaling >= SCALING_MIN };
  return {
    ...{ ok: isReached.ratio && isReached.scaling, bench: 'sweep', isReached },
    ...{ combinations: count, bars: ROWS, trades, ratio, ratioMin: RATIO_MIN },
    engine: { ms: engineMs, combinationsPerSecond: (count * 1_000) / engineMs },
    plain: { ms: plainMs, combinationsPerSecond: (count * 1_000) / plainMs },
    workers: { ...pool, scalingMin: SCALING_MIN },
    machine: { cores: cpus().length, cpu: cpus()[0]?.model, load: loadavg()[0] },
  };
}
