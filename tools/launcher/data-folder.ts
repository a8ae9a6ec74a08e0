import { mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { EXIT, LaunchError } from './launch-error.ts';

/** What an earlier start, perhaps as another user, may have left in the data folder. */
const PARTS = ['logs', 'postgres', 'redis', 'venue-simulator'];

/**
 * Makes the data folder and shows that it, and what is there of its parts, can be written to.
 * Folders are made one at a time: below /proc a recursive mkdir of Node never comes back.
 * @throws LaunchError with exit code 78 that names the folder and the reason
 */
export function prepareDataDir(dataDir: string): void {
  try {
    for (const folder of missingFolders(dataDir)) make(folder);
    for (const folder of [dataDir, ...PARTS.map((part) => join(dataDir, part))]) {
      if (isFolder(folder)) proveWritable(folder);
    }
  } catch (cause) {
    if (!(cause instanceof Refusal)) throw cause;
    const message = `--data-dir ${dataDir}: ${cause.message}`;
    throw new LaunchError(message, EXIT.configuration, { cause });
  }
}

class Refusal extends Error {}

/** From the nearest parent that exists downwards. */
function missingFolders(folder: string): string[] {
  return isFolder(folder) ? [] : [...missingFolders(dirname(folder)), folder];
}

/** False when there is nothing. A file is no place for data, and nobody looks below one. */
function isFolder(path: string): boolean {
  const found = tried(`cannot look at ${path}`, () => statSync(path, { throwIfNoEntry: false }));
  if (found !== undefined && !found.isDirectory()) throw new Refusal(`${path} is not a folder`);
  return found !== undefined;
}

function make(folder: string): void {
  tried(`cannot make ${folder}`, () => mkdirSync(folder));
}

/** By writing: rights alone say nothing of a read-only or a full disk, or of what root may do. */
function proveWritable(folder: string): void {
  const probe = join(folder, `writable.${process.pid}`);
  tried(`cannot write in ${folder}`, () => {
    writeFileSync(probe, 'yes');
    rmSync(probe);
  });
}

function tried<T>(what: string, act: () => T): T {
  try {
    return act();
  } catch (cause) {
    if (!(cause instanceof Error && 'code' in cause)) throw cause;
    const [reason] = cause.message.split(',', 1);
    throw new Refusal(`${what}: ${reason}`, { cause });
  }
}
