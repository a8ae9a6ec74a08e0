import { cpus, loadavg } from 'node:os';
import { seededBars } from './indicators-bars.ts';
import { bulkFigures } from './indicators-bulk.ts';
import { streamFigures } from './indicators-stream.ts';

const ROWS = 1_000_000;
const ROUNDS = 15;

/**
 * Every indicator in bulk over a million values beside a plain typed loop of the same, and step by
 * step: what a step costs and allocates.
 */
export async function run() {
  const bars = seededBars(ROWS);
  const bulk = bulkFigures(bars, ROUNDS);
  const stream = streamFigures(bars);
  return {
    ok: [...bulk, ...stream].every(({ ok }) => ok),
    bench: 'indicators',
    rows: ROWS,
    bulk,
    stream,
    machine: { cores: cpus().length, cpu: cpus()[0]?.model, load: loadavg()[0] },
  };
}
