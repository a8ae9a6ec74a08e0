import { once } from 'node:events';
import { appendFileSync, cpSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import type { SimulatorConfig } from '../src/config.ts';
import { correctPrint } from '../src/print-corrections.ts';
import { moveMarket, turn } from '../src/venue.ts';
import {
  control,
  open,
  type Opened,
  restClient,
  spawn,
  temporaryFolder,
} from './simulator.fixture.ts';

const MINUTE_MS = 60_000;
const STARTED = 1_700_000_045_321;
const FIRST_TICKS = 960_000;

type Row = readonly string[];

/** Oldest first, as the venue tells them. */
async function klines(rest: string, symbol = 'BTCUSDT', interval = '1'): Promise<Row[]> {
  const asked = { category: 'linear', symbol, limit: 1_000 } as const;
  const { result } = await restClient(rest).getKline({ ...asked, interval: interval as '1' });
  return result.list.toReversed();
}

const endedBy = (rows: readonly Row[], at: number): Row[] =>
  rows.filter(([openTime]) => Number(openTime) + MINUTE_MS <= at);

/** What has ended by a moment in the venue's newest minute: it tells all before it as over. */
async function settledKlines(rest: string): Promise<{ asked: number; before: Row[] }> {
  return vi.waitFor(
    async () => {
      const asked = Date.now();
      const rows = await klines(rest);
      expect(Number(rows.at(-1)?.[0])).toBe(asked - (asked % MINUTE_MS));
      return { asked, before: endedBy(rows, asked) };
    },
    { timeout: 5_000 },
  );
}

/** Turns the clock second by second up to `to`, as the simulator's own loop does. */
function runTo({ venue }: Opened, to: number): void {
  for (let now = Date.now(); now <= to; now += 1_000) {
    vi.setSystemTime(now);
    turn(venue, now);
  }
}

function marketOf({ venue }: Opened, symbol: string) {
  const market = venue.markets.get(symbol);
  if (market === undefined) throw new Error(`no ${symbol}`);
  return market;
}

/** What a killed process leaves: the files as they are at this moment. */
function leftBy(folder: string): string {
  const copy = temporaryFolder();
  cpSync(folder, copy, { recursive: true });
  return copy;
}

function openIn(folder: string, given: Partial<SimulatorConfig> = {}): Promise<Opened> {
  return open({ BALLAST_SIMULATOR_DATA_DIR: folder, ...given });
}

/** The wider bars that its minutes make. */
function widened(minutes: readonly Row[], width: number): Row[] {
  const groups = Map.groupBy(minutes, ([openTime]) => Math.floor(Number(openTime) / width));
  return [...groups].map(([group, rows]) => {
    const column = (index: number): number[] => rows.map((row) => Number(row[index]));
    const [first, last] = [rows[0], rows.at(-1)];
    if (first === undefined || last === undefined) throw new Error('an empty group');
    const range = [Math.max(...column(2)), Math.min(...column(3))].map(String);
    const volume = column(5).reduce((sum, each) => sum + each, 0);
    return [String(group * width), first[1] ?? '', ...range, last[4] ?? '', volume.toFixed(3)];
  });
}

const told = (rows: readonly Row[]): Row[] =>
  rows.map(([openTime = '', start = '', high, low, close = '', volume]) => {
    const range = [high, low].map((text) => String(Number(text)));
    return [openTime, start, ...range, close, Number(volume).toFixed(3)];
  });

afterEach(() => {
  vi.useRealTimers();
});

test.each(['SIGKILL', 'SIGTERM'] as const)(
  'after %s the venue tells the minutes as it told them before',
  async (signal) => {
    const folder = temporaryFolder();
    const env = { BALLAST_SIMULATOR_DATA_DIR: folder, BALLAST_SIMULATOR_CONTROL: 'true' };
    const first = await spawn(env);
    const { asked, before } = await settledKlines(first.urls.rest);
    expect(before.length).toBeGreaterThanOrEqual(239);
    await control(first.urls.rest, { symbol: 'BTCUSDT', price: '90000' }, '/control/price');
    first.child.kill(signal);
    await once(first.child, 'exit');

    const second = await spawn(env);
    const after = await klines(second.urls.rest);
    expect(endedBy(after, asked)).toEqual(before);
    second.child.kill('SIGKILL');
    await once(second.child, 'exit');
    const third = await spawn(env);
    expect(endedBy(await klines(third.urls.rest), asked)).toEqual(before);
  },
);

test('minutes of before, of the silence and of after stay as they are over restarts', async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: STARTED });
  const folder = temporaryFolder();
  const first = await openIn(folder);
  runTo(first, STARTED + 2 * MINUTE_MS);
  const market = marketOf(first, 'BTCUSDT');
  moveMarket(first.venue, market, FIRST_TICKS, Date.now());
  first.venues.get('bybit')?.saveMarks();
  const stoppedAt = Date.now();
  const before = await klines(first.urls.rest);
  const killed = leftBy(folder);
  const silentUntil = stoppedAt + 10 * MINUTE_MS;

  vi.setSystemTime(silentUntil);
  const second = await openIn(killed);
  const resumed = await klines(second.urls.rest);
  expect(resumed.slice(0, before.length)).toEqual(before);
  const silence = endedBy(resumed.slice(before.length), silentUntil);
  const flat = ['96000', '96000', '96000', '96000', '0', '0'];
  expect(silence.map(([, ...values]) => values)).toEqual(Array.from({ length: 9 }, () => flat));
  expect(marketOf(second, 'BTCUSDT').lastTick.priceTicks / FIRST_TICKS).toBeCloseTo(1, 3);
  runTo(second, silentUntil + 3 * MINUTE_MS);
  const told = endedBy(await klines(second.urls.rest), Date.now());
  expect(told.at(-1)?.[5]).not.toBe('0');
  const killedAgain = leftBy(killed);

  vi.setSystemTime(Date.now() + 5 * MINUTE_MS);
  const third = await openIn(killedAgain);
  expect((await klines(third.urls.rest)).slice(0, told.length)).toEqual(told);
});

