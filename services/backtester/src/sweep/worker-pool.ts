import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Trial } from '../trial.ts';
import type { SweepRow } from './sweep-row.ts';
import type { Work } from './try-combination.ts';
import type { FromWorker, ToWorker } from './worker-main.ts';

const MAIN = fileURLToPath(new URL('./worker-main.ts', import.meta.url));
/** A combination, or a start, that ends its worker so often is given up; others may be at fault. */
const ATTEMPTS_MAX = 3;

type Parts = {
  /** Its bars are what all workers are sent: a file that changes meanwhile changes nothing. */
  readonly trial: Pick<Trial, 'series' | 'options'>;
  readonly workers: number;
  readonly signal: AbortSignal;
  /** Told as rows come, in any order. */
  onRow(row: SweepRow): void;
};

/**
 * Tries all of this in processes of their own. A worker that dies is replaced, and what it had in
 * hand is tried again.
 * @throws Error when one worker after the other cannot begin, or `signal` has its reason
 */
export async function tryAll(work: readonly Work[], given: Parts): Promise<void> {
  const waiting = [...work];
  const told = new Set<number>();
  const parts: Parts = {
    ...given,
    onRow(row) {
      told.add(row.index);
      given.onRow(row);
    },
  };
  const attempts = new Map<number, number>();
  const lanes = Math.min(parts.workers, work.length);
  const lane = async (): Promise<void> => {
    let starts = 0;
    while (waiting.length > 0 && !parts.signal.aborted) {
      const { held, wasReady } = await untilItEnds(waiting, parts);
      starts = wasReady ? 0 : starts + 1;
      if (starts === ATTEMPTS_MAX && !parts.signal.aborted) {
        throw new Error(`${starts} workers of the sweep ended before they were ready`);
      }
      const [tried, ...untried] = held;
      waiting.unshift(...untried);
      if (tried === undefined) continue;
      const count = (attempts.get(tried.index) ?? 0) + 1;
      attempts.set(tried.index, count);
      if (count < ATTEMPTS_MAX) waiting.unshift(tried);
      else {
        const message = `its worker ended ${count} times`;
        parts.onRow({ ok: false, index: tried.index, code: 'WORKER_DIED', message });
      }
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  parts.signal.throwIfAborted();
  // Nobody sees of a table that it is short.
  const lost = work.filter(({ index }) => !told.has(index)).map(({ index }) => index);
  if (lost.length > 0) throw new Error(`combinations ${lost.join()} were tried by nobody`);
}

type Ended = { readonly held: readonly Work[]; readonly wasReady: boolean };

/** One worker from its begin to its end; @returns what it had in hand then, the one tried first. */
function untilItEnds(waiting: Work[], { trial, workers, signal, onRow }: Parts): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child: ChildProcess = fork(MAIN, {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      // A row has a number a day; as JSON they cost as much as the row's own backtest on days.
      serialization: 'advanced',
    });
    const held: Work[] = [];
    let isReady = false;
    // One that never comes to it is gone, and its end says the rest.
    const say = (word: ToWorker): Promise<void> =>
      new Promise((done) => void child.send(word, () => done()));
    const next = (): void => {
      // A second one waits at the worker, so that it has no pause while its row is written here;
      // the last ones are left to whoever is free first.
      while (held.length < (waiting.length > workers ? 2 : 1)) {
        const work = waiting.shift();
        if (work === undefined) break;
        held.push(work);
        void say({ kind: 'try', ...work });
      }
      if (held.length === 0) child.disconnect();
    };
    const stop = (): void => void child.kill('SIGKILL');
    signal.addEventListener('abort', stop);
    child.on('message', (word: FromWorker) => {
      isReady = true;
      if (word.kind === 'row') held.shift();
      next();
      if (word.kind === 'row') onRow(word.row);
    });
    child.on('error', (error) => {
      if (child.pid === undefined) reject(error);
    });
    const end = (): void => {
      signal.removeEventListener('abort', stop);
      resolve({ held, wasReady: isReady });
    };
    // Its exit may be heard before a row that it has said earlier, and what that row is answered
    // with would be in the hand of nobody: what it has said ends with its channel.
    child.once('exit', () => (child.connected ? child.once('disconnect', end) : end()));
    void begin(trial, say);
  });
}

/** One series at a time: all of them together would be held twice while they are on their way. */
async function begin(
  { series, options }: Parts['trial'],
  say: (word: ToWorker) => Promise<void>,
): Promise<void> {
  for (const { model: _model, ...one } of series) await say({ kind: 'series', one });
  await say({ kind: 'begin', options });
}
