import { positions, recordLook, removeFromUniverse } from '@ballast/db';
import { instrumentId } from '@ballast/domain';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Fixture, startDashboard } from './dashboard.fixture.ts';
import { seedCoverage } from './sample/coverage.ts';

let fixture: Fixture;
let headers: Record<string, string>;
beforeAll(async () => {
  fixture = await startDashboard();
  await seedCoverage(fixture.owner, Date.now(), 60);
  headers = await fixture.login();
});
afterAll(() => fixture.stop());

type Cell = { colour: string; reason: string; missing: number; checkedUntil: number | null };
type Row = { instrument: string; cells: Cell[] };
type Answer<T> = { result?: { data: T }; error?: { data: { code: string } } };
type Grid = {
  at: number;
  rows: Row[];
  shown: number;
  found: number;
  listed: number;
  totals: Record<string, number>;
  unknown: string[];
};
type Gaps = {
  cell: Cell;
  gaps: { from: number; to: number; bars: number; foundAt: number; state: string }[];
  more: number;
};

const ask = async <T>(name: string, input: object): Promise<Answer<T>> =>
  (await fixture.query(name, input, headers)) as Answer<T>;
async function grid(input: object): Promise<Grid> {
  const { result } = await ask<Grid>('data.coverage', input);
  if (result === undefined) throw new Error('no grid');
  return result.data;
}
async function gaps(symbol: string, timeframe: string): Promise<Gaps> {
  const input = { instrument: `bybit.linear:${symbol}`, timeframe, days: 7 };
  const { result } = await ask<Gaps>('data.gaps', input);
  if (result === undefined) throw new Error('no gaps');
  return result.data;
}

test('every listed instrument has its seven cells, in the colour of its worst bars', async () => {
  const colours = async (symbol: string) =>
    (await grid({ days: 15, search: `:${symbol}` })).rows[0]?.cells.map(({ reason }) => reason);
  const whole = Array.from({ length: 7 }, () => 'WHOLE');
  expect(await colours('BTCUSDT')).toEqual(whole);
  expect(await colours('ETHUSDT')).toEqual(['MISSING_LATELY', 'MISSING_LATELY', ...whole.slice(2)]);
  expect((await colours('SOLUSDT'))?.[1]).toBe('SOME_MISSING');
  expect((await colours('XRPUSDT'))?.[0]).toBe('EMPTY_CONFIRMED');
  expect((await colours('DOGEUSDT'))?.[3]).toBe('MANY_MISSING');
  expect((await colours('LINKUSDT'))?.[0]).toBe('LOOK_LATE');
  expect((await colours('1000PEPEUSDT'))?.slice(3)).toEqual(
    whole.slice(3).map(() => 'NEVER_LOOKED_AT'),
  );
  const { totals } = await grid({ days: 15 });
  const sum = Object.values(totals).reduce((all, one) => all + one, 0);
  expect(sum).toBe(67 * 7);
  expect(totals).toMatchObject({ red: 7, none: 0 });
  // A week is longer than a day, so none can lie in it as a whole.
  expect((await grid({ days: 1 })).rows.at(-1)?.cells[6]?.reason).toBe('NONE_DUE');
});

test('an answer has one page of rows, of those that were asked for', async () => {
  const first = await grid({ days: 7 });
  const second = await grid({ days: 7, page: 1 });
  expect([first.rows.length, second.rows.length, first.listed]).toEqual([50, 17, 67]);
  const all = [...first.rows, ...second.rows].map(({ instrument }) => instrument);
  expect(new Set(all).size).toBe(67);
  const some = await grid({ days: 7, search: 'ethusd' });
  expect(some.rows.map(({ instrument }) => instrument)).toEqual(['bybit.linear:ETHUSDT']);
  const faulty = await grid({ days: 7, search: 'COIN', show: 'faulty' });
  expect(faulty).toMatchObject({ rows: [], shown: 0, found: 60 });
});

