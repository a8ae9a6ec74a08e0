import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expectedOpenTimes, parseInstrumentId, sessionOfDay } from '@ballast/domain';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fundingFrom, regimeFrom } from './known-files.ts';
import { runTrial } from './report.ts';
import type { SweepRow } from './sweep/sweep-row.ts';
import { tryAll } from './sweep/worker-pool.ts';
import { optionsOf, prepareTrial } from './trial.ts';
import { BEGIN, freeRequest, HOUR, NAMES, walkedRows, writeBars } from './walked-bars.fixture.ts';

const DAY = 24 * HOUR;
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'ballast-bad-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const ROWS = walkedRows({ seed: 'bad', bars: 300 });
const cells = (row: number): string[] => (ROWS[row] ?? '').split(',');
const changed = (row: number, column: number, value: string): string[] =>
  ROWS.with(row, cells(row).with(column, value).join(','));

async function run(rows: readonly string[], change: object = {}) {
  const path = join(folder, 'BTCUSDT_1h.csv');
  writeBars(path, rows);
  const request = { ...freeRequest(path), ...change };
  return runTrial(request, await prepareTrial(request));
}

test('sound bars run without a warning, every row of them', async () => {
  const report = await run(ROWS);
  expect(report).toMatchObject({ data: { bars: 300 }, warnings: [] });
});

test.each([
  ['unsorted', ROWS.toSpliced(9, 2, ROWS[10] ?? '', ROWS[9] ?? ''), 'row 11: a ts before that of'],
  ['a row twice', ROWS.toSpliced(10, 0, ROWS[9] ?? ''), 'row 11: the same ts as the row before'],
  ['NaN', changed(4, 2, 'NaN'), 'row 5: high is no number: "NaN"'],
  ['an empty field', changed(4, 5, ''), 'row 5: volume is no number: ""'],
  ['a number without end', changed(4, 5, '9'.repeat(400)), 'row 5: a number that is too large'],
  ['a high below the close', changed(4, 2, '1'), 'row 5: open or close lie outside'],
  ['a field too many', ROWS.with(4, `${ROWS[4]},7`), 'row 5: 7 fields in the place of 6'],
])('%s: the file, the row and the reason', async (_, rows, words) => {
  await expect(run(rows)).rejects.toMatchObject({
    code: 'BARS_ROW',
    message: expect.stringContaining(`${join(folder, 'BTCUSDT_1h.csv')}, ${words}`),
  });
});

test.each([
  ['in microseconds', Date.UTC(2025, 0, 20) * 1_000],
  ['mistyped by a digit or two', 8_640_000_000_000_000],
])('a time %s is told with its row, and nothing is counted up to it', async (_, ts) => {
  await expect(run(changed(299, 0, String(ts)))).rejects.toMatchObject({
    ...{ code: 'BARS_ROW', message: expect.stringContaining(`row 300: ts ${ts} is no time`) },
  });
});

test('a time between two bars is told with its row', async () => {
  const path = join(folder, 'BTCUSDT_1h.csv');
  await expect(run(changed(4, 0, String(Number(cells(4)[0]) + 1_234)))).rejects.toMatchObject({
    code: 'BARS_TIMEFRAME',
    message: expect.stringContaining(`${path}, row 6: 3598766 ms after the row before it`),
  });
});

test('two files of one instrument are refused: one account holds it once', async () => {
  const path = join(folder, 'BTCUSDT_again.csv');
  writeBars(path, ROWS);
  const [bars] = freeRequest(path).bars;
  const change = { bars: [bars, { ...bars, file: join(folder, 'BTCUSDT_1h.csv') }] };
  await expect(run(ROWS, change)).rejects.toMatchObject({ code: 'INSTRUMENT_TWICE' });
});

test('bars that are to say what came first inside of a bar must be narrower', async () => {
  const finer = join(folder, 'BTC_wide.csv');
  writeBars(finer, ROWS);
  await expect(run(ROWS, { finer })).rejects.toMatchObject({ code: 'FINER_TIMEFRAME' });
});

