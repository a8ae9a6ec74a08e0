import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Logger } from '@ballast/observability';
import { childEnvironment } from './child-environment.ts';

const MAIN = fileURLToPath(new URL('../worker/main.ts', import.meta.url));
/** One that ends at once, again and again, must not take all of a core. */
const AGAIN_AFTER_MS = 1_000;

type Options = {
  readonly databaseUrl: string;
  readonly redisUrl: string;
  readonly memoryMb: number;
  readonly nice: number;
  readonly count: number;
  readonly log: Logger;
};

/** Workers of this host for as long as a sweep runs; one that ends is replaced. */
export function startSweepWorkers(options: Options): { stop(): void } {
  const children = new Set<ChildProcess>();
  const timers = new Set<NodeJS.Timeout>();
  let isStopped = false;

  function begin(): void {
    const child = fork(MAIN, {
      env: childEnvironment({
        BALLAST_DATABASE_URL: options.databaseUrl,
        BALLAST_REDIS_URL: options.redisUrl,
        BALLAST_BACKTEST_MEMORY_MB: String(options.memoryMb),
        BALLAST_BACKTEST_NICE: String(options.nice),
        BALLAST_LOG_LEVEL: 'warn',
      }),
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    children.add(child);
    let isOver = false;
    const over = (how: string): void => {
      if (isOver) return;
      isOver = true;
      children.delete(child);
      if (isStopped) return;
      options.log.warn({ how }, 'a worker of the sweep ended, another takes its place');
      const timer = setTimeout(() => {
        timers.delete(timer);
        begin();
      }, AGAIN_AFTER_MS);
      timers.add(timer);
    };
    child.once('error', ({ message }) => over(message));
    child.once('exit', (code, killed) => over(killed ?? `exit ${code}`));
  }

  for (let index = 0; index < options.count; index += 1) begin();
  return {
    stop() {
      isStopped = true;
      for (const timer of timers) clearTimeout(timer);
      // What it has in hand has no row, and is tried again when it is wanted.
      for (const child of children) child.kill('SIGKILL');
    },
  };
}
