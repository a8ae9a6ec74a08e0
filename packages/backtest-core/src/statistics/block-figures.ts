import { refuse, type Sample, valueAt } from './sample.ts';

/** Both are sums over blocks, which is what makes thousands of splits cheap. */
export type Performance = 'mean' | 'sharpe';

/** Mean and sum of squared deviations of each trial in each block; trial by trial. */
export type BlockFigures = {
  readonly blocks: number;
  readonly trials: number;
  /** Rows at the front that do not fill a block. */
  readonly rowsDropped: number;
  /** Rows in a block. */
  readonly size: number;
  readonly means: Float64Array;
  readonly squares: Float64Array;
};

/** A deviation this small beside the mean is rounding: the series is constant. */
const ROUNDING_SHARE = 1e-14;

/**
 * Cuts each trial into `blocks` blocks of one size and leaves what is over at the front.
 * @param trials of one length, each looked at once, in turn: they need not be held together
 */
export function blockFigures(trials: Iterable<Sample>, blocks: number): BlockFigures {
  let [rows, count] = [0, 0];
  const [means, squares]: [number[], number[]] = [[], []];
  for (const returns of trials) {
    rows = returns.length;
    count += 1;
    const size = Math.floor(rows / blocks);
    for (let block = 0; block < blocks; block++) {
      const from = (rows % blocks) + block * size;
      let sum = 0;
      for (let at = from; at < from + size; at++) sum += valueAt(returns, at);
      const mean = sum / size;
      let squared = 0;
      for (let at = from; at < from + size; at++) squared += (valueAt(returns, at) - mean) ** 2;
      means.push(mean);
      squares.push(squared);
    }
  }
  return {
    ...{ blocks, trials: count, size: Math.floor(rows / blocks), rowsDropped: rows % blocks },
    ...{ means: Float64Array.from(means), squares: Float64Array.from(squares) },
  };
}

/**
 * Performance of a trial over some of its blocks, as if they were one series. A trial that did
 * nothing there (mean and deviation 0) has a Sharpe ratio of 0: sweeps hold many such.
 * Blocks are put together as by Chan, Golub and LeVeque, "Algorithms for Computing the Sample
 * Variance" (1983), without the cancellation of a sum of squares.
 *
 * @throws SAMPLE_WITHOUT_VARIANCE for a constant other than 0, whose ratio has no value
 */
export function performanceOver(
  { blocks, size, means, squares }: BlockFigures,
  trial: number,
  places: Int32Array,
  kind: Performance,
): number {
  const start = trial * blocks;
  let sum = 0;
  for (const place of places) sum += valueAt(means, start + place);
  const mean = sum / places.length;
  if (kind === 'mean') return mean;
  let squared = 0;
  for (const place of places) {
    const off = valueAt(means, start + place) - mean;
    squared += valueAt(squares, start + place) + size * off * off;
  }
  const deviation = Math.sqrt(squared / (size * places.length - 1));
  if (deviation > Math.abs(mean) * ROUNDING_SHARE) return mean / deviation;
  if (mean === 0) return 0;
  return refuse('SAMPLE_WITHOUT_VARIANCE', `trial ${trial} returns ${mean} in every row`);
}