test('what is known beside the bars is part of what the data are', async () => {
  const funding = join(folder, 'BTCUSDT_funding.csv');
  const hashes: string[] = [];
  for (const rate of ['0.0001', '0.0002']) {
    writeFileSync(funding, `ts,funding_rate\n${cells(100)[0]},${rate}\n`);
    hashes.push((await run(ROWS, { funding })).data.hash);
  }
  expect(new Set([...hashes, (await run(ROWS)).data.hash]).size).toBe(3);
});

test('a price of nothing is told with its row', async () => {
  const zero = ROWS.with(4, `${cells(4)[0]},0,0,0,0,1`);
  await expect(run(zero)).rejects.toMatchObject({ code: 'BARS_FAULTY' });
});

test('an unknown column, and one that is missing, are named', async () => {
  const path = join(folder, 'ETHUSDT_1h.csv');
  writeFileSync(path, `${NAMES},vwap\n${ROWS.map((row) => `${row},1`).join('\n')}\n`);
  await expect(prepareTrial(freeRequest(path))).rejects.toMatchObject({
    ...{ code: 'BARS_COLUMN', message: expect.stringContaining('column "vwap" is not known') },
  });
});

test('bars that are missing are a warning with their place, and so is another width', async () => {
  const report = await run(ROWS.toSpliced(100, 5));
  expect(report.data.bars).toBe(295);
  expect(report.warnings).toEqual([
    'bybit.linear:BTCUSDT: 5 bars are missing from ' +
      '2025-01-05T04:00:00.000Z to 2025-01-05T08:00:00.000Z, after which the strategy begins anew',
  ]);
  const other = await run(ROWS, { strategy: 'btc-swing' });
  expect(other.warnings).toEqual(['btc-swing is made for bars of 4h; these are of 1h']);
});

test.each(['1d', '4h'] as const)(
  'bars of a stock, %s, that open by the clock of New York are whole across its changes',
  async (timeframe) => {
    const file = join(folder, `AAPL_${timeframe}.csv`);
    const stretch = { from: Date.UTC(2024, 0, 1), to: Date.UTC(2025, 0, 1) };
    const opens = expectedOpenTimes('1d', 'us-equity', stretch).flatMap((day) => {
      const open = sessionOfDay('us-equity', day / DAY)?.open ?? NaN;
      return timeframe === '1d' ? [open - 9.5 * HOUR] : [open, open + 4 * HOUR];
    });
    const rows = walkedRows({ seed: 'stock', bars: opens.length }).map((row, at) =>
      row.replace(/^\d+/, String(opens[at])),
    );
    const bars = [{ file, instrument: 'alpaca.stock:AAPL' }];
    const warned = async (written: readonly string[]): Promise<readonly string[]> => {
      writeBars(file, written);
      const request = { ...freeRequest(file), bars };
      return runTrial(request, await prepareTrial(request)).warnings.slice(1);
    };
    expect(await warned(rows)).toEqual([]);
    expect(await warned(rows.toSpliced(40, 1))).toEqual([
      expect.stringMatching(/^alpaca.stock:AAPL: 1 bars are missing from 2024-/),
    ]);
  },
);

test('a run that goes on where live the brake had ended it says when that would have been', async () => {
  const { figures, warnings } = await run(ROWS, { takerFee: '0.9' });
  expect(figures.maximumDrawdown.value).toBeLessThan(-0.25);
  expect(warnings).toEqual([
    expect.stringMatching(/^the equity is [\d.]+ of a peak of 100000.00 in the bar of 2025-01-/),
  ]);
  expect((await run(ROWS, { takerFee: '0.01' })).warnings).toEqual([]);
});

