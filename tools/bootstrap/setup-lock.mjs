import { appendFileSync, mkdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { say, SetupError } from './setup-error.mjs';

const POLL_MS = 200;
const WAIT_MAX_MS = 15 * 60_000;
/** A lock that names nobody is being made, or its maker died between two calls. */
const NAMELESS_MAX_MS = 5_000;

/**
 * Runs `work(own)` while holding the lock folder. `own(pid)` names a further process that has to be
 * gone before another may take over: a child that survives when this process is killed.
 */
export async function withLock(folder, what, work) {
  const deadline = Date.now() + WAIT_MAX_MS;
  const own = (pid) => appendFileSync(join(folder, 'owners'), `${pid} ${startTime(pid)}\n`);
  let told = false;
  while (!take(folder)) {
    if (isStale(folder)) {
      rmSync(folder, { recursive: true, force: true });
      continue;
    }
    if (!told) say(`Waiting for another process that ${what}`);
    told = true;
    if (Date.now() > deadline) throw new SetupError(`${folder} is held too long; remove it`, 75);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  try {
    own(process.pid);
    return await work(own);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function take(folder) {
  mkdirSync(dirname(folder), { recursive: true });
  try {
    mkdirSync(folder);
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  }
}

function isStale(folder) {
  const owners = read(join(folder, 'owners'))?.trim().split('\n');
  if (owners !== undefined) return !owners.some(isAlive);
  const made = statSync(folder, { throwIfNoEntry: false });
  return made !== undefined && Date.now() - made.mtimeMs > NAMELESS_MAX_MS;
}

function isAlive(owner) {
  const [pid, startedAt] = owner.split(' ');
  try {
    process.kill(Number(pid), 0);
  } catch (error) {
    if (error.code !== 'EPERM') return false;
  }
  return startTime(pid) === startedAt;
}

/** Tells a process from a later one with the same id; the same text for all where unknown. */
function startTime(pid) {
  const stat = read(`/proc/${pid}/stat`);
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? 'unknown';
}

function read(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (error.code === 'ENOENT' || error.code === 'ESRCH') return undefined;
    throw error;
  }
}
