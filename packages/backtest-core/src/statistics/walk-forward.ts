import { annualGrowthOf, type GrowthKind, type PeriodResult } from './period-result.ts';
import { checkWhole, refuse, type Sample } from './sample.ts';

/** Bars [from, to). */
export type BarRange = { readonly from: number; readonly to: number };

export type WalkForwardWindow = { readonly inSample: BarRange; readonly outOfSample: BarRange };

export type WalkForwardPlan = {
  /** Bars there are. */
  readonly count: number;
  /** Bars to choose parameters on: of every window when rolling, of the first when anchored. */
  readonly inSample: number;
  /** Bars that are then traded, and by which the next window moves on. */
  readonly outOfSample: number;
  /** Rolling: in-sample has one length and moves along. Anchored: it always begins at bar 0. */
  readonly mode: 'anchored' | 'rolling';
  /** Bars between the two that a trade opened in-sample may still be open in. */
  readonly purge?: number;
  /** Further bars left out, for what is remembered longer than a trade lasts. */
  readonly embargo?: number;
};

/** Windows above this are a mistake in the plan: each is a whole optimisation. */
const WINDOWS_MAX = 10_000;

/**
 * The windows of a walk-forward test, in order. Out-of-sample stretches lie end to end, so every
 * bar after the first is traded exactly once; the last is shorter where bars run out, and the
 * newest bars are therefore never left untested. In-sample always comes first in time, so purge
 * and embargo are one gap before each out-of-sample stretch.
 * Source: Pardo, "The Evaluation and Optimization of Trading Strategies" (2008), chapter 11;
 * purge and embargo after López de Prado, "Advances in Financial Machine Learning" (2018), 7.4.
 *
 * @throws SAMPLE_TOO_SHORT where not a single bar would be out-of-sample; PARAMETER_OUT_OF_RANGE;
 *   TOO_MANY_ARRANGEMENTS
 */
export function walkForwardWindows(plan: WalkForwardPlan): WalkForwardWindow[] {
  const { count, inSample, outOfSample, mode, purge = 0, embargo = 0 } = plan;
  checkWhole(count, 'count', 0);
  checkWhole(inSample, 'inSample', 1);
  checkWhole(outOfSample, 'outOfSample', 1);
  checkWhole(purge, 'purge', 0);
  checkWhole(embargo, 'embargo', 0);
  const first = inSample + purge + embargo;
  if (count <= first) {
    refuse('SAMPLE_TOO_SHORT', `${count} bars, more than ${first} are needed for one window`);
  }
  if ((count - first) / outOfSample > WINDOWS_MAX) {
    refuse('TOO_MANY_ARRANGEMENTS', `more than ${WINDOWS_MAX} windows`);
  }
  const windows: WalkForwardWindow[] = [];
  for (let from = first; from < count; from += outOfSample) {
    const end = from - purge - embargo;
    windows.push({
      inSample: { from: mode === 'anchored' ? 0 : end - inSample, to: end },
      outOfSample: { from, to: Math.min(from + outOfSample, count) },
    });
  }
  return windows;
}

/**
 * Out-of-sample returns of all windows as one series: what an operator would have earned who
 * chose anew at each window.
 *
 * @param returns of each window, one a bar of its out-of-sample stretch
 * @throws LENGTHS_DIFFER, and names the window
 */
export function stitchOutOfSample(
  windows: readonly WalkForwardWindow[],
  returns: readonly Sample[],
): Float64Array {
  if (windows.length !== returns.length) {
    refuse('LENGTHS_DIFFER', `${windows.length} windows, returns of ${returns.length}`);
  }
  const length = windows.reduce((sum, { outOfSample }) => sum + lengthOf(outOfSample), 0);
  const stitched = new Float64Array(length);
  let at = 0;
  for (const [index, { outOfSample }] of windows.entries()) {
    const own = returns[index] ?? [];
    if (own.length !== lengthOf(outOfSample)) {
      const bars = `${lengthOf(outOfSample)} bars out-of-sample`;
      refuse('LENGTHS_DIFFER', `window ${index} has ${bars} and ${own.length} returns`);
    }
    stitched.set(Array.from(own), at);
    at += own.length;
  }
  return stitched;
}

export type WindowResult = { readonly inSample: PeriodResult; readonly outOfSample: PeriodResult };

/**
 * Annualised result out-of-sample over that in-sample. For information only: it is a worse guide
 * than an interval of the stitched returns, and its usual limits are not calibrated.
 * Source: Pardo (2008), chapter 11. He annualises arithmetically; compounded follows the equity.
 *
 * @throws IN_SAMPLE_NOT_PROFITABLE: over 0 or less the ratio says nothing; SAMPLE_TOO_SHORT
 */
export function walkForwardEfficiency(
  windows: readonly WindowResult[],
  periodsPerYear: number,
  kind: GrowthKind = 'arithmetic',
): number {
  if (windows.length === 0) refuse('SAMPLE_TOO_SHORT', 'no windows');
  const growth = (results: PeriodResult[]) => annualGrowthOf(results, periodsPerYear, kind);
  const inside = growth(windows.map(({ inSample }) => inSample));
  if (inside <= 0) {
    refuse('IN_SAMPLE_NOT_PROFITABLE', `${inside} a year in-sample, so there is no efficiency`);
  }
  return growth(windows.map(({ outOfSample }) => outOfSample)) / inside;
}

function lengthOf({ from, to }: BarRange): number {
  return to - from;
}