test('bars that no finer one lies in are counted', async () => {
  const finer = join(folder, 'finer_15m.csv');
  const quarters = (from: number, count: number): string[] =>
    Array.from({ length: count }, (_, at) =>
      [BEGIN + from * HOUR + (at * HOUR) / 4, 10_000, 10_000, 10_000, 10_000, 1].join(','),
    );
  writeBars(finer, quarters(100, 40));
  const some = await run(ROWS, { finer });
  const told = 'bybit.linear:BTCUSDT: no finer bar says what came first in';
  expect(some.warnings).toEqual([`${told} 290 of 300 bars`]);
  writeBars(finer, quarters(300, 40));
  expect((await run(ROWS, { finer })).warnings).toEqual([`${told} 300 of 300 bars`]);
});

test('instruments that are traded by other rules are not run on one account', async () => {
  const path = join(folder, 'BTCUSDT_1h.csv');
  writeBars(path, ROWS);
  const request = freeRequest(path);
  const { series } = await prepareTrial(request);
  const spot = series.map((one) => ({
    ...one,
    instrument: { ...one.instrument, id: parseInstrumentId('bybit.spot:BTCUSDT') },
  }));
  expect(() => optionsOf(request, 'USDT', [...series, ...spot])).toThrow(
    expect.objectContaining({
      code: 'RIGHTS_DIFFER',
      message: expect.stringContaining('bybit.spot:BTCUSDT'),
    }),
  );
});

test('a file that is changed while a sweep runs over it changes no row', async () => {
  const path = join(folder, 'BTCUSDT_1h.csv');
  writeBars(path, ROWS);
  const request = freeRequest(path);
  const trial = await prepareTrial(request);
  const rows: SweepRow[] = [];
  const { signal } = new AbortController();
  const parts = { trial, workers: 1, signal, onRow: (row: SweepRow) => void rows.push(row) };
  await tryAll([{ index: 0, parameters: {} }], parts);
  writeBars(path, ROWS.slice(0, 299));
  await tryAll([{ index: 0, parameters: {} }], parts);
  expect(rows).toMatchObject([{ ok: true }, { ok: true }]);
  expect(rows[1]).toEqual(rows[0]);
});

test('a history that is shorter than the warm-up is refused with both numbers', async () => {
  await expect(run(ROWS.slice(0, 30))).rejects.toMatchObject({
    ...{ code: 'BARS_TOO_FEW', message: expect.stringMatching(/has 30 bars, and \d+ are seen/) },
  });
});

test.each([
  [{ fastPeriod: 1 }, 'fastPeriod'],
  [{ fastPeriod: 40, slowPeriod: 20 }, 'fastPeriod'],
  [{ fastperiod: 5 }, 'fastperiod'],
  [{ fastPeriod: 'x' }, 'fastPeriod'],
])('parameters %o are refused by name', async (parameters, name) => {
  await expect(run(ROWS, { parameters })).rejects.toMatchObject({
    ...{ code: 'PARAMETERS_INVALID', message: expect.stringContaining(name) },
  });
});

test('funding is read by its columns, and a row that does not rise is told', async () => {
  const path = join(folder, 'funding.csv');
  writeFileSync(path, 'symbol,ts,funding_rate\nA,1,0.1\nA,9,-0.2\n');
  const { of, knownAt, value } = await fundingFrom(path);
  expect([of, [...knownAt], [...value]]).toEqual(['fundingRate', [1, 9], [0.1, -0.2]]);
  writeFileSync(path, 'ts,funding_rate\n1,0.1\n1,0.2\n');
  await expect(fundingFrom(path)).rejects.toMatchObject({
    ...{ code: 'FUNDING_ROW', message: `row 2 of ${path}: no rising time with a rate` },
  });
  writeFileSync(path, 'ts,funding_rate\n1,\n');
  await expect(fundingFrom(path)).rejects.toMatchObject({ code: 'FUNDING_ROW' });
  await expect(fundingFrom(`${path}.gone`)).rejects.toMatchObject({
    ...{ code: 'FUNDING_UNREADABLE', message: expect.stringContaining('ENOENT') },
  });
  writeFileSync(path, 'ts,rate\n1,0.1\n');
  await expect(fundingFrom(path)).rejects.toMatchObject({ code: 'FUNDING_COLUMN' });
});

