import { type ChildProcess, fork, type ForkOptions } from 'node:child_process';
import { once } from 'node:events';

/** A process of a bench and what it said first. */
export type Child = { readonly process: ChildProcess; readonly said: Record<string, unknown> };

/** Starts one and waits for its first word. */
export async function startChild(
  file: string,
  args: readonly string[],
  onClose: (close: () => Promise<void>) => void,
  options: ForkOptions = {},
): Promise<Child> {
  const started = fork(file, args, options);
  onClose(() => end(started));
  return { process: started, said: await answerOf(started) };
}

/** The next message of a child; one that ends before it is a fault. */
export async function answerOf(child: ChildProcess): Promise<Record<string, unknown>> {
  const over = new AbortController();
  const failed = once(child, 'exit', { signal: over.signal }).then(() => {
    throw new Error('a process of the bench ended early');
  });
  failed.catch(() => undefined);
  const answered: unknown[] = await Promise.race([once(child, 'message'), failed]);
  over.abort();
  const message = answered[0];
  if (typeof message !== 'object' || message === null) throw new Error('answer not understood');
  return { ...message };
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill();
  await exited;
}
