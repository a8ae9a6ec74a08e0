import type { Columns } from '@ballast/indicators';
import type { Steps } from './indicators-hosted.ts';
import { momentumSteps } from './indicators-steps-momentum.ts';
import { averageSteps, volatilitySteps } from './indicators-steps.ts';

/** A step that allocated a single number would show 12. */
const BYTES_PER_STEP_MAX = 1;
/** Parts of the rows; the middle one counts, since a collection in one makes it worthless. */
const PARTS = 200;

export type StreamFigure = {
  readonly name: string;
  readonly ok: boolean;
  readonly nsPerStep: number;
  readonly bytesPerStep: number;
};

/** A million steps of each to warm up, and a million that count. */
export function streamFigures(bars: Columns): StreamFigure[] {
  const out = new Float64Array(bars.close.length);
  return [averageSteps, momentumSteps, volatilitySteps]
    .flatMap((stepsOn) => stepsOn(bars, out))
    .map((steps) => measured(steps, out));
}

function measured({ name, run }: Steps, out: Float64Array): StreamFigure {
  const part = Math.floor(out.length / PARTS);
  const bytes = new Float64Array(PARTS);
  let fastest = Infinity;
  run(0, out.length);
  if (Number.isNaN(out.at(-1))) throw new Error(`${name}: no value at the end`);
  for (let k = 0; k < PARTS; k++) {
    const before = process.memoryUsage().heapUsed;
    const startedAt = performance.now();
    run(k * part, (k + 1) * part);
    fastest = Math.min(fastest, performance.now() - startedAt);
    bytes[k] = (process.memoryUsage().heapUsed - before) / part;
  }
  const bytesPerStep = Number((bytes.toSorted()[PARTS / 2] ?? NaN).toFixed(2));
  const nsPerStep = Number(((fastest * 1e6) / part).toFixed(1));
  return { name, ok: bytesPerStep <= BYTES_PER_STEP_MAX, nsPerStep, bytesPerStep };
}
