import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { EXIT } from '../launcher/launch-error.ts';
import type { FuzzOrder, FuzzReport } from './report.ts';

const USAGE = 'usage: fuzz -- feeds [--seconds 60] [--seed N] [--json]\n';
const SECONDS_MAX = 86_400;
const SEED_MAX = 2 ** 31;
/** One round of one target takes far less. */
const HANG_MS = 30_000;
const RECORDED = join(import.meta.dirname, '../../../shared/data/frames');

/**
 * `main.ts feeds`: broken frames into each parser of the feeds. Exits 0 only when none threw, hung
 * or told an event that cannot be; the seed that is printed breaks the same frames again.
 */
function readOrder(): FuzzOrder & { json: boolean } {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      seconds: { type: 'string', default: '60' },
      seed: { type: 'string', default: String(Math.floor(Math.random() * SEED_MAX)) },
      json: { type: 'boolean', default: false },
    },
  });
  const { seconds, seed } = { seconds: Number(values.seconds), seed: Number(values.seed) };
  const isTime = seconds > 0 && seconds <= SECONDS_MAX;
  const isSeed = Number.isSafeInteger(seed) && seed >= 0 && seed < SEED_MAX;
  if (positionals.join() !== 'feeds' || !isTime || !isSeed) throw new TypeError(USAGE);
  return { seconds, seed, recorded: RECORDED, json: values.json };
}

/** @throws Error of the thread itself, which is a fault of the fuzz */
async function run(order: FuzzOrder): Promise<FuzzReport & { readonly hung: boolean }> {
  const worker = new Worker(new URL('worker.ts', import.meta.url), { workerData: order });
  const empty: FuzzReport = { tallies: {}, finding: null, rounds: 0, isDone: false };
  const { promise, resolve, reject } = Promise.withResolvers<boolean>();
  let report = empty;
  let lastAt = performance.now();
  worker.on('message', (told: FuzzReport) => {
    report = told;
    lastAt = performance.now();
    if (told.isDone) resolve(false);
  });
  worker.once('error', reject);
  const watch = setInterval(() => {
    if (performance.now() - lastAt > HANG_MS) resolve(true);
  }, 1_000);
  try {
    return { hung: await promise, ...report };
  } finally {
    clearInterval(watch);
    await worker.terminate();
  }
}

let order: ReturnType<typeof readOrder>;
try {
  order = readOrder();
} catch {
  process.stderr.write(USAGE);
  process.exit(EXIT.usage);
}
const { json, seed, seconds } = order;
const { hung, finding, rounds, tallies } = await run(order);
const targets = Object.entries(tallies).map(([target, { slowestFrameMs, ...tally }]) => ({
  target,
  ...tally,
  slowestFrameMs: Math.round(slowestFrameMs),
}));
const frames = targets.reduce((sum, tally) => sum + tally.frames, 0);
const isEveryTargetFed = targets.length > 0 && targets.every((tally) => tally.frames > 0);
const ok = !hung && finding === null && isEveryTargetFed;
const result = { ok, fuzz: 'feeds', seed, seconds, rounds, frames, hung, finding, targets };
process.stdout.write(`${json ? JSON.stringify(result) : JSON.stringify(result, null, 2)}\n`);
process.exitCode = ok ? 0 : 1;
