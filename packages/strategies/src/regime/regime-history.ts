import { InvalidInput, invariant, type Regime, REGIMES, TIMEFRAME_MS } from '@ballast/domain';
import { type Columns, faultOf } from '@ballast/indicators';
import { readRegimeParameters } from './parameters.ts';
import { regimeModel } from './regime-model.ts';

/** One row a bar, rising: the regime (-2 to 2), and the close of the bar that it is known from. */
export type RegimeHistory = { readonly knownAt: Float64Array; readonly regime: Float64Array };

export type KnownRegime = { readonly regime: Regime; readonly knownAt: number };

/**
 * The regime after each closed bar, from the model's first word on. The newest bar must have
 * closed: one that is still open would be a look ahead.
 * @throws InvalidInput PARAMETERS_INVALID, or BARS_UNUSABLE with the row and the reason
 */
export function regimeHistory(bars: Columns, parameters: unknown = {}): RegimeHistory {
  const model = regimeModel(parameters);
  const barMs = TIMEFRAME_MS[readRegimeParameters(parameters).timeframe];
  const fault = faultOf(bars);
  if (fault !== null) {
    throw new InvalidInput('BARS_UNUSABLE', `row ${fault.row} of the bars: ${fault.reason}`);
  }
  const state = new Float64Array(model.size);
  model.start(state, 0);
  const { openTime, high, low, close } = bars;
  const rows = Math.max(0, close.length - model.warmUp + 1);
  const [knownAt, regime] = [new Float64Array(rows), new Float64Array(rows)];
  for (let row = 0; row < close.length; row += 1) {
    const said = model.step(state, 0, high[row] ?? NaN, low[row] ?? NaN, close[row] ?? NaN);
    const at = row - model.warmUp + 1;
    if (at < 0) continue;
    knownAt[at] = (openTime[row] ?? NaN) + barMs;
    regime[at] = said;
  }
  return { knownAt, regime };
}

/** What was known at `moment` (epoch ms): the newest row by then; null when there is none. */
export function regimeAt({ knownAt, regime }: RegimeHistory, moment: number): KnownRegime | null {
  let [from, to] = [0, knownAt.length];
  while (from < to) {
    const middle = (from + to) >>> 1;
    if ((knownAt[middle] ?? Infinity) <= moment) from = middle + 1;
    else to = middle;
  }
  const known = knownAt[from - 1];
  const number = regime[from - 1];
  if (known === undefined || number === undefined) return null;
  return { regime: regimeNamed(number), knownAt: known };
}

const MIDDLE = REGIMES.indexOf('neutral');

/** The regime that a number from -2 to 2 stands for, as the model and KNOWN.regime have it. */
export function regimeNamed(number: number): Regime {
  const regime = REGIMES[number + MIDDLE];
  invariant(regime !== undefined, `no regime has the number ${number}`);
  return regime;
}

export function regimeNumber(regime: Regime): number {
  return REGIMES.indexOf(regime) - MIDDLE;
}
