import { createHash } from 'node:crypto';
import { InvalidInput } from '@ballast/domain';
import type { SweepRow } from '../src/sweep/sweep-row.ts';
import { combinationsOf } from '../src/sweep/vary.ts';
import { tryAll } from '../src/sweep/worker-pool.ts';
import { prepareTrial } from '../src/trial.ts';
import { crossRequest } from './cross-request.ts';

/**
 * `main.ts FILE WORKERS NAME=VALUES…`: every combination of the moving average cross by so many of
 * the sweep's workers. Says how long that took from their start to the last row, and a digest of
 * all rows.
 */
// Whoever asked is gone.
process.once('disconnect', () => process.exit(process.exitCode ?? 0));
const [file, workers, ...vary] = process.argv.slice(2);
if (file === undefined || workers === undefined) {
  throw new InvalidInput('USAGE', 'a file of bars, the number of workers, what varies');
}
const request = crossRequest(file);
const work = combinationsOf(vary).map((parameters, index) => ({ index, parameters }));
const rows: SweepRow[] = [];
const { signal } = new AbortController();
const trial = await prepareTrial(request);
const begun = performance.now();
await tryAll(work, {
  ...{ trial, workers: Number(workers), signal },
  onRow: (row) => void rows.push(row),
});
const ms = performance.now() - begun;
const refused = rows.find(({ ok }) => !ok);
if (refused !== undefined) throw new Error(`a combination was refused: ${JSON.stringify(refused)}`);
const told = JSON.stringify(rows.toSorted((a, b) => a.index - b.index));
const digest = createHash('sha256').update(told).digest('hex');
process.send?.({ ms, rows: rows.length, digest }, () => process.disconnect());