test('a cell has its gaps, the newest first, and how far the looks have come', async () => {
  const { gaps: list, cell, more } = await gaps('ETHUSDT', '1m');
  expect(list.map(({ bars, state, from, to }) => [bars, state, to - from])).toEqual([
    [10, 'missing', 600_000],
    [1, 'missing', 60_000],
  ]);
  expect(cell).toMatchObject({ colour: 'red', missing: 11 });
  expect(Date.now() - (cell.checkedUntil ?? 0)).toBeLessThan(120_000);
  expect(more).toBe(0);
  const quiet = await gaps('XRPUSDT', '1m');
  expect(quiet.gaps).toMatchObject([{ state: 'empty', bars: 4 }]);
  expect(await gaps('1000PEPEUSDT', '1d')).toMatchObject({
    ...{ cell: { reason: 'NEVER_LOOKED_AT', checkedUntil: null }, gaps: [] },
  });
});

test('of many gaps the newest are told, and how many there are besides', async () => {
  const at = Date.now() - (Date.now() % 60_000);
  const every = Array.from({ length: 230 }, (_, index) => at - (250 - index) * 120_000);
  await recordLook(fixture.owner, {
    ...{ instrument: 'bybit.linear:COIN001USDT', timeframe: '1m', now: at },
    ...{ fromTime: at, checkedUntil: at },
    gaps: every.map((time) => ({ from: time, to: time, bars: 1 })),
  });
  const { gaps: list, more } = await gaps('COIN001USDT', '1m');
  expect([list.length, more, list[0]?.from]).toEqual([200, 30, every.at(-1)]);
});

test.each<[string, string, object]>([
  ['a window of no day', 'BAD_REQUEST', { days: 0 }],
  ['a window of more than a year', 'BAD_REQUEST', { days: 366 }],
  ['half a day', 'BAD_REQUEST', { days: 0.5 }],
  ['a search as long as a page', 'BAD_REQUEST', { days: 1, search: 'x'.repeat(65) }],
])('%s is refused', async (_what, code, input) => {
  expect((await ask('data.coverage', input)).error?.data.code).toBe(code);
});

test.each<[string, string, object]>([
  ['an instrument that is not listed', 'NOT_FOUND', { instrument: 'bybit.linear:NOUSDT' }],
  ['a timeframe that is none', 'BAD_REQUEST', { timeframe: '2m' }],
  ['a window of more than a year', 'BAD_REQUEST', { days: 366 }],
])('gaps of %s are refused', async (_what, code, part) => {
  const input = { instrument: 'bybit.linear:BTCUSDT', timeframe: '1m', days: 1, ...part };
  expect((await ask('data.gaps', input)).error?.data.code).toBe(code);
});

test('what was removed and is held has its row: its bars are looked for, and alarmed of', async () => {
  const id = instrumentId('bybit', 'linear', 'COIN002USDT');
  const { owner } = fixture;
  // All that look at one window share a reading.
  const rowsOf = async (days: number) => (await grid({ days, search: 'COIN002' })).rows.length;
  const stamp = { at: Date.now(), actor: 'test', reason: 'test' };
  await owner.transaction((tx) => removeFromUniverse(tx, [id], stamp));
  expect(await rowsOf(3)).toBe(0);
  const position = { account: 'paper', instrument: id, cost: 1n, currency: 'USDT' };
  const sums = { realisedCum: 0n, feesCum: {}, updatedAt: 1 };
  await owner.insert(positions).values({ ...position, ...sums, quantity: 1n });
  expect(await rowsOf(4)).toBe(1);
});

test('what is read here the dashboard’s role cannot write', async () => {
  const { db } = fixture.dashboard;
  const look = { instrument: 'bybit.linear:BTCUSDT', timeframe: '1m' as const, now: 1 };
  const gap = { from: 0, to: 0, bars: 1 };
  await expect(
    recordLook(db, { ...look, fromTime: 0, checkedUntil: 0, gaps: [gap] }),
  ).rejects.toMatchObject({ cause: { message: expect.stringMatching(/read-only|denied/) } });
});

test('looks at what is not listed any more are named', async () => {
  await recordLook(fixture.owner, {
    ...{ instrument: 'bybit.linear:GONEUSDT', timeframe: '1m', now: 1 },
    ...{ fromTime: 0, checkedUntil: 60_000, gaps: [] },
  });
  expect((await grid({ days: 9 })).unknown).toEqual(['bybit.linear:GONEUSDT 1m']);
});
