import { randomUUID } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync, gzipSync, zstdCompressSync } from 'node:zlib';
import {
  addDataJob,
  barsBetween,
  claimDataJob,
  type Database,
  type DataJob,
  findDataJob,
  loadGaps,
  openDatabase,
  recentBars,
  saveBars,
} from '@ballast/db';
import {
  type Bar,
  type Instrument,
  instrumentId,
  parseQuantity,
  parseScaled,
  type Timeframe,
  type TradingSession,
} from '@ballast/domain';
import { parquetWriteFile } from 'hyparquet-writer';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../tools/stores/test-stores.ts';
import { importFile } from '../src/import/import-work.ts';
import { readBars } from '../src/import/read-bars.ts';
import { importedAs } from '../src/import/wide-bars.ts';
import { JobStopped, type Run } from '../src/jobs/job-work.ts';

const DATA = new URL('../../../../shared/data/', import.meta.url);
const absent = !existsSync(DATA);
const MINUTE = 60_000;
/** A larger file shows nothing more of the other form. */
const PARQUET_ROWS_MAX = 20_000;
const MIDNIGHT = Date.parse('2026-11-02T00:00Z');
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

function instrumentOf(name: string, session: TradingSession = 'continuous'): Instrument {
  const symbol = name.toUpperCase().replaceAll(/[^A-Z0-9]/g, '-');
  const id = instrumentId('test', session === 'continuous' ? 'spot' : 'stock', symbol.slice(0, 30));
  const quantities = { minQuantity: parseQuantity('1'), maxQuantity: parseQuantity('9') };
  const steps = { tickSize: parseScaled('0.01'), lotSize: parseScaled('0.001') };
  return {
    ...{ id, baseCurrency: 'BTC', quoteCurrency: 'USDT', ...quantities, minNotional: 0n },
    ...{ ...steps, multiplier: parseScaled('1'), sector: null, session },
  };
}

type Asked = { file: string; instrument: Instrument; timeframe?: Timeframe };

/** As a job that was claimed. */
async function claimed({ file, instrument, timeframe = '1m' }: Asked): Promise<DataJob> {
  const what = { id: randomUUID(), kind: 'import', origin: 'manual', timeframe } as const;
  const stretch = { fromTime: 0, toTime: 0, barsExpected: 0, input: { file } };
  const said = { instrument: instrument.id, actor: 'test', reason: 'test' };
  await addDataJob(db, { ...what, ...stretch, ...said }, NOW);
  const job = await claimDataJob(db, what.id, NOW);
  if (job === null) throw new Error('not claimed');
  return job;
}

/** Brings a file; gives how many bars it stored by itself. */
async function bring(asked: Asked, also: Partial<Run> = {}): Promise<{ id: string; bars: number }> {
  const job = await claimed(asked);
  const { signal } = new AbortController();
  let bars = 0;
  const run: Run = {
    ...{ job, instrument: asked.instrument, signal, now: () => NOW },
    progress: async ({ barsStored }) => {
      bars += barsStored;
    },
    ...also,
  };
  await importFile({ db, importDir, isWatched: () => false }, run);
  return { id: job.id, bars };
}

function put(name: string, text: string | Buffer): string {
  writeFileSync(join(importDir, name), text);
  return name;
}

async function gapBars(instrument: Instrument, timeframe: Timeframe): Promise<number> {
  const gaps = await loadGaps(db, { instrument: instrument.id, timeframe, from: 0, to: NOW });
  return gaps.reduce((sum, { bars }) => sum + bars, 0);
}

const line = (minute: number, rest = '1.5,2,1,1.75,10'): string =>
  `${MIDNIGHT + minute * MINUTE},${rest}`;
const minutes = (from: number, to: number, rest?: string): string[] =>
  Array.from({ length: to - from }, (_, index) => line(from + index, rest));

/** What the collection's own list counted in a file. */
function counted(file: string): { rows: number; missing: number } {
  const [head = '', ...lines] = readFileSync(new URL('MANIFEST.csv', DATA), 'utf8').split('\n');
  const found = lines.find((one) => one.startsWith(`${file},`))?.split(',') ?? [];
  const of = (name: string): number => Number(found[head.split(',').indexOf(name)]);
  return { rows: of('rows'), missing: of('missing_bars') };
}

function copied(file: string): string {
  const name = basename(file);
  copyFileSync(fileURLToPath(new URL(file, DATA)), join(importDir, name));
  return name;
}

