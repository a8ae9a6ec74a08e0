import {
  closeSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  statSync,
  truncateSync,
} from 'node:fs';
import { dirname } from 'node:path';

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

/** Cuts a log that grew too big while its writer runs; appending writers go on at the start. */
export function capLog(path: string): void {
  if (!existsSync(path) || statSync(path).size <= SIZE_MAX_BYTES) return;
  shift(path, () => {
    copyFileSync(path, `${path}.1`);
    truncateSync(path);
  });
}

/** The last lines, for the message about a process that failed. */
export function logTail(path: string): string {
  if (!existsSync(path)) return '(no log)';
  return readFileSync(path, 'utf8').trimEnd().split('\n').slice(-SHOWN_LINES).join('\n');
}

function shift(path: string, freeTheFirst: () => void): void {
  for (let index = KEPT - 1; index >= 1; index -= 1) {
    if (existsSync(`${path}.${index}`)) renameSync(`${path}.${index}`, `${path}.${index + 1}`);
  }
  freeTheFirst();
}
