import { type Database, endGap, loadGaps, openDatabase, recordLook } from '@ballast/db';
import {
  BARS_OVERDUE_MS,
  missingBars,
  type MissingBars,
  overdueBars,
  type Timeframe,
} from '@ballast/domain';
import { createLogger, createMetrics } from '@ballast/observability';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../tools/stores/test-stores.ts';
import { createMissingGauges, startMissingAlert } from '../src/coverage/missing-alert.ts';
import { instrumentOf } from './kept-bars.fixture.ts';

const MINUTE = 60_000;
const NOON = Date.UTC(2026, 10, 18, 12);
const at = (minute: number): number => NOON + minute * MINUTE;
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

/** A gap of so many bars that ends at a minute after noon and was found at another. */
async function gap(
  symbol: string,
  timeframe: Timeframe,
  bars: number,
  ends: number,
  found: number,
) {
  const range = { from: at(ends) - (bars - 1) * MINUTE, to: at(ends), bars };
  await recordLook(db, {
    ...{ instrument: instrumentOf(symbol).id, timeframe, fromTime: at(-9_000) },
    ...{ checkedUntil: at(ends + 1), gaps: [range], now: at(found) },
  });
}

/** One look of a process that has just begun, and whether it raises the alarm. */
async function look(minute: number): Promise<{ said: MissingBars; text: string; alarms: number }> {
  const metrics = createMetrics('test');
  const log = createLogger('test', 'silent');
  const errors = vi.spyOn(log, 'error');
  const { promise, resolve } = Promise.withResolvers<MissingBars>();
  const alert = startMissingAlert({
    ...{ db, gauges: createMissingGauges(metrics), reachMs: 60 * MINUTE, now: () => at(minute) },
    instruments: () => ['BTCUSDT', 'ETHUSDT'].map(instrumentOf),
    log,
    tell: async (said) => resolve(missingBars.parse(JSON.parse(JSON.stringify(said)))),
  });
  const said = await promise;
  const text = await metrics.text();
  await alert.stop();
  const codes = errors.mock.calls.map(([about]): unknown => Reflect.get(Object(about), 'code'));
  return { said, text, alarms: codes.filter((code) => code === 'BARS_OVERDUE').length };
}

test('bars that stay missing are an alert, by timeframe; filled ones and other markets are not', async () => {
  const none = await look(0);
  expect(none.said).toEqual({ at: at(0), timeframes: [], instruments: 0, since: null });
  expect(none.text).toContain('ballast_bars_missing{timeframe="1w",service="test"} 0');
  await gap('BTCUSDT', '1m', 3, 0, 1);
  await gap('ETHUSDT', '1m', 2, 1, 2);
  await gap('ETHUSDT', '5m', 1, 2, 5);
  await gap('SOLUSDT', '1m', 50, 0, 1);
  await gap('BTCUSDT', '1m', 7, -70, 1);
  const overdueMinutes = BARS_OVERDUE_MS / MINUTE;
  const before = await look(1 + overdueMinutes - 0.001);
  expect([overdueBars(before.said), before.alarms]).toEqual([0, 0]);
  expect(before.said.timeframes).toContainEqual({ timeframe: '1m', missing: 5, overdue: 0 });
  const first = await look(1 + overdueMinutes);
  expect(first.said).toMatchObject({ instruments: 1, since: at(1) });
  expect([overdueBars(first.said), first.alarms]).toEqual([3, 1]);
  const later = await look(5 + overdueMinutes);
  expect(overdueBars(later.said)).toBe(6);
  expect(later.said.instruments).toBe(2);
  expect(later.text).toContain('ballast_bars_missing{timeframe="1m",service="test"} 5');
  expect(later.text).toContain('ballast_bars_overdue{timeframe="5m",service="test"} 1');
  const open = await loadGaps(db, { from: at(-60), to: at(60) });
  for (const one of open) {
    const empty = { without: { outcome: 'empty', source: 'bybit' } } as const;
    await endGap(db, one, { rest: [], now: at(20), ...(one.bars === 2 ? empty : {}) });
  }
  const healed = await look(21);
  expect(healed.said).toMatchObject({ timeframes: [], since: null });
});
