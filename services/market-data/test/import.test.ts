import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Database, loadGaps, openDatabase, recentBars } from '@ballast/db';
import { instrumentId, type Timeframe, type TradingSession } from '@ballast/domain';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../tools/stores/test-stores.ts';
import { importBars } from '../src/import/import-bars.ts';

const DATA = new URL('../../../../shared/data/', import.meta.url);
const absent = !existsSync(DATA);
let database: TestDatabase;
let db: Database;

beforeAll(async () => {
  database = await createTestDatabase();
  db = openDatabase(database.urls['market-data']);
});
afterAll(async () => {
  await db.close();
  await database.drop();
});

/** What the collection's own list counted in a file. */
function counted(file: string): { rows: number; missing: number } {
  const [head = '', ...lines] = readFileSync(new URL('MANIFEST.csv', DATA), 'utf8').split('\n');
  const line = lines.find((one) => one.startsWith(`${file},`))?.split(',') ?? [];
  const of = (name: string): number => Number(line[head.split(',').indexOf(name)]);
  return { rows: of('rows'), missing: of('missing_bars') };
}

async function brought(file: string, timeframe: Timeframe, session: TradingSession) {
  const id = instrumentId('test', session === 'continuous' ? 'spot' : 'stock', symbolOf(file));
  const path = fileURLToPath(new URL(file, DATA));
  return { id, found: await importBars(db, { id, session }, { path, timeframe, now: 1 }) };
}

const symbolOf = (file: string): string =>
  file
    .toUpperCase()
    .replaceAll(/[^A-Z0-9]/g, '-')
    .slice(-30);

/** The list looks inside each day alone: bars that lack at its begin or end it does not count. */
test.skipIf(absent).each([
  ['crypto/bybit-linear/1m/ETHUSDT_1m_2025.csv.gz', '1m', 'continuous', 0],
  ['crypto/bybit-spot/gappy/BTCUSDT_15m_gappy.csv.gz', '15m', 'continuous', 0],
  ['equities/us-1m-2026/AAPL_1m.csv.gz', '1m', 'us-equity', 0],
  ['equities/us-5m-2026/MSFT_5m.csv.gz', '5m', 'us-equity', 65 + 54],
] as const)(
  '%s has the gaps that its list says, and no others (needs ../shared/data)',
  async (file, timeframe, session, atDayEnds) => {
    const { id, found } = await brought(file, timeframe, session);
    const { rows, missing } = counted(file);
    expect(found).toMatchObject({ rows, bars: rows, missing: missing + atDayEnds, faults: [] });
    const gaps = await loadGaps(db, { instrument: id, timeframe, from: 0, to: Date.now() });
    expect(gaps.reduce((sum, { bars }) => sum + bars, 0)).toBe(found.missing);
    // A wide bar says how many of its minutes are not there.
    const weeks = await recentBars(db, id, '1w', 1_000);
    const lacking = weeks.slice(1, -1).filter((week) => week.missing > 0);
    expect(lacking.length > 0).toBe(found.missing > 0 && weeks.length > 2);
  },
);

test.skipIf(absent)(
  'a file brought twice is there once, and its gaps too (needs ../shared/data)',
  async () => {
    const file = 'crypto/bybit-spot/gappy/BTCUSDT_15m_gappy.csv.gz';
    const first = await brought(file, '15m', 'continuous');
    const again = await brought(file, '15m', 'continuous');
    expect(again.found).toEqual({ ...first.found, missing: 0 });
    const gaps = await loadGaps(db, {
      instrument: again.id,
      timeframe: '15m',
      from: 0,
      to: Date.now(),
    });
    expect(gaps).toHaveLength(14);
  },
);

test.skipIf(absent)(
  'lines that cannot be used are left out and told (needs ../shared/data)',
  async () => {
    const { found } = await brought('equities/dirty/MSFT_5m_as_found.csv.gz', '5m', 'us-equity');
    const rowsOf = Object.fromEntries(found.faults.map(({ code, rows }) => [code, rows]));
    expect(rowsOf).toEqual({ REPEATED: 269, OUTSIDE_SESSION: expect.any(Number) });
    expect(found.bars).toBe(18_408 - 269 - (rowsOf['OUTSIDE_SESSION'] ?? 0));
  },
);
