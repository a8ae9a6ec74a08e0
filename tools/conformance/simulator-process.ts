import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { compileCache } from '../launcher/compile-cache.ts';

const MAIN = fileURLToPath(new URL('../../services/venue-simulator/src/main.ts', import.meta.url));
const STOP_WITHIN_MS = 7_000;

export type RunningSimulator = {
  /** What it told when it was ready, such as its addresses. */
  readonly info: Readonly<Record<string, unknown>>;
  stop(): Promise<void>;
};

/** @throws Error when it ends before it is ready */
export async function startSimulator(
  env: Readonly<Record<string, string>>,
): Promise<RunningSimulator> {
  const child = spawn(process.execPath, [MAIN], {
    env: { ...compileCache, BALLAST_LOG_LEVEL: 'error', ...env },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const ended = once(child, 'exit');
  const told = once(child, 'message').then(([message]: unknown[]) => message);
  const first = await Promise.race([told, ended.then(() => null)]);
  if (typeof first !== 'object' || first === null) {
    throw new Error('the venue simulator ended before it was ready');
  }
  return {
    info: Object.fromEntries(Object.entries(first)),
    async stop() {
      const timer = setTimeout(() => child.kill('SIGKILL'), STOP_WITHIN_MS);
      child.kill('SIGTERM');
      await ended;
      clearTimeout(timer);
    },
  };
}
