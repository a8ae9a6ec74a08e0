import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { HOUR_MS } from './backtest.ts';
import { csvOf } from './bars-csv.ts';
import { startChild } from './child.ts';
import { wholeBars } from './made-bars.ts';

const MAIN = fileURLToPath(new URL('../../services/backtester/bench/memory.ts', import.meta.url));
const DAY_MS = 24 * HOUR_MS;
const ROWS = 1_000_000;
const SMALLER_ROWS = 20_000;
const ROUNDS = 3;
const BYTES_PER_BAR_MAX = 120;
/** Bars of a day: no other have as many days, whose returns a row has, for so little computing. */
const SWEPT_DAYS = 4_000;
const WORKERS = 2;
/**
 * The first is what the others are compared with: `fast` by `slow` averages each. A worker's heap
 * grows with its first some hundred, however many follow.
 */
const SWEEPS = [
  { fast: 20, slow: 50 },
  { fast: 40, slow: 50 },
  { fast: 50, slow: 100 },
] as const;
/** Peak of a sweep of more combinations over that of the fewest. */
const GROWTH_MAX = 1.1;

const bytes = z.object({ rss: z.number(), heapAndBuffers: z.number() });
const heldAnswer = z.object({
  ...{ rows: z.literal(ROWS), moments: z.number() },
  ...{ before: bytes, loaded: bytes, afterRun: bytes },
});
const sweptAnswer = z.object({ tried: z.number(), peak: z.number(), workerPeak: z.number() });
type Swept = {
  readonly combinations: number;
  readonly peakMb: number;
  readonly workerPeakMb: number;
};

/**
 * What a million bars take while they are held for a run, and the most that a sweep takes by its
 * number of combinations. Each is measured in processes of their own.
 */
export async function run() {
  const dir = mkdtempSync(join(tmpdir(), 'ballast-bench-'));
  const closing: (() => Promise<void>)[] = [];
  const ask = async (words: readonly string[]): Promise<unknown> =>
    (await startChild(MAIN, words, (close) => closing.push(close))).said;
  try {
    const rounds = await heldOf(dir, ask);
    const sweeps = await sweptOf(dir, ask);
    return result(rounds, sweeps);
  } finally {
    for (const close of closing) await close();
    rmSync(dir, { recursive: true, force: true });
  }
}

type Ask = (words: readonly string[]) => Promise<unknown>;

async function heldOf(dir: string, ask: Ask) {
  const [file, smaller] = [join(dir, 'BTCUSDT_1h.csv'), join(dir, 'BTCUSDT_1h_less.csv')];
  writeFileSync(file, csvOf(wholeBars(ROWS, HOUR_MS)));
  writeFileSync(smaller, csvOf(wholeBars(SMALLER_ROWS, HOUR_MS)));
  const rounds = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const { before, loaded, afterRun } = heldAnswer.parse(await ask(['held', file, smaller]));
    const more = (after: typeof before) => ({
      rss: (after.rss - before.rss) / ROWS,
      heapAndBuffers: (after.heapAndBuffers - before.heapAndBuffers) / ROWS,
    });
    rounds.push({ loaded: more(loaded), afterRun: more(afterRun) });
  }
  return rounds;
}

async function sweptOf(dir: string, ask: Ask): Promise<Swept[]> {
  const file = join(dir, 'BTCUSDT_1d.csv');
  writeFileSync(file, csvOf(wholeBars(SWEPT_DAYS, DAY_MS)));
  const swept: Swept[] = [];
  for (const { fast, slow } of SWEEPS) {
    const combinations = fast * slow;
    const folder = join(dir, `sweep-${combinations}`);
    const vary = [`fastPeriod=2..${1 + fast}`, `slowPeriod=60..${59 + slow}`];
    const said = sweptAnswer.parse(await ask(['sweep', file, folder, String(WORKERS), ...vary]));
    if (said.tried !== combinations) {
      throw new Error(`${said.tried} rows of ${combinations} combinations`);
    }
    rmSync(folder, { recursive: true });
    swept.push({ combinations, peakMb: said.peak / 1e6, workerPeakMb: said.workerPeak / 1e6 });
  }
  return swept;
}

function result(rounds: Awaited<ReturnType<typeof heldOf>>, sweeps: readonly Swept[]) {
  const [fewest, ...more] = sweeps;
  if (fewest === undefined) throw new Error('no sweep was measured');
  const median = (of: (round: (typeof rounds)[number]) => number): number =>
    rounds.map(of).toSorted((a, b) => a - b)[Math.floor(rounds.length / 2)] ?? NaN;
  const bytesPerBar = {
    rss: median(({ loaded }) => loaded.rss),
    heapAndBuffers: median(({ loaded }) => loaded.heapAndBuffers),
  };
  const growth = more.map(({ combinations, peakMb, workerPeakMb }) => ({
    ...{ combinations, over: fewest.combinations, process: peakMb / fewest.peakMb },
    worker: workerPeakMb / fewest.workerPeakMb,
  }));
  const isReached = {
    bytesPerBar: Math.max(bytesPerBar.rss, bytesPerBar.heapAndBuffers) <= BYTES_PER_BAR_MAX,
    growth: growth.every((one) => Math.max(one.process, one.worker) <= GROWTH_MAX),
  };
  return {
    ...{ ok: isReached.bytesPerBar && isReached.growth, bench: 'backtest-memory', isReached },
    ...{ bars: ROWS, bytesPerBar, bytesPerBarMax: BYTES_PER_BAR_MAX, rounds },
    sweep: { bars: SWEPT_DAYS, workers: WORKERS, peaks: sweeps, growth, growthMax: GROWTH_MAX },
    machine: {
      ...{ cores: cpus().length, cpu: cpus()[0]?.model, load: loadavg()[0] },
      memoryGb: totalmem() / 1e9,
    },
  };
}
