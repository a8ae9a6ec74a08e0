import { InvalidInput } from '@ballast/domain';

/**
 * Told when the operator or the system asks this process to end, once.
 * @param detail what that comes to, and how to go on
 */
export function stoppedBySignal(detail: string): AbortSignal {
  const stopping = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => stopping.abort(new InvalidInput('STOPPED', detail)));
  }
  return stopping.signal;
}

/** How far it is, for who watches. */
export const progressOf = (all: number) => (done: number) =>
  void (
    process.stderr.isTTY && process.stderr.write(`\r${done} of ${all}${done === all ? '\n' : ''}`)
  );