test('wider bars are those of the minutes, before a restart and after it', async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: STARTED });
  const folder = temporaryFolder();
  const first = await openIn(folder);
  runTo(first, STARTED + 3 * MINUTE_MS);
  const until = Date.now() + 7 * MINUTE_MS;
  const before = new Map<string, Row[]>();
  for (const interval of ['5', '60', 'D']) {
    before.set(interval, await klines(first.urls.rest, 'BTCUSDT', interval));
  }
  const left = leftBy(folder);
  vi.setSystemTime(until);
  const second = await openIn(left);
  const minutes = await klines(second.urls.rest);
  for (const [interval, width] of [['5', 5] as const, ['60', 60] as const, ['D', 1_440] as const]) {
    const wide = await klines(second.urls.rest, 'BTCUSDT', interval);
    expect(told(wide)).toEqual(widened(minutes, width * MINUTE_MS));
    const ended = before.get(interval)?.slice(0, -1);
    expect(wide.slice(0, ended?.length)).toEqual(ended);
  }
});

test('a corrected trade stays corrected, at each venue that has the stock', async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: STARTED });
  const folder = temporaryFolder();
  const given = { BALLAST_SIMULATOR_VENUES: ['alpaca', 'ibkr'] as ('alpaca' | 'ibkr')[] };
  const first = await openIn(folder, given);
  runTo(first, STARTED + MINUTE_MS);
  const lead = marketOf(first, 'AAPL');
  const trade = lead.recent[0];
  if (trade === undefined) throw new Error('nothing was traded');
  const bar = correctPrint(first.venue, lead, trade.sequence, { priceTicks: 50_000, sizeLots: 7 });
  expect(bar).toMatchObject({ high: 50_000 });
  const second = await openIn(leftBy(folder), given);
  for (const { venue } of second.venues.values()) {
    const { cells, count, firstTime } = marketOf({ ...second, venue }, 'AAPL').klines;
    const index = ((bar?.openTime ?? 0) - firstTime) / MINUTE_MS;
    expect(index).toBeLessThan(count);
    expect(cells[index * 7 + 1]).toBe(50_000);
  }
});

test('longer ago than a market remembers, it begins with a history again', async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: STARTED });
  const folder = temporaryFolder();
  const first = await openIn(folder);
  await first.close();
  const later = STARTED + 4 * 1_440 * MINUTE_MS;
  vi.setSystemTime(later);
  const second = await openIn(folder);
  const minutes = endedBy(await klines(second.urls.rest), later);
  expect(minutes).toHaveLength(240);
  expect(minutes.filter((row) => row[5] === '0')).toEqual([]);
});

test('a record cut short is dropped; one that is no minute stops the start', async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: STARTED });
  const folder = temporaryFolder();
  const first = await openIn(folder);
  runTo(first, STARTED + MINUTE_MS);
  const before = endedBy(await klines(first.urls.rest), Date.now());
  const path = join(leftBy(folder), 'minutes', 'BTCUSDT.f64');
  const whole = statSync(path).size;
  appendFileSync(path, new Uint8Array(13));
  const second = await openIn(join(path, '../..'));
  expect(statSync(path).size % 64).toBe(0);
  expect(statSync(path).size).toBeGreaterThanOrEqual(whole);
  expect(endedBy(await klines(second.urls.rest), Date.now())).toEqual(before);
  await second.close();
  writeFileSync(path, readFileSync(path).fill(0xff, 64, 128));
  await expect(openIn(join(path, '../..'))).rejects.toThrow(/MINUTES_CORRUPT.*record 2/);
});
