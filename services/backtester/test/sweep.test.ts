import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createPrng, nextUnit } from '@ballast/sim-core';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';

const MAIN = join(import.meta.dirname, '../src/main.ts');
const HOUR = 3_600_000;
let folder: string;
let bars: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'ballast-sweep-'));
  bars = join(folder, 'BTCUSDT_1h.csv');
  writeFileSync(bars, walk(4_000));
});
afterAll(() => rmSync(folder, { recursive: true }));

function walk(rows: number): string {
  const prng = createPrng('sweep');
  let price = 10_000;
  const move = (): number =>
    (price = Math.max(100, Math.round(price * (1 + (nextUnit(prng) - 0.5) / 50))));
  const lines = Array.from({ length: rows }, (_, row) => {
    const open = price;
    const way = [open, move(), move(), move()];
    return [row * HOUR, open, Math.max(...way), Math.min(...way), price, 1_000].join(',');
  });
  // One is missing, which is told of every sweep.
  return `ts,open,high,low,close,volume\n${lines.toSpliced(99, 1).join('\n')}\n`;
}

const words = (out: string, workers: number): string[] => [
  ...[MAIN, 'sweep', '--strategy', 'sma-cross', '--bars', bars, '--json'],
  ...['--vary', 'fastPeriod=4..20/4', 'slowPeriod=20,40,60'],
  ...['--out', join(folder, out), '--workers', String(workers)],
];
const sweep = (out: string, workers: number): string =>
  execFileSync(process.execPath, words(out, workers), { encoding: 'utf8' });
const rowsOf = (out: string): string => join(folder, out, 'rows.ndjson');
const countRows = (out: string): number =>
  existsSync(rowsOf(out)) ? readFileSync(rowsOf(out), 'utf8').split('\n').length - 1 : 0;

test('says the same whatever the number of workers, and without trying anything again', () => {
  const one = sweep('one', 1);
  expect(JSON.parse(one)).toMatchObject({
    ...{ ok: true, combinations: 15, tried: 14, best: { parameters: expect.any(Object) } },
    refused: [{ code: 'PARAMETERS_INVALID', parameters: { fastPeriod: 20, slowPeriod: 20 } }],
    judgement: { ok: expect.any(Boolean), figures: expect.any(Object) },
    warnings: [expect.stringContaining('BTCUSDT: 1 bars are missing')],
  });
  expect(sweep('three', 3)).toBe(one);
  const before = readFileSync(rowsOf('one'), 'utf8');
  expect(sweep('one', 2)).toBe(one);
  expect(readFileSync(rowsOf('one'), 'utf8')).toBe(before);
});

test('goes on where it was killed, also within a row, and says the same in the end', async () => {
  const child = spawn(process.execPath, words('killed', 2), { stdio: 'ignore' });
  await vi.waitFor(() => expect(countRows('killed')).toBeGreaterThan(2), { timeout: 20_000 });
  // Held still, so that it does not come to its end meanwhile.
  child.kill('SIGSTOP');
  const second = spawnSync(process.execPath, words('killed', 1), { encoding: 'utf8' });
  expect([second.status, JSON.parse(second.stdout)]).toMatchObject([
    ...[1, { error: { code: 'SWEEP_BUSY', message: expect.stringContaining(`${child.pid}`) } }],
  ]);
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(countRows('killed')).toBeLessThan(15);
  appendFileSync(rowsOf('killed'), '{"ok":true,"ind');
  expect(sweep('killed', 2)).toBe(sweep('one', 1));
  expect(readFileSync(rowsOf('killed'), 'utf8')).not.toContain('"ind{');
});

test('a worker that dies is replaced, and what it had in hand is tried again', async () => {
  const child = spawn(process.execPath, words('worker', 2), {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const said: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => said.push(chunk));
  await vi.waitFor(() => expect(countRows('worker')).toBeGreaterThan(0), { timeout: 20_000 });
  const [worker] = childrenOf(child.pid ?? 0);
  process.kill(worker ?? NaN, 'SIGKILL');
  // Its successor dies too, before it can have been ready.
  await vi.waitFor(() => expect(childrenOf(child.pid ?? 0)).toHaveLength(2));
  process.kill(childrenOf(child.pid ?? 0).at(-1) ?? NaN, 'SIGKILL');
  await once(child, 'close');
  expect(Buffer.concat(said).toString()).toBe(sweep('one', 1));
});

test('stops at once when it is asked to, and leaves no worker', async () => {
  const child = spawn(process.execPath, words('stopped', 2), {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  await vi.waitFor(() => expect(countRows('stopped')).toBeGreaterThan(0), { timeout: 20_000 });
  const workers = childrenOf(child.pid ?? 0);
  expect(workers.length).toBeGreaterThan(0);
  child.kill('SIGTERM');
  const [code] = await once(child, 'close');
  expect(code).toBe(1);
  expect(countRows('stopped'), 'at once').toBeLessThan(15);
  await vi.waitFor(() => {
    for (const pid of workers) expect(() => process.kill(pid, 0)).toThrow('ESRCH');
  });
});

test('a folder with another sweep is left alone', () => {
  sweep('one', 2);
  const other = [...words('one', 1), '--cash', '5'];
  const { status, stdout } = spawnSync(process.execPath, other, { encoding: 'utf8' });
  expect([status, JSON.parse(stdout)]).toMatchObject([1, { error: { code: 'SWEEP_OTHER' } }]);
});

/** Processes that were forked by another. */
function childrenOf(pid: number): number[] {
  const listed = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
  return listed === '' ? [] : listed.split(' ').map(Number);
}
