import { writeFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { parseOptions } from '../options.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ballast-options-'));
  writeFileSync(join(folder, 'BTCUSDT.csv'), '');
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

test.each([
  ['the simulated market, which chooses its own', []],
  ['it said by name', ['--feed', 'simulator']],
])('--instrument is refused where nothing would heed it: %s', (_case, others) => {
  const parse = (): unknown => parseOptions(['--instrument', 'ETHUSDT', ...others], folder);
  expect(parse).toThrow(expect.objectContaining({ exitCode: 64 }));
  expect(parse).toThrow(/--instrument needs --replay or --feed bybit\n\nUsage: npm start/);
});

test.each([[['--replay', 'BTCUSDT.csv']], [['--feed', 'bybit']]])(
  '--instrument is taken with %j',
  (others) => {
    const options = parseOptions(['--instrument', 'ETHUSDT', ...others], folder);
    expect(options).toMatchObject({ instrument: 'ETHUSDT' });
  },
);