/** The same rows as Parquet: times as timestamps, numbers as floating point. */
function asParquet(file: string): string {
  const text = gunzipSync(readFileSync(new URL(file, DATA))).toString();
  const rows = text.trim().split('\n').slice(1);
  const fields = rows.map((row) => row.split(','));
  const column = (index: number): number[] => fields.map((field) => Number(field[index]));
  const name = basename(file).replace('.csv.gz', '.parquet');
  parquetWriteFile({
    filename: join(importDir, name),
    codec: 'ZSTD',
    compressors: { ZSTD: (input) => zstdCompressSync(input) },
    columnData: [
      { name: 'ts', data: column(0).map((ms) => new Date(ms)), type: 'TIMESTAMP' },
      ...['open', 'high', 'low', 'close', 'volume'].map((one, index) => {
        return { name: one, data: column(index + 1), type: 'DOUBLE' } as const;
      }),
    ],
  });
  return name;
}

/** The list looks inside each day alone: bars that lack at its begin or end it does not count. */
test.skipIf(absent).each([
  ['crypto/bybit-linear/1m/ETHUSDT_1m_2025.csv.gz', '1m', 'continuous', 0],
  ['crypto/bybit-spot/gappy/BTCUSDT_15m_gappy.csv.gz', '15m', 'continuous', 0],
  ['equities/us-1m-2026/AAPL_1m.csv.gz', '1m', 'us-equity', 0],
  ['equities/us-5m-2026/MSFT_5m.csv.gz', '5m', 'us-equity', 65 + 54],
] as const)(
  '%s has the gaps that its list says, and no others (needs ../shared/data)',
  async (file, timeframe, session, atDayEnds) => {
    const { rows, missing } = counted(file);
    const ofCsv = instrumentOf(basename(file), session);
    const csv = await bring({ file: copied(file), instrument: ofCsv, timeframe });
    expect(csv.bars).toBe(rows);
    expect(await gapBars(ofCsv, timeframe)).toBe(missing + atDayEnds);
    // A wide bar says how many of its minutes are not there.
    const weeks = await recentBars(db, ofCsv.id, '1w', 1_000);
    const lacking = weeks.slice(1, -1).filter((week) => week.missing > 0);
    expect(lacking.length > 0).toBe(missing + atDayEnds > 0 && weeks.length > 2);

    if (rows > PARQUET_ROWS_MAX) return;
    const ofParquet = instrumentOf(`P${basename(file)}`, session);
    const parquet = await bring({ file: asParquet(file), instrument: ofParquet, timeframe });
    expect(parquet.bars).toBe(rows);
    expect(await gapBars(ofParquet, timeframe)).toBe(missing + atDayEnds);
    const range = { from: 0, to: NOW };
    const numbers = ({ openTime, open, high, low, close, volume, missing: lack }: Bar) =>
      [openTime, ...[open, high, low, close, volume].map(Number), lack].join(' ');
    for (const wide of [timeframe, '1w'] as const) {
      const [a, b] = await Promise.all(
        [ofCsv, ofParquet].map(({ id }) => barsBetween(db, id, wide, range)),
      );
      expect(b?.map(numbers)).toEqual(a?.map(numbers));
    }
  },
);

test('days of more than ten years are one file', async () => {
  const instrument = instrumentOf('DAYS');
  const day = 1_440 * MINUTE;
  const rows = Array.from({ length: 4_600 }, (_, index) => line((index - 4_600) * 1_440));
  const { bars } = await bring({
    ...{ file: put('days.csv', [HEAD, ...rows].join('\n')), instrument },
    timeframe: '1d',
  });
  expect(bars).toBe(4_600);
  const range = { from: MIDNIGHT - 4_600 * day, to: NOW };
  expect(await barsBetween(db, instrument.id, '1d', range)).toHaveLength(4_600);
});

test('a file brought twice is there once, and its gaps too', async () => {
  const instrument = instrumentOf('TWICE');
  const file = put('twice.csv', [HEAD, ...minutes(0, 90), ...minutes(110, 240)].join('\n'));
  await bring({ file, instrument });
  await bring({ file, instrument });
  expect(await barsBetween(db, instrument.id, '1m', { from: 0, to: NOW })).toHaveLength(220);
  expect(await gapBars(instrument, '1m')).toBe(20);
  expect(await gapBars(instrument, '5m')).toBe(4);
  const hours = await barsBetween(db, instrument.id, '1h', { from: 0, to: NOW });
  expect(hours.map(({ missing, source }) => [missing, source])).toEqual(
    [0, 20, 0, 0].map((missing) => [missing, 'import']),
  );
});

test('an earlier file makes its own time wanted, and not what lies between', async () => {
  const instrument = instrumentOf('EARLIER');
  const late = put('late.csv', [HEAD, ...minutes(600, 660)].join('\n'));
  const early = put('early.csv.gz', gzipSync([HEAD, ...minutes(0, 60)].join('\n')));
  await bring({ file: late, instrument });
  await bring({ file: early, instrument });
  const gaps = await loadGaps(db, { instrument: instrument.id, timeframe: '1m', from: 0, to: NOW });
  expect(
    gaps.map(({ fromTime, bars, outcome }) => [(fromTime - MIDNIGHT) / MINUTE, bars, outcome]),
  ).toEqual([[60, 540, 'unwanted']]);
});

