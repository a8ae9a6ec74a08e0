import { toNumber, parseScaled } from '@ballast/domain';

/**
 * Levels are placed so that a market like the recent one takes about this long to
 * reach one of them.
 */
const REACH_MS = 5_000;
/** Mean range of a random walk over n steps is about 1.6 σ √n (Parkinson 1980: √(8/π)). */
const RANGE_PER_SIGMA = Math.sqrt(8 / Math.PI);
const TICKS_MIN = 4;

/**
 * Distance of stop and target from the entry, as a float: what the price moves in REACH_MS, from
 * the smaller of the recent one-minute ranges and the move of the last seconds, so that neither a
 * burst nor a lull long ago decides.
 * @param barRanges high − low of recent one-minute bars @param sample prices of the last `sampleMs`
 */
export function exitDistance(input: {
  barRanges: readonly number[];
  sample: readonly number[];
  sampleMs: number;
  tickSize: string;
}): number {
  const perMinute = median(input.barRanges.filter((range) => range > 0));
  const sampled = Math.max(...input.sample) - Math.min(...input.sample);
  const sigmas = [
    perMinute / (RANGE_PER_SIGMA * Math.sqrt(60_000)),
    sampled / (RANGE_PER_SIGMA * Math.sqrt(input.sampleMs)),
  ].filter((sigma) => Number.isFinite(sigma) && sigma > 0);
  const tick = toNumber(parseScaled(input.tickSize));
  const distance = sigmas.length === 0 ? 0 : Math.min(...sigmas) * Math.sqrt(REACH_MS);
  return Math.max(distance, TICKS_MIN * tick);
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
