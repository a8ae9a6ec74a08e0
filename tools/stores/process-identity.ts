import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);
const POLL_MS = 20;

/** A process id alone may have been given to another process: the start time tells. */
export interface ProcessIdentity {
  pid: number;
  startedAt: string;
}

/** The running process with this id; a zombie counts as gone, since it holds nothing any more. */
export async function identify(
  pid: number,
): Promise<(ProcessIdentity & { commandLine: string }) | undefined> {
  if (!Number.isInteger(pid) || pid <= 1) return undefined;
  return process.platform === 'linux' ? identifyByProc(pid) : identifyByPs(pid);
}

export async function isRunning(identity: ProcessIdentity): Promise<boolean> {
  return (await identify(identity.pid))?.startedAt === identity.startedAt;
}

/** True when the process is gone within `timeoutMs`. */
async function waitForExit(identity: ProcessIdentity, timeoutMs: number): Promise<boolean> {
  const deadline = Date.now() + timeoutMs;
  while (await isRunning(identity)) {
    if (Date.now() > deadline) return false;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  return true;
}

/** Sends each signal in turn until the process is gone; the last step should be SIGKILL. */
export async function stopProcess(
  identity: ProcessIdentity,
  steps: readonly { signal: NodeJS.Signals; waitMs: number }[],
): Promise<void> {
  for (const { signal, waitMs } of steps) {
    if (!(await isRunning(identity))) return;
    process.kill(identity.pid, signal);
    if (await waitForExit(identity, waitMs)) return;
  }
  throw new Error(`process ${identity.pid} does not end`);
}

async function identifyByProc(pid: number) {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
    // The name (second field) is in brackets and may itself hold blanks and brackets.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const [state, startedAt] = [fields[0], fields[19]];
    if (state === 'Z' || state === 'X' || startedAt === undefined) return undefined;
    const commandLine = await readFile(`/proc/${pid}/cmdline`, 'utf8');
    return { pid, startedAt, commandLine: commandLine.replaceAll('\0', ' ').trim() };
  } catch (error) {
    if (isGone(error)) return undefined;
    throw error;
  }
}

async function identifyByPs(pid: number) {
  const format = 'stat=,lstart=,command=';
  const { stdout } = await run('ps', ['-o', format, '-p', String(pid)], {
    env: { ...process.env, LC_ALL: 'C' },
  }).catch(() => ({ stdout: '' }));
  const match = /^(\S+)\s+(\S+ +\S+ +\S+ +\S+ +\S+)\s+(.*)$/.exec(stdout.trim());
  const [, state, startedAt, commandLine] = match ?? [];
  if (state === undefined || startedAt === undefined || state.startsWith('Z')) return undefined;
  return { pid, startedAt, commandLine: commandLine ?? '' };
}

function isGone(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return code === 'ENOENT' || code === 'ESRCH';
}
