import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { LOCK_FILE, lockFolder } from './folder-lock.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ballast-lock-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const lockPath = (): string => join(folder, LOCK_FILE);
const STARTED = Date.UTC(2026, 0, 1);

function leave(change: object): void {
  const holder = { pid: process.pid, host: hostname(), startedAt: STARTED, birth: null, ...change };
  writeFileSync(lockPath(), JSON.stringify(holder));
}

test('one at a time: the second is told who holds it and since when', () => {
  const release = lockFolder(folder);
  const words = `process ${process.pid} writes into ${folder} since 20`;
  expect(() => lockFolder(folder)).toThrow(words);
  expect(() => lockFolder(folder)).toThrow(expect.objectContaining({ code: 'SWEEP_BUSY' }));
  release();
  expect(readdirSync(folder)).toEqual([]);
  lockFolder(folder)();
});

test('a folder that cannot be made is told with why', () => {
  const path = join(folder, 'file');
  writeFileSync(path, '');
  const told = { code: 'OUT_FOLDER', message: expect.stringContaining('ENOTDIR') };
  expect(() => lockFolder(join(path, 'sweep'))).toThrow(expect.objectContaining(told));
});

test('what a dead process left is taken over', () => {
  const { pid } = spawnSync(process.execPath, ['-e', '']);
  leave({ pid });
  const release = lockFolder(folder);
  expect(JSON.parse(readFileSync(lockPath(), 'utf8'))).toMatchObject({ pid: process.pid });
  release();
  writeFileSync(lockPath(), '{"pid":');
  lockFolder(folder)();
  expect(readdirSync(folder)).toEqual([]);
});

test.runIf(existsSync('/proc/self/stat'))('another process of the same number is not it', () => {
  leave({ birth: '1' });
  lockFolder(folder)();
  expect(existsSync(lockPath())).toBe(false);
});

test('one of another host counts as running, and the file to remove is named', () => {
  const { pid } = spawnSync(process.execPath, ['-e', '']);
  leave({ pid, host: 'elsewhere' });
  expect(() => lockFolder(folder)).toThrow(
    `process ${pid} of elsewhere; remove its ${LOCK_FILE} if that is gone`,
  );
});
