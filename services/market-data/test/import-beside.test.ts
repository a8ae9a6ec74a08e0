import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  addDataJob,
  barsBetween,
  claimDataJob,
  type Database,
  type DataJob,
  openDatabase,
  saveBars,
} from '@ballast/db';
import type { Bar, Instrument, Timeframe } from '@ballast/domain';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../tools/stores/test-stores.ts';
import { importFile } from '../src/import/import-work.ts';
import type { Run } from '../src/jobs/job-work.ts';
import { instrumentOf, MIDNIGHT, MINUTE } from './kept-bars.fixture.ts';

const NOW = Date.parse('2026-11-20T00:00Z');
const HEAD = 'ts,open,high,low,close,volume';
const importDir = mkdtempSync(join(tmpdir(), 'ballast-import-'));
let database: TestDatabase;
let db: Database;

beforeAll(async () => {
  database = await createTestDatabase();
  db = openDatabase(database.urls['market-data']);
});
afterAll(async () => {
  await db.close();
  await database.drop();
  rmSync(importDir, { recursive: true });
});

type Asked = { file: string; instrument: Instrument; timeframe?: Timeframe; replace?: boolean };

/** Brings a file as a job that was claimed; gives what became of its own bars. */
async function bring({ file, instrument, timeframe = '1m', replace = false }: Asked) {
  const what = { id: randomUUID(), kind: 'import', origin: 'manual', timeframe } as const;
  const input: DataJob['input'] = { file, ...(replace ? { replace } : {}) };
  const said = { instrument: instrument.id, actor: 'test', reason: 'test' };
  await addDataJob(db, { ...what, ...said, input, fromTime: 0, toTime: 0, barsExpected: 0 }, NOW);
  const job = await claimDataJob(db, what.id, NOW);
  if (job === null) throw new Error('not claimed');
  const brought = { bars: 0, replaced: 0, kept: 0 };
  const run: Run = {
    ...{ job, instrument, signal: new AbortController().signal, now: () => NOW },
    progress: async ({ barsStored, barsReplaced, barsKept }) => {
      brought.bars += barsStored;
      brought.replaced += barsReplaced;
      brought.kept += barsKept;
    },
  };
  await importFile({ db, importDir, isWatched: () => false }, run);
  return brought;
}

function put(name: string, text: string): string {
  writeFileSync(join(importDir, name), text);
  return name;
}

const line = (minute: number, rest = '1.5,2,1,1.75,10'): string =>
  `${MIDNIGHT + minute * MINUTE},${rest}`;
const minutes = (from: number, to: number, rest?: string): string[] =>
  Array.from({ length: to - from }, (_, index) => line(from + index, rest));

test('better bars are kept, row by row, and replaced only where the operator says so', async () => {
  const instrument = instrumentOf('BETTER');
  const bar = (minute: number, change: Partial<Bar>): Bar => ({
    ...{ instrument: instrument.id, timeframe: '1m', openTime: MIDNIGHT + minute * MINUTE },
    ...{ open: '5', high: '9', low: '5', close: '5', volume: '1', tradeCount: 1 },
    ...{ state: 'closed', source: 'bybit', builtFrom: 'trades', missing: 0 },
    ...change,
  });
  await saveBars(db, [bar(1, {}), bar(2, { builtFrom: 'venue' }), bar(3, { state: 'corrected' })]);
  const file = put('better.csv', [HEAD, ...minutes(0, 10)].join('\n'));
  const sources = async () => {
    const range = { from: 0, to: NOW };
    return (await barsBetween(db, instrument.id, '1m', range)).map(({ source }) => source);
  };
  expect(await bring({ file, instrument })).toMatchObject({ bars: 7, replaced: 0, kept: 3 });
  const kept = ['import', 'bybit', 'bybit', 'bybit', ...minutes(4, 10).map(() => 'import')];
  expect(await sources()).toEqual(kept);
  const again = await bring({ file, instrument, replace: true });
  expect(again).toMatchObject({ bars: 10, replaced: 3, kept: 0 });
  expect(await sources()).toEqual(kept.map(() => 'import'));
  const [five] = await barsBetween(db, instrument.id, '5m', { from: 0, to: NOW });
  expect(five).toMatchObject({ high: '2', missing: 0 });
});