test("a wide bar that knows more minutes than the file is not replaced by the file's", async () => {
  const instrument = instrumentOf('EDGES');
  const bar = (minute: number): Bar => ({
    ...{ instrument: instrument.id, timeframe: '1m', openTime: MIDNIGHT + minute * MINUTE },
    ...{ open: '5', high: '9', low: '5', close: '5', volume: '1', tradeCount: 1 },
    ...{ state: 'closed', source: 'bybit', builtFrom: 'trades', missing: 0 },
  });
  await saveBars(
    db,
    Array.from({ length: 30 }, (_, index) => bar(30 + index)),
  );
  await bring({ file: put('half.csv', [HEAD, ...minutes(0, 30)].join('\n')), instrument });
  const [hour] = await barsBetween(db, instrument.id, '1h', { from: 0, to: NOW });
  expect(hour).toMatchObject({ missing: 0, open: '1.5', high: '9', close: '5' });
});

test('nor one of another source by that of a file of wider bars', async () => {
  const instrument = instrumentOf('WIDER');
  const hour: Bar = {
    ...{ instrument: instrument.id, timeframe: '1h', openTime: MIDNIGHT },
    ...{ open: '5', high: '9', low: '5', close: '5', volume: '1', tradeCount: 1 },
    ...{ state: 'backfilled', source: 'bybit', builtFrom: 'venue', missing: 0 },
  };
  await saveBars(db, [hour]);
  const rows = [0, 5, 10, 60, 65].map((minute) => line(minute));
  await bring({ file: put('five.csv', [HEAD, ...rows].join('\n')), instrument, timeframe: '5m' });
  const hours = await barsBetween(db, instrument.id, '1h', { from: 0, to: NOW });
  expect(hours.map(({ source, missing, high }) => [source, missing, high])).toEqual([
    ['bybit', 0, '9'],
    ['import', 50, '2'],
  ]);
});

test.each([
  ['a price of nothing', [line(0), line(1, '0,2,1,1,1')], 'row 2: PRICE_INVALID'],
  ['high below low', [line(0, '1,1,2,1,1'), line(1)], 'row 1: HIGH_BELOW_LOW'],
  ['a close outside', [line(0, '1,2,1,3,1')], 'row 1: OUTSIDE_HIGH_LOW'],
  ['a time told twice', [line(0), line(0)], 'row 2: REPEATED'],
  ['a time that falls', [line(5), line(4)], 'row 2: NOT_RISING'],
  ['a time between two bars', [`${MIDNIGHT + 1},1,1,1,1,1`], 'row 1: OUTSIDE_SESSION'],
  ['a bar that has not ended', [`${NOW},1,1,1,1,1`], 'row 1: NOT_ENDED'],
  ['no time', ['yesterday,1,1,1,1,1'], 'row 1: TIME_INVALID'],
  ['a volume below nothing', [line(0, '1,1,1,1,-1')], 'row 1: VOLUME_INVALID'],
])('%s: nothing of the file is stored, and the row is told', async (name, rows, told) => {
  const instrument = instrumentOf(name);
  const file = put('wrong.csv', [HEAD, ...minutes(-9, -1), ...rows].join('\n'));
  const [row = '', code = ''] = told.split(': ');
  const at = `row ${Number(row.slice(4)) + 8}: ${code}`;
  await expect(bring({ file, instrument })).rejects.toMatchObject({
    code: 'IMPORT_ROWS',
    message: expect.stringContaining(at),
  });
  expect(await barsBetween(db, instrument.id, '1m', { from: 0, to: NOW })).toEqual([]);
});

test('a long file in one group comes whole, message by message', async () => {
  const rows = 100_001;
  const column = (of: (row: number) => number) => Array.from({ length: rows }, (_, row) => of(row));
  parquetWriteFile({
    filename: join(importDir, 'one-group.parquet'),
    rowGroupSize: rows,
    columnData: [
      { name: 'ts', data: column((row) => NOW - (rows - row) * MINUTE), type: 'DOUBLE' },
      ...['open', 'high', 'low', 'close', 'volume'].map((name) => {
        return { name, data: column((row) => 100 + (row % 7)), type: 'DOUBLE' } as const;
      }),
    ],
  });
  const bars = await readBars(join(importDir, 'one-group.parquet'), () => null, {
    ...importedAs(instrumentOf('GROUP'), '1m'),
    ...{ builtFrom: 'venue', missing: 0 },
  });
  expect(bars).toHaveLength(rows);
  expect(bars.at(-1)).toMatchObject({
    openTime: NOW - MINUTE,
    close: String(100 + ((rows - 1) % 7)),
    ...{ timeframe: '1m', source: 'import', builtFrom: 'venue' },
  });
});

