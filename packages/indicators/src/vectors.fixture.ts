import { sessionOf } from './index.ts';
import type { Columns, Indicator } from './indicator.ts';
import { columnsOf } from './indicators.fixture.ts';

/** Ten bars of our own: open, high, low, close, volume; the fourth has no volume. */
const BARS = columnsOf([
  [100, 102, 99, 101, 10],
  [101, 105, 100, 104, 20],
  [104, 104, 98, 99, 30],
  [99, 103, 97, 102, 0],
  [102, 108, 101, 107, 25],
  [107, 109, 105, 106, 15],
  [106, 106, 100, 101, 40],
  [101, 104, 100, 104, 5],
  [104, 110, 103, 109, 35],
  [109, 111, 104, 105, 10],
]);

/**
 * What an indicator has given on the ten bars beside what it should give: from the formula in its
 * header, taken over each window as exact fractions and rounded to twelve digits at the end; the
 * first expected value follows the warm-up.
 */
export function onTenBars<Inputs extends readonly number[], Output extends string>(
  indicator: Indicator<Inputs, Output>,
  inputs: (columns: Columns, row: number) => Inputs,
  expected: Readonly<Record<'main' | Output, readonly number[]>>,
): { readonly given: Record<string, string[]>; readonly expected: Record<string, string[]> } {
  const state = new Float64Array(indicator.size);
  indicator.start(state, 0);
  const offsets = new Map<string, number>(Object.entries(indicator.offsets));
  const outputs = Object.entries<readonly number[]>(expected);
  const given: Record<string, string[]> = {};
  for (const [output] of outputs) given[output] = [];
  for (let row = 0; row < BARS.close.length; row++) {
    const main = indicator.step(state, 0, ...inputs(BARS, row));
    for (const [output, values] of Object.entries(given)) {
      values.push(text(output === 'main' ? main : (state[offsets.get(output) ?? NaN] ?? NaN)));
    }
  }
  const whole = outputs.map(([output, values]) => {
    const head = Array.from({ length: BARS.close.length - values.length }, () => text(NaN));
    return [output, [...head, ...values.map(text)]];
  });
  return { given, expected: Object.fromEntries(whole) };
}

/** Six decimals, without a sign before 0. */
function text(value: number): string {
  return (Math.round(value * 1e6) / 1e6 + 0).toFixed(6);
}

function at(column: Float64Array, row: number): number {
  return column[row] ?? NaN;
}

export function close(columns: Columns, row: number): [number] {
  return [at(columns.close, row)];
}

export function closeVolume(columns: Columns, row: number): [number, number] {
  return [at(columns.close, row), at(columns.volume, row)];
}

export function highLow(columns: Columns, row: number): [number, number] {
  return [at(columns.high, row), at(columns.low, row)];
}

export function highLowClose(columns: Columns, row: number): [number, number, number] {
  return [...highLow(columns, row), at(columns.close, row)];
}

export function highLowCloseVolume(
  columns: Columns,
  row: number,
): [number, number, number, number] {
  return [...highLowClose(columns, row), at(columns.volume, row)];
}

/** Sessions of four minutes: four bars, four bars, two bars. */
export function inSessions(
  columns: Columns,
  row: number,
): [number, number, number, number, number] {
  const session = sessionOf(at(columns.openTime, row), 240_000, 0);
  return [session, ...highLowCloseVolume(columns, row)];
}
