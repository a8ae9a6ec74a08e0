import { runBacktest } from '@ballast/backtest-core';
import type { Columns } from '@ballast/indicators';
import { strategyNamed } from '@ballast/strategies';
import { plainCross } from './backtest-plain.ts';
import { crossOptions, plainTerms, wholeInstrument } from './cross-options.ts';
import { besidePlain, figuresOf, ROUNDS } from './engine-beside-plain.ts';
import { wholeBars } from './made-bars.ts';

const ROWS = 1_000_000;
export const HOUR_MS = 3_600_000;
/** What the engine may take: of the plain loop's bars a second it does so many. */
const RATIO_MIN = 0.18;
export const SHARES = { risk: '0.001', notional: '0.01' };

/** Engine and plain loop over the same bars; throws unless both make the same trades. */
export function compare(bars: Columns, rounds: number) {
  const model = strategyNamed('sma-cross').model();
  const [options, terms] = [crossOptions(SHARES), plainTerms(SHARES)];
  const series = { instrument: wholeInstrument('BTCUSDT'), timeframe: '1h', bars, model } as const;
  return besidePlain(
    () => runBacktest([series], options),
    () => plainCross(bars, terms),
    rounds,
  );
}

/**
 * A million bars of one instrument through strategy, gates, sizing, order core, fills and equity
 * curve, beside the loop over typed arrays that makes the same trades.
 */
export function run() {
  compare(wholeBars(20_000, HOUR_MS), 1);
  const compared = compare(wholeBars(ROWS, HOUR_MS), ROUNDS);
  return Promise.resolve({ bench: 'backtest', ...figuresOf(compared, ROWS, RATIO_MIN) });
}
