import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readBarsFile } from './bars-file.ts';
import { timeframeOf } from './tried-instrument.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'ballast-bars-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const NAMES = 'ts,open,high,low,close,volume';
const ROWS = ['0,10.5,11,10,10.25,3', '60000,10.25,10.5,10,10,0.125'];

function read(lines: readonly string[], name = 'bars.csv') {
  const path = join(folder, name);
  const text = `${lines.join('\n')}\n`;
  writeFileSync(path, name.endsWith('.gz') ? gzipSync(text) : text);
  return readBarsFile(path);
}

test('reads columns, and the steps of price and volume from their digits', async () => {
  const plain = await read([NAMES, ...ROWS]);
  expect([...plain.bars.openTime, ...plain.bars.close]).toEqual([0, 60_000, 10.25, 10]);
  expect(plain).toMatchObject({ priceDecimals: 2, volumeDecimals: 3 });
  expect(timeframeOf(plain.bars, 'a.csv')).toBe('1m');
  const packed = await read(
    [NAMES, ...ROWS.map((row) => row.replace('10.5', '10.50'))],
    'b.csv.gz',
  );
  expect(packed.hash, 'of the numbers, not of their text').toBe(plain.hash);
  const other = await read([NAMES, ...ROWS.map((row) => row.replace('10.5', '10.51'))]);
  expect(other.hash).not.toBe(plain.hash);
});

test.each([
  ['column "vwap" is not known', [`${NAMES},vwap`, ...ROWS]],
  ['no column "volume"', ['ts,open,high,low,close', ...ROWS]],
  ['in another order', ['ts,high,open,low,close,volume', ...ROWS]],
  ['row 2: close is no number: "x"', [NAMES, ROWS[0] ?? '', '60000,1,1,1,x,1']],
  ['row 1: volume is no number: "-1"', [NAMES, '0,1,1,1,1,-1']],
  ['row 1: 5 fields in the place of 6', [NAMES, '0,1,1,1,1']],
  ['is empty', []],
])('refuses with "%s"', async (text, lines) => {
  await expect(read(lines)).rejects.toThrow(text);
});

test('a file that is not there, or is no packed file', async () => {
  await expect(readBarsFile(join(folder, 'none.csv'))).rejects.toMatchObject({
    code: 'BARS_UNREADABLE',
  });
  writeFileSync(join(folder, 'fake.csv.gz'), 'no gzip');
  await expect(readBarsFile(join(folder, 'fake.csv.gz'))).rejects.toMatchObject({
    code: 'BARS_UNREADABLE',
  });
});

test('bars that are apart as those of no timeframe', () => {
  const apart = { openTime: Float64Array.of(0, 7_000) };
  expect(() => timeframeOf(apart, 'a.csv')).toThrow('a.csv, row 2: 7000 ms after');
  expect(() => timeframeOf({ openTime: Float64Array.of(0) }, 'a.csv')).toThrow(
    'a.csv: fewer than two bars',
  );
});
