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
  /** Exit code: 0 when all is well. */
  status: number;
  passed: number;
  failed: number;
  skipped: number;
}

/** All together; the status is the first that is not 0. */
export function sumOf(counts: readonly Count[]): Count {
  const sum = { status: 0, passed: 0, failed: 0, skipped: 0 };
  for (const { status, passed, failed, skipped } of counts) {
    sum.status ||= status;
    sum.passed += passed;
    sum.failed += failed;
    sum.skipped += skipped;
  }
  return sum;
}

/** Runs vitest on our own output and counts from its report. */
export async function runVitest(args: readonly string[]): Promise<Count> {
  return counted(args, runToEnd);
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
  const counting = counted(args, async (program, all, env) => {
    const stdio: StdioOptions = ['ignore', 'pipe', 'pipe'];
    const child = spawn(program, all, { cwd: CHECKOUT, env, stdio });
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

async function counted(
  args: readonly string[],
  run: (program: string, args: readonly string[], env: NodeJS.ProcessEnv) => Promise<number>,
): Promise<Count> {
  const folder = mkdtempSync(join(tmpdir(), 'ballast-test-report-'));
  const report = join(folder, 'report.json');
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  try {
    const program = join(CHECKOUT, 'node_modules', '.bin', 'vitest');
    // The tests start hundreds of processes of the same modules.
    const env = { ...process.env, NODE_COMPILE_CACHE: join(folder, 'compile-cache') };
    const status = await run(program, ['run', ...reporters, ...args], env);
    return readCount(report, status);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Exit code of a command on our own standard streams; what stops us is passed on to it. */
export async function runToEnd(
  program: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
): Promise<number> {
  return exitOf(spawn(program, args, { cwd: CHECKOUT, env, stdio: 'inherit' }));
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
  if (!existsSync(report)) {
    return { status: status || EXIT_FAILURE, passed: 0, failed: 1, skipped: 0 };
  }
  const counted = reportShape.parse(JSON.parse(readFileSync(report, 'utf8')));
  const failed = status === 0 ? counted.numFailedTests : Math.max(counted.numFailedTests, 1);
  const skipped = counted.numPendingTests + counted.numTodoTests;
  return { status, passed: counted.numPassedTests, failed, skipped };
}
