import { spawn } from 'node:child_process';
import { EXIT } from './failure.ts';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Its streams and exit status are ours; a signal to us is one to it, so that it cleans up. */
export async function handOver(
  main: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
): Promise<void> {
  const child = spawn(process.execPath, [main, ...args], { stdio: 'inherit', env });
  const passOn = (signal: NodeJS.Signals): void => void child.kill(signal);
  for (const signal of SIGNALS) process.on(signal, passOn);
  try {
    process.exitCode = await new Promise<number>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code) => resolve(code ?? EXIT.failure));
    });
  } finally {
    for (const signal of SIGNALS) process.off(signal, passOn);
  }
}
