import {
  closeSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  truncateSync,
} from 'node:fs';
import { dirname, join } from 'node:path';

const KEPT = 3;
const SIZE_MAX_BYTES = 20_000_000;
const SHOWN_LINES = 20;

/** Moves `x.log` to `x.log.1` and so on; the oldest of the three kept ones goes. */
export function rotateLog(path: string): void {
  mkdirSync(dirname(path), { recursive: true });
  if (existsSync(path) && statSync(path).size > 0) shift(path, () => renameSync(path, `${path}.1`));
}

/** Calls `write` with a descriptor that appends; a child keeps its own copy of it. */
export function withLog<T>(path: string, write: (descriptor: number) => T): T {
  mkdirSync(dirname(path), { recursive: true });
  const descriptor = openSync(path, 'a', 0o600);
  try {
    return write(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** Cuts logs that grew too big. A full disk must not end the caller: it is said. */
export function capLogs(folder: string, say: (line: string) => void): void {
  try {
    for (const name of readdirSync(folder)) {
      if (name.endsWith('.log')) capLog(join(folder, name));
    }
  } catch (error) {
    say(`cannot shorten the logs in ${folder}: ${String(error)}`);
  }
}

/** Its writer runs on: it appends, and so goes on at the start. */
function capLog(path: string): void {
  if (!existsSync(path) || statSync(path).size <= SIZE_MAX_BYTES) return;
  shift(path, () => {
    copyFileSync(path, `${path}.1`);
    truncateSync(path);
  });
}

/** The last lines, for the message about a process that failed. */
export function logTail(path: string): string {
  try {
    return readFileSync(path, 'utf8').trimEnd().split('\n').slice(-SHOWN_LINES).join('\n');
  } catch (error) {
    return `(no log: ${error instanceof Error ? error.message : String(error)})`;
  }
}

function shift(path: string, freeTheFirst: () => void): void {
  for (let index = KEPT - 1; index >= 1; index -= 1) {
    if (existsSync(`${path}.${index}`)) renameSync(`${path}.${index}`, `${path}.${index + 1}`);
  }
  freeTheFirst();
}
