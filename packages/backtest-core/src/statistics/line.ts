import { checkSameLength, checkSample, finite, type Sample, valueAt } from './sample.ts';

export type Line = { readonly slope: number; readonly intercept: number };

/**
 * Least squares of `ys` on `xs`; null where all x are equal and no line is better than another.
 * @throws SAMPLE_TOO_SHORT (< 2), SAMPLE_NOT_FINITE, LENGTHS_DIFFER
 */
export function fitLine(xs: Sample, ys: Sample): Line | null {
  checkSample(xs, 'xs', 2);
  checkSample(ys, 'ys', 2);
  checkSameLength(xs, ys, 'xs and ys');
  const count = xs.length;
  let sumX = 0;
  let sumY = 0;
  for (let at = 0; at < count; at++) {
    sumX += valueAt(xs, at);
    sumY += valueAt(ys, at);
  }
  let squares = 0;
  let products = 0;
  for (let at = 0; at < count; at++) {
    const offX = valueAt(xs, at) - sumX / count;
    squares += offX * offX;
    products += offX * (valueAt(ys, at) - sumY / count);
  }
  if (squares === 0) return null;
  const slope = finite(products / squares, 'slope');
  return { slope, intercept: sumY / count - (slope * sumX) / count };
}
