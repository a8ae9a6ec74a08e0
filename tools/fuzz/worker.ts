import { parentPort, workerData } from 'node:worker_threads';
import { fuzzRound, type FuzzTally, fuzzTargets } from '@ballast/feeds/fuzz';
import { type FuzzReport, fuzzOrder } from './report.ts';

/** Runs in a thread of its own, so that a frame that is never done can be told from a slow one. */
const { seed, seconds, recorded } = fuzzOrder.parse(workerData);
const tallies: Record<string, FuzzTally> = {};
const targets = fuzzTargets(recorded);
for (const { name } of targets) {
  tallies[name] = { frames: 0, events: 0, slowestFrameMs: 0, faults: {} };
}
const end = performance.now() + seconds * 1_000;
const report: FuzzReport = { tallies, finding: null, rounds: 0, isDone: false };
while (performance.now() < end && report.finding === null) {
  for (const target of targets) {
    const tally = tallies[target.name];
    if (tally !== undefined) report.finding ??= await fuzzRound(target, seed, report.rounds, tally);
    parentPort?.postMessage(report);
  }
  report.rounds += 1;
}
parentPort?.postMessage({ ...report, isDone: true });
