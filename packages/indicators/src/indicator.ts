/**
 * A float64 series function, one input at a time, over a stretch of numbers that its host owns:
 * `size` numbers from `at` on. A host keeps the indicators of many instruments in one array; a copy
 * of the array is a snapshot, and a step allocates nothing. (Where one function of a host steps so
 * many that the engine no longer makes them part of its code, the engine puts each fractional
 * number that crosses the call into 16 bytes of its own.)
 *
 * An input that is not a number, or infinite, makes every value that it enters NaN (or infinite):
 * where the value is made of a window, until the input has left the window; where it is a
 * recursion (ema, rsi, atr, adx, macd, keltner, squeeze, chandelier, obv), until `start`. Nothing
 * throws and nothing is skipped. A host that would rather refuse asks `faultOf(columns)` once
 * beforehand.
 */
export type Indicator<Inputs extends readonly number[], Output extends string = never> = {
  /** Inputs needed before the first value. Every step before is NaN, none from then on. */
  readonly warmUp: number;
  /** Numbers of state. */
  readonly size: number;
  /** Where in the state, counted from `at`, the outputs lie that `step` does not return. */
  readonly offsets: Readonly<Record<Output, number>>;
  /** Makes the stretch that of an indicator which has seen nothing. */
  start(state: Float64Array, at: number): void;
  step(state: Float64Array, at: number, ...inputs: Inputs): number;
};

export type Value = [value: number];
export type HighLow = [high: number, low: number];
export type HighLowClose = [high: number, low: number, close: number];
export type HighLowCloseVolume = [high: number, low: number, close: number, volume: number];

/** Bars as columns of one length. `openTime` epoch ms, ascending; prices and volume as they are. */
export type Columns = {
  readonly openTime: Float64Array;
  readonly open: Float64Array;
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
  readonly volume: Float64Array;
};

/**
 * A sum that is carried along is taken anew from its window after this many windows: rounding
 * errors are forgotten instead of gathered, and it costs a sixteenth of the loop.
 */
export const REFRESH_WINDOWS = 16;

/** @throws RangeError unless `period` is a whole number of at least `least`. */
export function requirePeriod(name: string, period: number, least: number): void {
  if (!Number.isInteger(period) || period < least) {
    throw new RangeError(`${name} must be a whole number of at least ${least}: ${period}`);
  }
}

/** @throws RangeError unless `multiple` is a finite number above 0. */
export function requireMultiple(name: string, multiple: number): void {
  if (!(multiple > 0 && multiple < Infinity)) {
    throw new RangeError(`${name} must be a finite number above 0: ${multiple}`);
  }
}

/** @throws RangeError unless every array is as long as the first. */
export function requireSameLength(first: Float64Array, ...others: readonly Float64Array[]): void {
  for (const other of others) {
    if (other.length !== first.length) {
      throw new RangeError(`columns differ in length: ${first.length} and ${other.length}`);
    }
  }
}

/** The step form over a whole series. */
export function stepThrough(
  indicator: Indicator<Value>,
  values: Float64Array,
  out: Float64Array,
): void {
  const state = new Float64Array(indicator.size);
  indicator.start(state, 0);
  for (let i = 0; i < values.length; i++) out[i] = indicator.step(state, 0, values[i] ?? NaN);
}
