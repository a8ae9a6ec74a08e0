import { walkForwardWindows } from '@ballast/backtest-core';
import { InvalidInput, type WalkForwardMode } from '@ballast/domain';
import { daysIn, type Prepared, type Span } from '../trial-in-span.ts';

const DAY_MS = 86_400_000;
export type WalkForwardShape = {
  /** That are run out of sample. */
  readonly windows: number;
  /** How many times as long as such a window the first training is. */
  readonly train: number;
  /** Rolling: each training is as long as the first. Anchored: each begins with the bars. */
  readonly mode: WalkForwardMode;
};

/** One choice of parameters, and the days it is held to. */
export type DatedWindow = {
  readonly inSample: Span & { readonly days: number };
  readonly outOfSample: Span & { readonly days: number };
};

/**
 * As many windows as asked for, of one length, end to end up to the last day; what is left over is
 * trained on first.
 * @param days begins of the days on which there are bars, rising
 * @throws InvalidInput WINDOWS_TOO_MANY where a window would have no day
 */
export function datedWindows(days: Float64Array, shape: WalkForwardShape): readonly DatedWindow[] {
  const { windows, train, mode } = shape;
  const outOfSample = Math.floor(days.length / (windows + train));
  if (outOfSample < 1) {
    const detail = `${windows} windows after a training of ${train} need more than ${days.length} days`;
    throw new InvalidInput('WINDOWS_TOO_MANY', detail);
  }
  const inSample = days.length - windows * outOfSample;
  const end = (days.at(-1) ?? 0) + DAY_MS;
  const span = ({ from, to }: { readonly from: number; readonly to: number }) => ({
    ...{ from: days[from] ?? end, to: days[to] ?? end, days: to - from },
  });
  return walkForwardWindows({ count: days.length, inSample, outOfSample, mode }).map((one) => ({
    inSample: span(one.inSample),
    outOfSample: span(one.outOfSample),
  }));
}

const EVERYWHERE: Span = { from: -Infinity, to: Infinity };

/** Those of a trial's own days. @throws InvalidInput as `datedWindows` */
export const windowsOf = (
  { series }: Pick<Prepared, 'series'>,
  shape: WalkForwardShape,
): readonly DatedWindow[] => datedWindows(daysIn(series, EVERYWHERE), shape);