const ZEROS = '0'.repeat(15);
test.each<[string, string, Timeframe]>([
  ['a volume', `1,1,1,1,9${ZEROS}.5`, '1m'],
  ['a price', `9${ZEROS},9${ZEROS},1,1,1`, '1m'],
  ['a price of wider bars', `9${ZEROS},9${ZEROS},1,1,1`, '5m'],
])('%s too large to stay exact: nothing of the file is stored', async (what, large, timeframe) => {
  const instrument = instrumentOf(`LARGE${what.length}`);
  const rows = [...minutes(0, 1), ...minutes(5, 6), ...minutes(10, 11, large)];
  const file = put('large.csv', [HEAD, ...rows].join('\n'));
  await expect(bring({ file, instrument, timeframe })).rejects.toMatchObject({
    code: 'IMPORT_ROWS',
    message: expect.stringContaining('row 3: NUMBER_TOO_LARGE'),
  });
  expect(await barsBetween(db, instrument.id, timeframe, { from: 0, to: NOW })).toEqual([]);
});

test('nor where only the volume of a week is', async () => {
  const instrument = instrumentOf('LARGEWEEK');
  const file = put('week.csv', [HEAD, ...minutes(0, 3, `1,1,1,1,4${ZEROS}`)].join('\n'));
  await expect(bring({ file, instrument })).rejects.toMatchObject({
    code: 'IMPORT_ROWS',
    message: expect.stringContaining('row 3: NUMBER_TOO_LARGE'),
  });
  expect(await barsBetween(db, instrument.id, '1m', { from: 0, to: NOW })).toEqual([]);
});

test.each([
  ['refused', '5000', '15000'],
  ['summed inexactly', '0.0899999999999999', '0.2699999999999997'],
])('hours are not %s for the digits of another week', async (_, volume, sum) => {
  const instrument = instrumentOf(`DIGITS${volume.length}`);
  const hours = (from: number, traded: string) =>
    [0, 1, 2].map((at) => line((from + at) * 60, `1,1,1,1,${traded}`));
  const rows = [...hours(0, '0.01000000000000001'), ...hours(7 * 24, volume)];
  const file = put('digits.csv', [HEAD, ...rows].join('\n'));
  await bring({ file, instrument, timeframe: '1h' });
  for (const wide of ['4h', '1d', '1w'] as const) {
    const bars = await barsBetween(db, instrument.id, wide, { from: 0, to: NOW });
    expect(bars.map((bar) => bar.volume)).toEqual(['0.03000000000000003', sum]);
  }
});

test('what fails beside bars that were there says which rows are stored', async () => {
  const instrument = instrumentOf('LARGEBESIDE');
  const file = put('beside.csv', [HEAD, ...minutes(0, 3, '1,1,1,1,4000000000')].join('\n'));
  const fine: Bar = {
    ...{ instrument: instrument.id, timeframe: '1m', openTime: MIDNIGHT + 5 * MINUTE },
    ...{ open: '5', high: '9', low: '5', close: '5', volume: '0.0000001', tradeCount: 1 },
    ...{ state: 'closed', source: 'bybit', builtFrom: 'trades', missing: 0 },
  };
  await saveBars(db, [fine]);
  await expect(bring({ file, instrument })).rejects.toMatchObject({
    code: 'BAR_OFF_UNIT',
    message: expect.stringContaining('rows 1 to 3 of 3 are stored'),
  });
});

test('wider bars too are stored page by page: prices go on', async () => {
  const instrument = instrumentOf('PAGES');
  const fives = Array.from({ length: 30_006 }, (_, at) => line((at - 30_006) * 5));
  const file = put('pages.csv', [HEAD, ...fives].join('\n'));
  await bring({ file, instrument, timeframe: '5m' });
  // What was stored in one go has one transaction.
  const { rows } = await db.pool.query<{ timeframe: string; bars: string }>(
    `SELECT timeframe, count(*) AS bars FROM bars
     WHERE instrument = $1 AND timeframe IN ('5m', '15m')
     GROUP BY timeframe, xmin::text ORDER BY timeframe, bars DESC`,
    [instrument.id],
  );
  expect(rows.map(({ timeframe, bars }) => `${timeframe} ${bars}`)).toEqual([
    ...['15m 10000', '15m 2', '5m 10000', '5m 10000', '5m 10000', '5m 6'],
  ]);
});
