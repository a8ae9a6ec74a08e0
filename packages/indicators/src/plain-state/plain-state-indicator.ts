/**
 * A float64 series function, one input at a time. State is plain JSON data: it survives
 * `JSON.parse(JSON.stringify(state))` and may be stored, compared and resumed anywhere.
 */
export type PlainStateIndicator<State, Input, Value> = {
  /** Inputs needed before the first value; every step from that one on has a value. */
  readonly warmUp: number;
  initial(): State;
  /** Leaves `state` as it was. `value` is null while fewer than `warmUp` inputs were seen. */
  step(state: State, input: Input): { readonly state: State; readonly value: Value | null };
};

/** @throws RangeError unless `period` is a whole number of at least `least`. */
export function assertPeriod(period: number, least: number): void {
  if (!Number.isInteger(period) || period < least) {
    throw new RangeError(`period must be a whole number of at least ${least}: ${period}`);
  }
}
