import {
  type Database,
  endGap,
  loadGaps,
  openDatabase,
  passOver,
  positions,
  recordLook,
  removeFromUniverse,
  saveInstruments,
} from '@ballast/db';
import { type Instrument, instrumentId, parseQuantity, parseScaled } from '@ballast/domain';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../tools/stores/test-stores.ts';
import { dataCoverage } from '../src/commands/data-coverage.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const now = Math.floor(Date.now() / MINUTE) * MINUTE;
const [BTC, ETH] = ['BTCUSDT', 'ETHUSDT'].map((symbol) => instrumentId('bybit', 'linear', symbol));
let database: TestDatabase;
let owner: Database;
let reader: Database;

beforeAll(async () => {
  database = await createTestDatabase();
  owner = openDatabase(database.urls['market-data'], { max: 1 });
  reader = openDatabase(database.urls.cli, { max: 1 });
  const instruments = [BTC, ETH].flatMap((id) => (id === undefined ? [] : [listed(id)]));
  await saveInstruments(owner, instruments, now);
  for (const { id } of instruments) {
    const gap = { from: now - 2 * HOUR, to: now - 2 * HOUR + 9 * MINUTE, bars: 10 };
    await recordLook(owner, {
      ...{ instrument: id, timeframe: '1m', fromTime: now - 10 * HOUR, checkedUntil: now, now },
      gaps: id === BTC ? [gap] : [],
    });
  }
});
afterAll(async () => {
  await owner.close();
  await reader.close();
  await database.drop();
});

function listed(id: Instrument['id']): Instrument {
  const quantities = { minQuantity: parseQuantity('1'), maxQuantity: parseQuantity('9') };
  return {
    ...{ id, baseCurrency: 'BTC', quoteCurrency: 'USDT', ...quantities, minNotional: 0n },
    ...{ tickSize: parseScaled('1'), lotSize: parseScaled('1'), multiplier: parseScaled('1') },
    ...{ sector: 'crypto', session: 'continuous' },
  };
}

async function coverage(asked: { instrument?: string; timeframe?: string; days?: string }) {
  return dataCoverage({ db: reader }, { days: '30', ...asked });
}

/** Bars expected of the first cell. */
function lengthOf({ data }: { data: Readonly<Record<string, unknown>> }): number {
  const { cells } = data as { cells: { expected: number }[] };
  return cells[0]?.expected ?? 0;
}

test('what is missing is shown by instrument, in the grid and as gaps', async () => {
  const report = await coverage({});
  expect(report).toMatchObject({
    ok: false,
    data: {
      missing: 10,
      cells: [
        { instrument: BTC, timeframe: '1m', expected: 600, missing: 10, empty: 0 },
        { instrument: ETH, timeframe: '1m', expected: 600, missing: 0 },
      ],
      // As a backfill takes it: the bar that opens at its end is not asked for.
      gaps: [{ instrument: BTC, from: now - 2 * HOUR, to: now - 2 * HOUR + 10 * MINUTE, bars: 10 }],
    },
  });
  expect(report.lines.slice(0, 3)).toEqual([
    '                            1m',
    'bybit.linear:BTCUSDT   98.33 %',
    'bybit.linear:ETHUSDT     100 %',
  ]);
  const [from, to] = [0, 10].map((at) => new Date(now - 2 * HOUR + at * MINUTE).toISOString());
  expect(report.lines[3]).toBe(`bybit.linear:BTCUSDT 1m ${from} to ${to}: 10 missing`);
});

test('an instrument that lacks nothing is whole', async () => {
  const timeframe = '1m';
  const whole = { ok: true, data: { gaps: [], never: [] } };
  expect(await coverage({ instrument: ETH ?? '', timeframe })).toMatchObject(whole);
});

test('what is to be streamed and was never looked at is not whole', async () => {
  const none = await coverage({ timeframe: '5m' });
  const never = [BTC, ETH].map((instrument) => ({ instrument, timeframe: '5m' }));
  expect(none).toMatchObject({ ok: false, data: { missing: 0, never } });
  expect(none.lines).toEqual([
    'no bars are looked for',
    ...[BTC, ETH].map((id) => `NEVER LOOKED AT: ${id} 5m`),
  ]);
});

