import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { runBacktest } from '@ballast/backtest-core';
import { InvalidInput } from '@ballast/domain';
import { runSweep } from '../src/sweep/run-sweep.ts';
import { combinationsOf } from '../src/sweep/vary.ts';
import { prepareTrial, type Trial } from '../src/trial.ts';
import { crossRequest } from './cross-request.ts';

const WARM_UP = ['fastPeriod=2..21', 'slowPeriod=30..44'];

/**
 * `memory.ts held FILE SMALLER`: what this process holds more once the bars of FILE are loaded as a
 * run has them, and once their run is over with its result kept; it has done both with SMALLER
 * before, so that its code is there.
 * `memory.ts sweep FILE FOLDER WORKERS NAME=VALUES…`: the most that a whole sweep has taken, its own
 * process and the largest of its workers; this process has done a short one before, since a heap
 * grows with its first work, whatever that is.
 */
process.once('disconnect', () => process.exit(process.exitCode ?? 0));
const [what, file, other, ...rest] = process.argv.slice(2);
if (file === undefined || other === undefined || (what !== 'held' && what !== 'sweep')) {
  throw new InvalidInput('USAGE', 'held FILE SMALLER, or sweep FILE FOLDER WORKERS NAME=VALUES…');
}
const said = what === 'held' ? await held(file, other) : await swept(file, other, rest);
process.send?.(said, () => process.disconnect());

async function held(bars: string, smaller: string) {
  run(await prepareTrial(crossRequest(smaller)));
  const before = now();
  const trial = await prepareTrial(crossRequest(bars));
  const loaded = now();
  const result = run(trial);
  const afterRun = now();
  const rows = trial.series[0]?.bars.openTime.length ?? 0;
  return { rows, moments: result.equity.time.length, before, loaded, afterRun };
}

function run({ strategy, series, options }: Trial) {
  const model = strategy.model({});
  return runBacktest(
    series.map((one) => ({ ...one, model })),
    options,
  );
}

/** Bytes of this process once what nobody holds any more is gone. */
function now() {
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('gc');
  if (typeof collect !== 'function') throw new Error('the collector cannot be called');
  Reflect.apply(collect, undefined, []);
  Reflect.apply(collect, undefined, []);
  const { rss, heapUsed, arrayBuffers } = process.memoryUsage();
  return { rss, heapAndBuffers: heapUsed + arrayBuffers };
}

async function swept(bars: string, folder: string, [workers, ...vary]: readonly string[]) {
  let workerPeak = 0;
  const { signal } = new AbortController();
  const request = crossRequest(bars);
  const of = { request, workers: Number(workers) };
  const first = { combinations: combinationsOf(WARM_UP), folder: join(folder, 'first') };
  await runSweep({ ...of, ...first }, { signal, onRow: () => undefined });
  const { tried } = await runSweep(
    { ...of, combinations: combinationsOf(vary), folder },
    { signal, onRow: () => (workerPeak = Math.max(workerPeak, largestChild())) },
  );
  return { tried, peak: peakOf('self'), workerPeak };
}

function largestChild(): number {
  const listed = readFileSync(`/proc/self/task/${process.pid}/children`, 'utf8').trim();
  return Math.max(0, ...listed.split(' ').filter(Boolean).map(peakOf));
}

/** The most of the machine's memory that it has ever had, bytes. */
function peakOf(pid: string): number {
  const [, kilobytes] =
    /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  // A process that has ended and is not yet looked after has no memory.
  return Number(kilobytes ?? 0) * 1_024;
}
