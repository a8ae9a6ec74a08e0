import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const SAMPLE = join(import.meta.dirname, '../../services/dashboard/server/test/sample/main.ts');

/**
 * The dashboard over made-up rows, without the rest of a platform. It ends with the channel to this
 * process.
 */
export async function startSample(): Promise<{
  loginLink: string;
  /**
   * From now on market-data is silent, or says that bars stay missing; or the gateway says
   * that it cannot store; or somebody else changes a switch and a setting.
   */
  tell(what: 'silence' | 'miss' | 'fill' | 'switch'): void;
  stop(): Promise<void>;
}> {
  const child = fork(SAMPLE, ['0'], { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] });
  const exited = once(child, 'exit');
  const { stdout } = child;
  if (stdout === null) throw new Error('the sample has no output');
  const link = once(createInterface({ input: stdout }), 'line');
  const first = await Promise.race([
    link.then(([line]) => String(line)),
    exited.then(([code]) => Promise.reject(new Error(`the sample ended with ${String(code)}`))),
  ]);
  return {
    loginLink: first,
    tell: (what) => void child.send(what),
    async stop() {
      if (child.connected) child.disconnect();
      const [code] = await exited;
      // It leaves its stores' folder behind where it does not come to its end.
      if (code !== 0) throw new Error(`the sample ended with ${String(code)}`);
    },
  };
}
