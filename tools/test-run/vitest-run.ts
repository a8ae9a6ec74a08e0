import { type ChildProcess, spawn, type StdioOptions } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { constants, setPriority, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';

const CHECKOUT = fileURLToPath(new URL('../..', import.meta.url));
const EXIT_FAILURE = 1;

const reportShape = z.object({
  numPassedTests: z.number(),
  numFailedTests: z.number(),
  numPendingTests: z.number(),
  numTodoTests: z.number(),
});

export interface Count {
  passed: number;
  failed: number;
  skipped: number;
}

/** Runs vitest on our own output and counts from its report. */
export async function runVitest(args: readonly string[]): Promise<Count & { status: number }> {
  return counted(args, (program, all) => runToEnd(program, all));
}

/**
 * The same beside another run, of what needs a core and nobody's patience: it gives way to the
 * other, and its output is kept until `told` is asked for.
 */
export function runVitestBeside(args: readonly string[]) {
  const chunks: Buffer[] = [];
  const counting = counted(args, async (program, all) => {
    const stdio: StdioOptions = ['ignore', 'pipe', 'pipe'];
    const child = spawn(program, all, { cwd: CHECKOUT, stdio });
    if (child.pid !== undefined) setPriority(child.pid, constants.priority.PRIORITY_BELOW_NORMAL);
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (chunk: Buffer) => void chunks.push(chunk));
    }
    return exitOf(child);
  });
  return { counting, told: (): Buffer => Buffer.concat(chunks) };
}

async function counted(
  args: readonly string[],
  run: (program: string, args: readonly string[]) => Promise<number>,
): Promise<Count & { status: number }> {
  const folder = mkdtempSync(join(tmpdir(), 'ballast-test-report-'));
  const report = join(folder, 'report.json');
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  try {
    const program = join(CHECKOUT, 'node_modules', '.bin', 'vitest');
    const status = await run(program, ['run', ...reporters, ...args]);
    return { status, ...readCount(report, status) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Exit code of a command on our own standard streams; what stops us is passed on to it. */
export async function runToEnd(program: string, args: readonly string[]): Promise<number> {
  return exitOf(spawn(program, args, { cwd: CHECKOUT, stdio: 'inherit' }));
}

async function exitOf(child: ChildProcess): Promise<number> {
  const pass = (signal: NodeJS.Signals) => void child.kill(signal);
  process.on('SIGTERM', pass);
  process.on('SIGINT', () => {});
  const exit: unknown[] = await once(child, 'exit');
  process.off('SIGTERM', pass);
  return typeof exit[0] === 'number' ? exit[0] : EXIT_FAILURE;
}

/** A run that failed counts at least one failure, also when a file did not even load. */
function readCount(report: string, status: number): Count {
  if (!existsSync(report)) return { passed: 0, failed: 1, skipped: 0 };
  const counted = reportShape.parse(JSON.parse(readFileSync(report, 'utf8')));
  const failed = status === 0 ? counted.numFailedTests : Math.max(counted.numFailedTests, 1);
  const skipped = counted.numPendingTests + counted.numTodoTests;
  return { passed: counted.numPassedTests, failed, skipped };
}
