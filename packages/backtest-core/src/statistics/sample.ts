import { InvalidInput } from '@ballast/domain';

/** Values of one series; a typed array or a plain one. */
export type Sample = ArrayLike<number>;

/**
 * Why a figure cannot be given. Each is a code of `InvalidInput`; no function of this folder
 * answers with NaN or with infinity.
 */
export type StatisticsReason =
  | 'SAMPLE_TOO_SHORT'
  | 'SAMPLE_NOT_FINITE'
  | 'SAMPLE_WITHOUT_VARIANCE'
  | 'LENGTHS_DIFFER'
  | 'PARAMETER_OUT_OF_RANGE'
  | 'RETURN_BELOW_TOTAL_LOSS'
  | 'EQUITY_NOT_POSITIVE'
  | 'TIMES_NOT_ASCENDING'
  | 'NO_DOWNSIDE'
  | 'NO_DRAWDOWN'
  | 'NO_LOSS'
  | 'MOMENTS_IMPOSSIBLE'
  | 'NOT_ABOVE_BENCHMARK'
  | 'IN_SAMPLE_NOT_PROFITABLE'
  | 'TOO_MANY_ARRANGEMENTS'
  | 'RESULT_NOT_FINITE';

export function refuse(reason: StatisticsReason, message: string): never {
  throw new InvalidInput(reason, message);
}

/** Every value is finite and there are at least `countMin`. `name` is what the message says. */
export function checkSample(values: Sample, name: string, countMin = 1): void {
  if (values.length < countMin) {
    refuse('SAMPLE_TOO_SHORT', `${name} has ${values.length} values, ${countMin} are needed`);
  }
  for (let at = 0; at < values.length; at++) {
    const value = values[at];
    if (!Number.isFinite(value)) {
      refuse('SAMPLE_NOT_FINITE', `${name}[${at}] is ${value}, not a finite number`);
    }
  }
}

/** Simple returns: finite, none below -1, since no more than everything can be lost. */
export function checkReturns(returns: Sample, countMin = 1): void {
  checkSample(returns, 'returns', countMin);
  for (let at = 0; at < returns.length; at++) {
    const value = valueAt(returns, at);
    if (value < -1) refuse('RETURN_BELOW_TOTAL_LOSS', `returns[${at}] is ${value}, below -1`);
  }
}

/** `value` lies within [min, max]; a NaN does not. */
export function checkRange(value: number, name: string, min: number, max = Infinity): void {
  if (!(value >= min && value <= max && Number.isFinite(value))) {
    refuse('PARAMETER_OUT_OF_RANGE', `${name} is ${value}, not within [${min}, ${max}]`);
  }
}

/** `value` lies strictly between the bounds. */
export function checkBetween(value: number, name: string, above: number, below = Infinity): void {
  if (!(value > above && value < below)) {
    refuse('PARAMETER_OUT_OF_RANGE', `${name} is ${value}, not within (${above}, ${below})`);
  }
}

export function checkWhole(value: number, name: string, min: number, max = Infinity): void {
  checkRange(value, name, min, max);
  if (!Number.isInteger(value)) {
    refuse('PARAMETER_OUT_OF_RANGE', `${name} is ${value}, not a whole number`);
  }
}

export function checkSameLength(
  left: Pick<Sample, 'length'>,
  right: Pick<Sample, 'length'>,
  names: string,
): void {
  if (left.length !== right.length) {
    refuse('LENGTHS_DIFFER', `${names}: ${left.length} and ${right.length} values`);
  }
}

/** The last look at a result: an overflow is an error with a name, never a figure. */
export function finite(value: number, name: string): number {
  if (!Number.isFinite(value)) refuse('RESULT_NOT_FINITE', `${name} came out as ${value}`);
  return value;
}

/** A value whose place was checked; the fallback only satisfies the checker of types. */
export function valueAt(values: Sample, at: number): number {
  return values[at] ?? Number.NaN;
}