test('what one exchange alone has not is told, and what nobody asked for is not expected', async () => {
  const timeframe = '1h';
  const hour = now - (now % HOUR);
  const track = { instrument: ETH ?? '', timeframe, fromTime: hour - 12 * HOUR, now } as const;
  const gaps = [{ from: hour - 8 * HOUR, to: hour - 7 * HOUR, bars: 2 }];
  await recordLook(owner, { ...track, checkedUntil: hour, gaps });
  const range = { instrument: ETH ?? '', timeframe, from: 0, to: hour } as const;
  const without = { outcome: 'unheard', source: 'alpaca' } as const;
  for (const gap of await loadGaps(owner, range)) {
    await endGap(owner, gap, { rest: [], without, now });
  }
  const unwanted = [{ from: hour - 20 * HOUR, to: hour - 13 * HOUR, bars: 8 }];
  const passed = { end: 'fromTime', was: hour - 12 * HOUR, becomes: hour - 24 * HOUR } as const;
  expect(await passOver(owner, track, { ...passed, unwanted, now })).toBe(true);
  const report = await coverage({ instrument: ETH ?? '', timeframe });
  const cell = { missing: 0, empty: 0, unheard: 2 };
  expect(report).toMatchObject({ ok: true, data: { missing: 0, unheard: 2, cells: [cell] } });
  expect(lengthOf(report)).toBe(24 - 8);
  expect(report.lines.at(-1)).toMatch(/^NOT KNOWN whether traded: 2 bars that alpaca has not/);
});

test('what the venue confirms to be empty is no bar, and the grid says so', async () => {
  const timeframe = '4h';
  const end = now - (now % (4 * HOUR));
  const track = { instrument: ETH ?? '', timeframe, fromTime: end - 40 * HOUR, now } as const;
  const gaps = [{ from: end - 12 * HOUR, to: end - 8 * HOUR, bars: 2 }];
  await recordLook(owner, { ...track, checkedUntil: end, gaps });
  const without = { outcome: 'empty', source: 'bybit' } as const;
  for (const gap of await loadGaps(owner, { ...track, from: 0, to: now })) {
    await endGap(owner, gap, { rest: [], without, now });
  }
  const report = await coverage({ instrument: ETH ?? '', timeframe });
  expect(report).toMatchObject({ ok: true, data: { missing: 0, empty: 2 } });
  expect(report.lines.at(-1)).toBe('EMPTY at the venue too, so not missing: 2 bars of 1 cell');
});

test('what was removed and is held is looked at, and shown', async () => {
  const id = instrumentId('bybit', 'linear', 'HELDUSDT');
  await saveInstruments(owner, [listed(id)], now);
  const gap = { from: now - 2 * HOUR, to: now - 2 * HOUR, bars: 1 };
  const track = { instrument: id, timeframe: '4h', fromTime: now - 10 * HOUR } as const;
  await recordLook(owner, { ...track, checkedUntil: now, gaps: [gap], now });
  const stamp = { at: now, actor: 'test', reason: 'test' };
  await owner.transaction((tx) => removeFromUniverse(tx, [id], stamp));
  const missing = async (): Promise<string> =>
    (await coverage({ timeframe: '4h' })).lines.filter((line) => line.includes('HELD')).join();
  expect(await missing()).toBe('');
  const books = openDatabase(database.urls['order-gateway'], { max: 1 });
  const position = { account: 'paper', instrument: id, cost: 1n, currency: 'USDT' };
  await books.insert(positions).values({
    ...{ ...position, quantity: 1n, realisedCum: 0n, feesCum: {}, updatedAt: 1 },
  });
  expect(await missing()).toContain('1 missing');
  await books.update(positions).set({ quantity: 0n });
  await books.close();
  expect(await missing(), 'flat').toBe('');
});

test('an instrument that nobody knows is no whole one', async () => {
  await expect(coverage({ instrument: 'bybit.linear:NOPEUSDT' })).rejects.toMatchObject({
    code: 'INSTRUMENT_UNKNOWN',
  });
});

test('bars that were due since the last look are told, and nothing is whole then', async () => {
  await recordLook(owner, {
    ...{ instrument: ETH ?? '', timeframe: '15m', fromTime: now - 10 * HOUR },
    ...{ checkedUntil: now - 3 * HOUR, gaps: [], now },
  });
  const report = await coverage({ instrument: ETH ?? '', timeframe: '15m' });
  expect(report).toMatchObject({ ok: false, data: { missing: 0 } });
  expect(report.data['unseen']).toBeGreaterThanOrEqual(10);
  expect(report.lines.at(-1)).toMatch(/^NOT LOOKED AT since .*: [\d,]+ bars are due/);
});

test.each(['0', '1.5', 'x', '99999'])('%s days are a usage error', async (days) => {
  await expect(coverage({ days })).rejects.toMatchObject({ code: 'USAGE', exitCode: 64 });
});
