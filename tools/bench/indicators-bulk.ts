import type { Columns } from '@ballast/indicators';
import { type Outputs, type Pair, pairsOn } from './indicators-pairs.ts';

const RATIO_MIN = 0.8;
/** A row in which both lie further apart than this, relative to the values' size, differs. */
const TOLERANCE = 1e-4;
/** Share of rows that may differ. */
const DIFFERING_MAX = 1e-5;
/** The longest warm-up is below; the plain loops leave some of its rows as they are. */
const WARM_UP_ROWS = 100;

export type BulkFigure = {
  readonly name: string;
  readonly ok: boolean;
  /** Plain loop's time over ours, of the fastest round of each. */
  readonly ratio: number;
  readonly nsPerValue: number;
  readonly plainNsPerValue: number;
};

/** Each bulk form beside its plain loop in turns; the fastest round of each counts. */
export function bulkFigures(bars: Columns, rounds: number): BulkFigure[] {
  const rows = bars.close.length;
  const [mine, plain] = [outputsOf(rows), outputsOf(rows)];
  return pairsOn(bars).map((pair) => {
    let [ours, theirs] = [Infinity, Infinity];
    for (let round = 0; round < rounds; round += 1) {
      ours = Math.min(
        ours,
        timed(() => pair.ours(mine)),
      );
      theirs = Math.min(
        theirs,
        timed(() => pair.plain(plain)),
      );
    }
    requireSame(pair, mine, plain);
    const ratio = Number((theirs / ours).toFixed(2));
    return {
      ...{ name: pair.name, ok: ratio >= RATIO_MIN, ratio },
      nsPerValue: nanoseconds(ours, rows),
      plainNsPerValue: nanoseconds(theirs, rows),
    };
  });
}

function timed(work: () => void): number {
  const startedAt = performance.now();
  work();
  return performance.now() - startedAt;
}

function nanoseconds(ms: number, rows: number): number {
  return Number(((ms * 1e6) / rows).toFixed(2));
}

function outputsOf(rows: number): Outputs {
  return [new Float64Array(rows), new Float64Array(rows), new Float64Array(rows)];
}

/**
 * A loop that computes something else would be no measure. A few rows may differ: where a yes or no
 * hangs on a rounding, the plain loop's running squares may tip it.
 */
function requireSame(pair: Pair, mine: Outputs, plain: Outputs): void {
  for (const [k, column] of mine.slice(0, pair.outputs).entries()) {
    const other = plain[k] ?? new Float64Array(0);
    const differing = column.reduce((count, value, row) => {
      const theirs = other[row] ?? NaN;
      const near = Math.abs(value - theirs) <= TOLERANCE * Math.max(1, Math.abs(theirs));
      return near || row < WARM_UP_ROWS ? count : count + 1;
    }, 0);
    if (differing > DIFFERING_MAX * column.length) {
      throw new Error(`${pair.name}: ${differing} rows differ from those of the plain loop`);
    }
  }
}
