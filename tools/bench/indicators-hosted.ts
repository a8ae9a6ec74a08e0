type Run = (from: number, to: number) => void;

export type Steps = {
  readonly name: string;
  /** Takes the rows `from` up to but without `to`. */
  readonly run: Run;
};

type Startable = {
  readonly size: number;
  start(state: Float64Array, at: number): void;
};

/**
 * A loop over an indicator's steps, on a state of its own that has been started. Loops write their
 * values into a column: a value that were only handed on would be boxed by the loop, not the step.
 */
export function hosted<One extends Startable>(
  name: string,
  indicator: One,
  loop: (indicator: One, state: Float64Array) => Run,
): Steps {
  const state = new Float64Array(indicator.size);
  indicator.start(state, 0);
  return { name, run: loop(indicator, state) };
}
