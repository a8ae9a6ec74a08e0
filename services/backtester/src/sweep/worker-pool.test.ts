import { ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { prepareTrial } from '../trial.ts';
import { freeRequest, trialOf, walkedRows, writeBars } from '../walked-bars.fixture.ts';
import type { SweepRow } from './sweep-row.ts';
import { rowOf } from './try-combination.ts';
import { tryAll } from './worker-pool.ts';

const COMBINATIONS = 300;
/** Long enough that a worker tries all that it has in hand, and that a killed one is dead. */
const HELD_UP_MS = 100;
let folder: string;
let bars: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'ballast-pool-'));
  bars = join(folder, 'BTCUSDT_1h.csv');
  writeBars(bars, walkedRows({ seed: 'pool', bars: 300 }));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** The workers go on meanwhile; nothing is heard of them. */
const holdUp = (): void =>
  void Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, HELD_UP_MS);

test('a worker is sent all instruments: its rows are those of runs in this process', async () => {
  const other = join(folder, 'ETHUSDT_1h.csv');
  writeBars(other, walkedRows({ seed: 'other', bars: 300 }));
  const both = [bars, other].flatMap((path) => freeRequest(path).bars);
  const trial = await prepareTrial({ ...freeRequest(bars), bars: both });
  const work = [5, 10].map((fastPeriod, index) => ({ index, parameters: { fastPeriod } }));
  const rows: SweepRow[] = [];
  const { signal } = new AbortController();
  await tryAll(work, { trial, workers: 1, signal, onRow: (row) => void rows.push(row) });
  expect(rows).toEqual(work.map((one) => rowOf(trial, one)));
  expect(rows).toMatchObject([{ ok: true, entered: expect.toSatisfy((count) => count > 0) }, {}]);
});

// The system tells of all that have died when it tells of one: where the second dies while a row of
// its own is written, its exit is heard before what it said last.
test('two workers that die while a row is written take no combination along', async () => {
  const trial = await trialOf(bars);
  const work = Array.from({ length: COMBINATIONS }, (_, index) => ({ index, parameters: {} }));
  const heard = vi.spyOn(ChildProcess.prototype, 'emit');
  const workers = new Set<unknown>();
  const rows: number[] = [];
  let deaths = 0;
  const dies = (worker: unknown): void => {
    holdUp();
    if (worker instanceof ChildProcess) worker.kill('SIGKILL');
    holdUp();
    // What was read together with this row is written before anyone hears of the death.
    setImmediate(() => (deaths += 1));
  };
  let second: unknown = null;
  await tryAll(work, {
    ...{ trial, workers: 2, signal: new AbortController().signal },
    onRow({ index }) {
      rows.push(index);
      const says = heard.mock.contexts.at(-1);
      workers.add(says);
      // So that the first has not tried all of them before the second is there.
      if (workers.size < 2) holdUp();
      if (second === null && workers.size === 2) {
        second = says;
        dies([...workers].find((worker) => worker !== says));
      } else if (deaths === 1 && says === second) {
        dies(says);
      }
    },
  });
  heard.mockRestore();
  expect(deaths).toBe(2);
  expect(rows.toSorted((a, b) => a - b)).toEqual(work.map(({ index }) => index));
});
