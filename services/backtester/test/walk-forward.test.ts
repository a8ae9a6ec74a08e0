import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { walkedRows, writeBars } from '../src/walked-bars.fixture.ts';

const MAIN = join(import.meta.dirname, '../src/main.ts');
const VARY = ['--vary', 'fastPeriod=4,8', 'slowPeriod=20,30'];
let folder: string;
let of: string[];

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'ballast-forward-'));
  const bars = join(folder, 'BTCUSDT_1h.csv');
  writeBars(bars, walkedRows({ seed: 'forward', bars: 60 * 24 }));
  of = ['--strategy', 'sma-cross', '--bars', bars, '--json'];
});
afterAll(() => rmSync(folder, { recursive: true }));

function backtest(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, ...args], {
    encoding: 'utf8',
  });
  const json: Record<string, unknown> = JSON.parse(stdout);
  return { status, stdout, stderr, json };
}

test('from a walk-forward and a sweep to a refusal with its numbers, and a picture of it', () => {
  const at = (name: string): string => join(folder, name);
  const windows = ['--windows', '4', '--train', '2', '--workers', '2'];
  const pictures = ['--html', at('w.html'), '--png', at('w.png')];
  const walked = backtest('walk-forward', ...of, ...VARY, ...windows, ...pictures);
  expect(walked).toMatchObject({
    ...{ status: 0, stderr: '' },
    json: { ok: true, request: { mode: 'rolling', combinations: 4 }, warnings: [] },
  });
  expect(walked.json['windows']).toHaveLength(4);
  expect(readFileSync(at('w.html'), 'utf8')).toContain('What each training chose');
  expect(readFileSync(at('w.png')).subarray(1, 4).toString()).toBe('PNG');
  writeFileSync(at('w.json'), walked.stdout);
  expect(backtest('sweep', ...of, ...VARY, '--out', at('s')).status).toBe(0);
  const promote = ['promote', '--strategy', 'sma-cross', '--json', '--walk-forward', at('w.json')];
  expect(backtest(...promote, '--sweep', at('s'))).toMatchObject({
    status: 1,
    json: {
      ...{ ok: false, error: { code: 'PROMOTION_REFUSED' }, trials: 4, next: [] },
      outOfSampleFrom: 'walk-forward',
      failing: expect.arrayContaining([expect.objectContaining({ check: 'deflated-sharpe' })]),
    },
  });
  expect(backtest(...promote, '--sweep', at('none'))).toMatchObject({
    ...{ status: 1, json: { ok: false, error: { code: 'SWEEP_UNREADABLE' } } },
  });
});

test('words that make no sense are refused before anything runs', () => {
  const walk = ['walk-forward', ...of, ...VARY];
  expect(backtest(...walk, '--windows', '0')).toMatchObject({ status: 64 });
  expect(backtest(...walk, '--windows', '3', '--mode', 'sideways')).toMatchObject({ status: 64 });
  const nowhere = join(folder, 'none', 'w.png');
  expect(backtest(...walk, '--windows', '3', '--png', nowhere)).toMatchObject({
    ...{
      status: 64,
      json: { error: { message: expect.stringContaining(`--png ${nowhere}: no`) } },
    },
  });
  expect(backtest(...walk, '--windows', '100')).toMatchObject({
    ...{ status: 1, json: { error: { code: 'WINDOWS_TOO_MANY' } } },
  });
});
