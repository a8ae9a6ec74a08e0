import { type ChildProcess, spawn, type StdioOptions } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { constants, setPriority, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type Count, readReport } from './report.ts';

const CHECKOUT = fileURLToPath(new URL('../..', import.meta.url));
const EXIT_FAILURE = 1;
const LAST_WORDS_MS = 2_000;

/** Runs vitest on our own output and counts from its report. */
export async function runVitest(args: readonly string[]): Promise<Count> {
  return counted(args, async (program, all) =>
    exitOf(spawn(program, all, { cwd: CHECKOUT, stdio: 'inherit' })),
  );
}

/**
 * The same beside other runs: its output is kept until the end is asked for, and then shown whole.
 * @param patient it gives way to all others
 */
export function runVitestBeside(
  args: readonly string[],
  { patient = false } = {},
): { ended(): Promise<Count> } {
  const chunks: Buffer[] = [];
  const counting = counted(args, async (program, all) => {
    const stdio: StdioOptions = ['ignore', 'pipe', 'pipe'];
    const child = spawn(program, all, { cwd: CHECKOUT, stdio });
    if (patient && child.pid !== undefined) {
      setPriority(child.pid, constants.priority.PRIORITY_BELOW_NORMAL);
    }
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (chunk: Buffer) => void chunks.push(chunk));
    }
    return exitOf(child);
  });
  return {
    async ended() {
      const count = await counting;
      process.stdout.write(Buffer.concat(chunks));
      return count;
    },
  };
}

/** A program that is one test: what it prints on standard output says why it failed. */
export async function runAsOneTest(
  name: string,
  program: string,
  args: readonly string[],
): Promise<Count> {
  const child = spawn(program, args, { cwd: CHECKOUT, stdio: ['inherit', 'pipe', 'inherit'] });
  const chunks: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    process.stdout.write(chunk);
  });
  const status = await exitOf(child);
  const counts = { status, skipped: 0 };
  if (status === 0) return { ...counts, passed: 1, failed: 0, failures: [] };
  const message = `it ended with ${status}\n${Buffer.concat(chunks).toString('utf8')}`;
  return { ...counts, passed: 0, failed: 1, failures: [{ name, message }] };
}

async function counted(
  args: readonly string[],
  run: (program: string, args: readonly string[]) => Promise<number>,
): Promise<Count> {
  const folder = mkdtempSync(join(tmpdir(), 'ballast-test-report-'));
  const report = join(folder, 'report.json');
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  try {
    const program = join(CHECKOUT, 'node_modules', '.bin', 'vitest');
    const status = await run(program, ['run', ...reporters, ...args]);
    return readReport({ what: ['vitest run', ...args].join(' '), report, status }, CHECKOUT);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Exit code of a program that was started; what stops us is passed on to it. */
async function exitOf(child: ChildProcess): Promise<number> {
  const pass = (signal: NodeJS.Signals) => void child.kill(signal);
  process.on('SIGTERM', pass);
  process.on('SIGINT', () => {});
  const closed = new Promise((resolve) => child.once('close', resolve));
  const exit: unknown[] = await once(child, 'exit');
  // Its last words may still be in its pipes, which a process that it left behind holds for good.
  await Promise.race([closed, delay(LAST_WORDS_MS, undefined, { ref: false })]);
  process.off('SIGTERM', pass);
  return typeof exit[0] === 'number' ? exit[0] : EXIT_FAILURE;
}
