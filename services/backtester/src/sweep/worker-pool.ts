import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { TrialRequest } from '../trial.ts';
import type { SweepRow } from './sweep-row.ts';
import type { Parameters } from './vary.ts';
import type { FromWorker, ToWorker } from './worker-main.ts';

const MAIN = fileURLToPath(new URL('./worker-main.ts', import.meta.url));
/** A combination that ends its worker so often is given up; another may have been at fault. */
const ATTEMPTS_MAX = 3;

type Parts = {
  readonly request: TrialRequest;
  readonly workers: number;
  readonly signal: AbortSignal;
  /** Told as rows come, in any order. */
  onRow(row: SweepRow): void;
};

type Work = { readonly index: number; readonly parameters: Parameters };

/**
 * Tries all of this in processes of their own. A worker that dies is replaced, and what it had in
 * hand is tried again.
 * @throws Error when a worker cannot begin, or `signal` has its reason
 */
export async function tryAll(work: readonly Work[], parts: Parts): Promise<void> {
  const waiting = [...work];
  const attempts = new Map<number, number>();
  const lanes = Math.min(parts.workers, work.length);
  const lane = async (): Promise<void> => {
    while (waiting.length > 0 && !parts.signal.aborted) {
      const held = await untilItEnds(waiting, parts);
      if (held === null) continue;
      const count = (attempts.get(held.index) ?? 0) + 1;
      attempts.set(held.index, count);
      if (count < ATTEMPTS_MAX) waiting.unshift(held);
      else {
        const message = `its worker ended ${count} times`;
        parts.onRow({ ok: false, index: held.index, code: 'WORKER_DIED', message });
      }
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  parts.signal.throwIfAborted();
}

/** One worker from its begin to its end; @returns what it had in hand then. */
function untilItEnds(waiting: Work[], { request, signal, onRow }: Parts): Promise<Work | null> {
  return new Promise((resolve, reject) => {
    const child: ChildProcess = fork(MAIN, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    let held: Work | null = null;
    let isReady = false;
    const say = (word: ToWorker): void => void child.send(word);
    const next = (): void => {
      held = waiting.shift() ?? null;
      if (held === null) child.disconnect();
      else say({ kind: 'try', ...held });
    };
    const stop = (): void => void child.kill('SIGKILL');
    signal.addEventListener('abort', stop);
    child.on('message', (word: FromWorker) => {
      isReady = true;
      if (word.kind === 'row') onRow(word.row);
      held = null;
      next();
    });
    child.once('error', reject);
    child.once('exit', () => {
      signal.removeEventListener('abort', stop);
      if (isReady || signal.aborted) resolve(held);
      else reject(new Error('a worker of the sweep ended before it was ready'));
    });
    say({ kind: 'begin', request });
  });
}
