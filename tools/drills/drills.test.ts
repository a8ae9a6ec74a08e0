import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { z } from 'zod';

const MAIN = fileURLToPath(new URL('main.ts', import.meta.url));
const outcomes = z
  .object({
    outcomes: z.array(z.object({ point: z.string(), outcome: z.string(), ok: z.boolean() })),
  })
  .transform((told) => told.outcomes);
const WITHIN_MS = 120_000;

/** As a process of its own, as operators run it. */
function drill(...args: string[]): Promise<{ code: unknown; told: unknown }> {
  const { promise, resolve } = Promise.withResolvers<{ code: unknown; told: unknown }>();
  execFile(process.execPath, [MAIN, ...args, '--json'], (error, stdout) => {
    resolve({ code: error === null ? 0 : error.code, told: JSON.parse(stdout) });
  });
  return promise;
}

test(
  'kill -9 at the most telling points: nothing twice, nothing lost',
  { timeout: WITHIN_MS },
  async () => {
    const { code, told } = await drill('crash-matrix', '--short');
    // Failing points are compared as they are, so that a failed run says which and why.
    expect(outcomes.parse(told).filter(({ ok }) => !ok)).toEqual([]);
    expect(told).toMatchObject({ ok: true, points: 5, duplicates: 0, lost: 0, faults: [] });
    expect(code).toBe(0);
  },
);

test('a position from outside freezes its instrument alone', { timeout: WITHIN_MS }, async () => {
  const { code, told } = await drill('phantom-position', '--instrument', 'bybit.linear:SOLUSDT');
  expect(told).toMatchObject({ ok: true, failures: [], duplicates: 0, lost: 0 });
  expect(code).toBe(0);
});

test('of two gateways on one account exactly one writes', { timeout: WITHIN_MS }, async () => {
  const { code, told } = await drill('second-gateway');
  expect(told).toMatchObject({ ok: true, failures: [], duplicates: 0, lost: 0 });
  expect(code).toBe(0);
});

test('wrong usage: exit 64 and one object that says what is wrong', async () => {
  const cases = [['no-such-drill'], ['drop-fills', '--rate', '0'], ['brake', '--unknown']];
  for (const args of [...cases, ['phantom-position', '--instrument', 'bybit.linear:DOGEUSDT']]) {
    expect(await drill(...args)).toMatchObject({
      code: 64,
      told: { ok: false, error: { code: 'USAGE' } },
    });
  }
});

test('told to end again and again it leaves nothing behind', { timeout: WITHIN_MS }, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'ballast-told-'));
  chmodSync(folder, 0o755);
  try {
    const env = { ...process.env, TMPDIR: folder };
    const child = spawn(process.execPath, [MAIN, 'drop-fills'], { stdio: 'ignore', env });
    const ended = once(child, 'exit');
    const runs = (): boolean =>
      readdirSync(folder).some((name) => existsSync(join(folder, name, 'run.json')));
    await expect.poll(runs, { timeout: WITHIN_MS, interval: 50 }).toBe(true);
    const again = setInterval(() => child.kill('SIGTERM'), 50);
    await ended;
    clearInterval(again);
    expect(readdirSync(folder).filter((name) => name.startsWith('ballast-drill-'))).toEqual([]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
