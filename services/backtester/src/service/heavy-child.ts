import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { ComputeOutcome, ComputeTask } from '../stored/compute-task.ts';
import { childEnvironment } from './child-environment.ts';
import type { FromChild } from './child-main.ts';

const MAIN = fileURLToPath(new URL('./child-main.ts', import.meta.url));

export type ChildOptions = {
  readonly databaseUrl: string;
  readonly memoryMb: number;
  readonly nice: number;
  /** Ends it at once. */
  readonly signal: AbortSignal;
  onProgress(done: number, total: number): void;
};

/**
 * Does a task in a process of its own, behind all others in priority: whatever becomes of it, the
 * service lives. Its death is an outcome too.
 */
export function doApart(task: ComputeTask, options: ChildOptions): Promise<ComputeOutcome> {
  const { databaseUrl, memoryMb, nice, signal, onProgress } = options;
  return new Promise((resolve) => {
    const child = fork(MAIN, {
      env: childEnvironment({
        BALLAST_DATABASE_URL: databaseUrl,
        BALLAST_BACKTEST_MEMORY_MB: String(memoryMb),
        BALLAST_BACKTEST_NICE: String(nice),
      }),
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    let outcome: ComputeOutcome | null = null;
    const stop = (): void => void child.kill('SIGKILL');
    signal.addEventListener('abort', stop, { once: true });
    child.on('message', (word: FromChild) => {
      if (word.kind === 'progress') onProgress(word.done, word.total);
      else outcome = word;
    });
    const end = (how: string): void => {
      signal.removeEventListener('abort', stop);
      const message = `its process ended with ${how}`;
      resolve(outcome ?? { kind: 'failed', code: 'PROCESS_DIED', message, isItsOwn: false });
    };
    child.once('error', ({ message }) => end(message));
    child.once('exit', (code, killed) => end(killed ?? `exit ${code}`));
    if (signal.aborted) stop();
    else child.send(task);
  });
}