test('the regime is of bars of four hours or a day, and each is known when it closes', async () => {
  const path = join(folder, 'BTC_4h.csv');
  const long = walkedRows({ seed: 'regime', bars: 2_000 });
  const wide = long.map((row, at) => row.replace(/^\d+/, String(at * 14_400_000)));
  writeBars(path, wide);
  const { of, knownAt, value } = await regimeFrom(path);
  expect(of).toBe('regime');
  expect(knownAt).toHaveLength(value.length);
  expect(knownAt.at(-1)).toBe(2_000 * 14_400_000);
  writeBars(path, ROWS);
  await expect(regimeFrom(path)).rejects.toMatchObject({ code: 'BTC_TIMEFRAME' });
});

test('what is known beside the bars for a part of them alone is a warning with its stretch', async () => {
  const iso = (row: number): string => new Date(BEGIN + row * HOUR).toISOString();
  const write = (name: string, head: string, rows: readonly string[]): string => {
    const path = join(folder, name);
    writeFileSync(path, `${[head, ...rows].join('\n')}\n`);
    return path;
  };
  // The regime's first word comes with the 800th bar: here with the 60th hour of those on trial.
  const wide = walkedRows({ seed: 'btc', bars: 860 }).map((row, at) =>
    row.replace(/^\d+/, String(BEGIN + 60 * HOUR + (at - 800) * 4 * HOUR)),
  );
  const rates = Array.from({ length: 38 }, (_, at) => `${BEGIN + at * 8 * HOUR},0.0001`);
  const told = async (btcRows: readonly string[], fundingRows: readonly string[]) => {
    const btc = write('BTC_4h_part.csv', NAMES, btcRows);
    const funding = write('part-funding.csv', 'ts,funding_rate', fundingRows);
    const gates = { longRegimes: ['bull'] };
    // Whoever does not go by the regime is not told of it.
    const free = await run(ROWS, { btc, funding });
    expect(free.warnings.filter((text) => text.includes('regime'))).toEqual([]);
    return (await run(ROWS, { btc, funding, gates })).warnings;
  };
  const begins = `no regime of bitcoin is known from ${iso(0)} to ${iso(60)}`;
  expect(await told(wide, rates)).toEqual([`${begins}: limits by regime refuse entries`]);
  const ends = ': limits by regime refuse entries once it is older than regimeAgeMaxMs';
  const [lost, late] = [wide.toSpliced(820, 10), wide.slice(0, 850)];
  expect(await told(lost, rates.toSpliced(20, 1))).toEqual([
    `${begins}: limits by regime refuse entries`,
    `no regime of bitcoin is known from ${iso(140)} to ${iso(184)}${ends}`,
    `bybit.linear:BTCUSDT: no settlement of funding is known from ${iso(152)} to ${iso(168)}, none is paid`,
  ]);
  expect(await told(late, rates.slice(0, 30))).toEqual([
    `${begins}: limits by regime refuse entries`,
    `no regime of bitcoin is known from ${iso(260)} to ${iso(299)}${ends}`,
    `bybit.linear:BTCUSDT: no settlement of funding is known from ${iso(232)} to ${iso(299)}, none is paid`,
  ]);
  const strategy = 'btc-trend-hybrid';
  const btc = write('BTC_4h_part.csv', NAMES, late);
  expect((await run(ROWS, { btc, strategy })).warnings).toEqual([
    begins,
    `no regime of bitcoin is known from ${iso(260)} to ${iso(299)}: ${strategy} goes by the one before it`,
  ]);
  // Of bars of a day there is a word each day.
  const daily = walkedRows({ seed: 'btc', bars: 860 }).map((row, at) =>
    row.replace(/^\d+/, String(BEGIN + (at - 805) * 24 * HOUR)),
  );
  const whole = write('BTC_1d_part.csv', NAMES, daily);
  expect((await run(ROWS, { btc: whole, strategy })).warnings).toEqual([]);
});
