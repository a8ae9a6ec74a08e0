import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

const index = new URL('./index.ts', import.meta.url).href;

/** Runs `code` in a fresh Node process in which `ballast` is this package's index. */
export function runChild(code: string, env: NodeJS.ProcessEnv = {}): Child {
  const script = `const ballast = await import('${index}'); ${code}`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    env,
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  let stderr = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const closed = exitAndOutput(child);
  return {
    child,
    closed,
    message: async () => (await once(child, 'message'))[0],
    stderr: () => stderr,
    lines: () => stderr.trim().split('\n').map(parseLine),
  };
}

/** Not the event `close`: Node never sends it after the parent has disconnected. */
async function exitAndOutput(child: ChildProcess): Promise<number | null> {
  const [[code]] = await Promise.all([
    once(child, 'exit'),
    child.stderr ? once(child.stderr, 'end') : undefined,
  ]);
  return typeof code === 'number' ? code : null;
}

interface Child {
  child: ChildProcess;
  /** The exit code, once all output is read. */
  closed: Promise<number | null>;
  message(): Promise<unknown>;
  stderr(): string;
  lines(): Record<string, unknown>[];
}

function parseLine(line: string): Record<string, unknown> {
  const parsed: unknown = JSON.parse(line);
  if (typeof parsed !== 'object' || parsed === null) throw new Error(`not a log line: ${line}`);
  return { ...parsed };
}
