import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openKeptMinutes } from './kept-minutes.ts';
import {
  closedBars,
  createKlines,
  flatBar,
  MINUTES_KEPT,
  restoreBar,
  resumeKlines,
} from './klines.ts';

const MINUTE_MS = 60_000;
const silent = { warn: () => undefined };

function file(): string {
  const folder = mkdtempSync(join(tmpdir(), 'ballast-minutes-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, 'minutes', 'AAA.f64');
}

test('the files hold all that a market remembers and no more than twice of it', () => {
  const path = file();
  const kept = openKeptMinutes(path, silent);
  const last = 3 * MINUTES_KEPT + 100;
  for (let minute = 1; minute <= last; minute += 1) {
    kept.append([flatBar(minute * MINUTE_MS, minute)]);
  }
  const folder = join(path, '..');
  const sizes = readdirSync(folder).map((name) => statSync(join(folder, name)).size / 64);
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(2 * MINUTES_KEPT);
  const read = openKeptMinutes(path, silent).read();
  expect(read.length).toBeGreaterThanOrEqual(MINUTES_KEPT);
  expect(read.map(({ close }) => close)).toEqual(read.map((_bar, i) => last - read.length + 1 + i));
});

test('what is put in the place of all is all', () => {
  const kept = openKeptMinutes(file(), silent);
  for (let minute = 1; minute <= MINUTES_KEPT + 5; minute += 1) {
    kept.append([flatBar(minute * MINUTE_MS, 10)]);
  }
  const bars = [flatBar(MINUTE_MS, 7), { ...flatBar(2 * MINUTE_MS, 7), lots: 3, trades: 2 }];
  kept.replace(bars);
  expect(kept.read()).toEqual(bars);
});

test('taken back, a minute told again is a correction and a gap is a beginning', () => {
  const klines = createKlines();
  for (const minute of [1, 2, 10, 11, 12]) restoreBar(klines, flatBar(minute * MINUTE_MS, minute));
  restoreBar(klines, flatBar(11 * MINUTE_MS, 50));
  restoreBar(klines, flatBar(2 * MINUTE_MS, 60));
  expect(closedBars(klines).map(({ close }) => close)).toEqual([10, 50, 12]);
});

test('goes on with the minute that ran, and not with one of a clock that was set back', () => {
  const klines = createKlines();
  for (const minute of [1, 2, 3]) restoreBar(klines, flatBar(minute * MINUTE_MS, minute));
  const running = { ...flatBar(4 * MINUTE_MS, 9), lots: 5 };
  expect(resumeKlines(klines, running, 4.5 * MINUTE_MS)).toBe(true);
  expect(klines.running).toEqual(running);
  expect(resumeKlines(klines, running, 3.5 * MINUTE_MS)).toBe(true);
  expect(klines.running).toEqual(flatBar(3 * MINUTE_MS, 2));
  expect(closedBars(klines).map(({ close }) => close)).toEqual([1, 2]);
  expect(resumeKlines(klines, running, (4 + MINUTES_KEPT) * MINUTE_MS)).toBe(false);
  expect(resumeKlines(createKlines(), running, 5 * MINUTE_MS)).toBe(false);
});
