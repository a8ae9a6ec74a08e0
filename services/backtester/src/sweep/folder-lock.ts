import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { InvalidInput } from '@ballast/domain';
import { z } from 'zod';

export const LOCK_FILE = 'lock.json';
/** Each is one holder that was found dead. */
const ATTEMPTS_MAX = 5;

const holderShape = z.strictObject({
  pid: z.int().min(1),
  host: z.string(),
  startedAt: z.number(),
  /** What tells two processes of one pid apart, where the system says so. */
  birth: z.string().nullable(),
});
type Holder = z.infer<typeof holderShape>;

/**
 * Holds a folder for this process, so that two sweeps never write into one. What a killed process
 * left is taken over; one of another host cannot be asked whether it runs, and counts as running.
 * @returns what lets go of it
 * @throws InvalidInput SWEEP_BUSY, with who holds it and since when; OUT_FOLDER
 */
export function lockFolder(folder: string): () => void {
  makeFolder(folder);
  const path = join(folder, LOCK_FILE);
  const { pid } = process;
  const own: Holder = { pid, host: hostname(), startedAt: Date.now(), birth: birthOf(pid) };
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt += 1) {
    if (isPlaced(path, JSON.stringify(own))) return () => rmSync(path, { force: true });
    const text = textAt(path);
    if (text === null) continue;
    const holder = holderOf(text);
    if (holder !== null && isRunning(holder)) throw busy(folder, holder);
    takeAway(path, text);
  }
  throw new InvalidInput('SWEEP_BUSY', `${folder} changes hands again and again`);
}

function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new InvalidInput('OUT_FOLDER', `${folder} cannot be made: ${why}`);
  }
}

/** With its whole text at once, or not at all. */
function isPlaced(path: string, text: string): boolean {
  const own = `${path}.${process.pid}`;
  writeFileSync(own, text);
  try {
    linkSync(own, path);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(own, { force: true });
  }
}

/** Of a holder that is gone; where another was quicker, its lock is put back. */
function takeAway(path: string, expected: string): void {
  const aside = `${path}.${process.pid}.gone`;
  try {
    renameSync(path, aside);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return;
    throw error;
  }
  if (readFileSync(aside, 'utf8') === expected) rmSync(aside);
  else renameSync(aside, path);
}

function isRunning({ pid, host, birth }: Holder): boolean {
  if (host !== hostname()) return true;
  try {
    process.kill(pid, 0);
  } catch (error) {
    return codeOf(error) !== 'ESRCH';
  }
  return birth === null || birth === birthOf(pid);
}

/** When it was started, in ticks since the machine's start; null where the system has no /proc. */
function birthOf(pid: number): string | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name in brackets may hold blanks; the start is the 20th field behind it.
    return text.slice(text.lastIndexOf(')') + 2).split(' ')[19] ?? null;
  } catch {
    return null;
  }
}

function holderOf(text: string): Holder | null {
  try {
    return holderShape.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

function textAt(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null;
    throw error;
  }
}

function busy(folder: string, { pid, host, startedAt }: Holder): InvalidInput {
  const since = new Date(startedAt).toISOString();
  const where = host === hostname() ? '' : ` of ${host}; remove its ${LOCK_FILE} if that is gone`;
  const detail = `process ${pid}${where} writes into ${folder} since ${since}`;
  return new InvalidInput('SWEEP_BUSY', `${detail}; wait for it, or take another folder`);
}

const codeOf = (error: unknown): unknown =>
  error instanceof Error && 'code' in error ? error.code : null;
