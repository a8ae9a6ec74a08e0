import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { identify, isRunning, type ProcessIdentity } from '../stores/process-identity.ts';
import { EXIT, LaunchError } from './launch-error.ts';
import { readRunRecord } from './run-record.ts';

const ATTEMPTS_MAX = 5;
const holder = z.object({ pid: z.number().int(), startedAt: z.string() });

/**
 * One launcher per data folder. The lock names a process; when that process is gone (kill -9, power
 * cut, id given to another) the lock is taken over.
 * @throws LaunchError with exit code 75 that says where the running platform is
 */
export async function lockDataDir(dataDir: string): Promise<{ release(): void }> {
  const lock = join(dataDir, 'launcher.lock');
  const mine = join(dataDir, `launcher.lock.${process.pid}`);
  const self = await identify(process.pid);
  if (self === undefined) throw new Error('cannot read the start time of this process');
  const text = JSON.stringify({ pid: self.pid, startedAt: self.startedAt });
  writeFileSync(mine, text, { mode: 0o600 });
  try {
    for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt += 1) {
      if (linkIfFree(mine, lock)) return { release: () => rmSync(lock, { force: true }) };
      await removeIfStale(lock, dataDir);
    }
  } finally {
    rmSync(mine, { force: true });
  }
  throw new LaunchError(`${lock} changes hands too often`, EXIT.alreadyRunning);
}

function linkIfFree(mine: string, lock: string): boolean {
  try {
    linkSync(mine, lock);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}

async function removeIfStale(lock: string, dataDir: string): Promise<void> {
  const seen = readText(lock);
  if (seen === undefined) return;
  const owner = parseHolder(seen);
  if (owner !== undefined && (await isRunning(owner))) {
    const url = readRunRecord(dataDir)?.dashboardUrl;
    const where = url === undefined ? '' : `, dashboard at ${url}`;
    throw new LaunchError(
      `Ballast already runs on ${dataDir}: process ${owner.pid}${where}`,
      EXIT.alreadyRunning,
    );
  }
  const aside = `${lock}.stale.${process.pid}`;
  renameSync(lock, aside);
  // Another starter may have replaced the stale lock since we read it: then give it back.
  if (readText(aside) !== seen) linkIfFree(aside, lock);
  rmSync(aside, { force: true });
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

function parseHolder(text: string): ProcessIdentity | undefined {
  try {
    return holder.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}