test('what is no file of bars is refused with the reason', async () => {
  const instrument = instrumentOf('WRONG');
  const outside = put('outside.csv', `${HEAD}\n${line(0)}`);
  await symlink(join(importDir, outside), join(importDir, 'link.csv'));
  for (const [file, code] of [
    ['../outside.csv', 'IMPORT_NAME'],
    ['/etc/passwd', 'IMPORT_NAME'],
    ['.hidden', 'IMPORT_NAME'],
    ['absent.csv', 'IMPORT_NO_FILE'],
    ['link.csv', 'IMPORT_NO_FILE'],
    [put('empty.csv', ''), 'IMPORT_HEADER'],
    [put('head.csv', 'time,o,h,l,c,v\n'), 'IMPORT_HEADER'],
    [put('only-head.csv', `${HEAD}\n`), 'IMPORT_EMPTY'],
    [put('torn.csv.gz', gzipSync(`${HEAD}\n${line(0)}`).subarray(0, 30)), 'IMPORT_UNREADABLE'],
    [put('torn.parquet', Buffer.from('PAR1 and nothing that follows')), 'IMPORT_UNREADABLE'],
  ] as const) {
    await expect(bring({ file, instrument }), file).rejects.toMatchObject({ code });
  }
});

test('a stop leaves what is stored covered; going on with another file is refused', async () => {
  const instrument = instrumentOf('STOPPED');
  const file = put('long.csv', [HEAD, ...minutes(0, 12_000)].join('\n'));
  const job = await claimed({ file, instrument });
  const stop = new AbortController();
  const run: Run = {
    ...{ job, instrument, signal: stop.signal, now: () => NOW },
    progress: async () => {
      stop.abort(new JobStopped('asked'));
      throw new JobStopped('asked');
    },
  };
  await expect(importFile({ db, importDir, isWatched: () => false }, run)).rejects.toThrow(
    'paused',
  );
  const stored = await barsBetween(db, instrument.id, '1m', { from: 0, to: NOW });
  expect(stored).toHaveLength(10_000);
  expect(await gapBars(instrument, '1m')).toBe(0);

  const later = await findDataJob(db, job.id);
  if (later === null) throw new Error('gone');
  put('long.csv', [HEAD, ...minutes(0, 12_001)].join('\n'));
  const again = importFile({ db, importDir, isWatched: () => false }, { ...run, job: later });
  await expect(again).rejects.toThrow('paused');
  await expect(bring({ file, instrument }, { job: later })).rejects.toMatchObject({
    code: 'IMPORT_CHANGED',
  });
  put('long.csv', [HEAD, ...minutes(0, 12_000)].join('\n'));
  const at = { ...later, doneUntil: MIDNIGHT + 10_000 * MINUTE };
  expect(await bring({ file, instrument }, { job: at })).toMatchObject({ bars: 2_000 });
  expect(await gapBars(instrument, '1m')).toBe(0);
  const [week] = await barsBetween(db, instrument.id, '1w', { from: 0, to: NOW });
  expect(week).toMatchObject({ missing: 0, tradeCount: 0 });
});

test.skipIf(absent)(
  'a file with lines that cannot be used is refused as a whole (needs ../shared/data)',
  async () => {
    const instrument = instrumentOf('MSFT', 'us-equity');
    const file = copied('equities/dirty/MSFT_5m_as_found.csv.gz');
    await expect(bring({ file, instrument, timeframe: '5m' })).rejects.toMatchObject({
      code: 'IMPORT_ROWS',
      message: expect.stringMatching(/^row 15913: NOT_RISING .*: NOT_RISING \d+/),
    });
    expect(await barsBetween(db, instrument.id, '5m', { from: 0, to: NOW })).toEqual([]);
  },
);

test('hours of a day that goes on make no bar of that day', async () => {
  const instrument = instrumentOf('running day');
  const hour = 60 * MINUTE;
  const rows = [-1, 0, 1].map((at) => `${NOW + at * hour},1.5,2,1,1.75,10`);
  const file = put('running-day.csv', [HEAD, ...rows].join('\n'));
  await bring({ file, instrument, timeframe: '1h' }, { now: () => NOW + 2 * hour });
  const days = await barsBetween(db, instrument.id, '1d', { from: 0, to: NOW });
  expect(days.map(({ openTime }) => openTime)).toEqual([NOW - 24 * hour]);
  expect(await barsBetween(db, instrument.id, '1w', { from: 0, to: NOW })).toEqual([]);
});
