import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const MAIN = join(import.meta.dirname, 'main.ts');

test('a demo whose terminal is closed says so and leaves no folder behind', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'ballast-ended-'));
  chmodSync(folder, 0o755);
  const env = { ...process.env, TMPDIR: folder };
  const demo = spawn(process.execPath, [MAIN, '--json'], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env,
  });
  try {
    let said = '';
    demo.stdout.on('data', (part) => (said += String(part)));
    const closed = once(demo, 'close');
    // Its first word is of the first phase: the folder is there.
    await once(demo.stderr, 'data');
    demo.kill('SIGHUP');
    demo.stderr.resume();
    await closed;
    expect(said).toContain('"reason":"stopped by SIGHUP"');
    expect(demo.exitCode).toBe(1);
    expect(readdirSync(folder)).toEqual([]);
  } finally {
    demo.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  }
}, 30_000);
