import { openDatabase, recentBars, saveBars } from '@ballast/db';
import { type Bar, instrumentId } from '@ballast/domain';
import { createLogger } from '@ballast/observability';
import { expect, test } from 'vitest';
import { createTestDatabase } from '../../../tools/stores/test-stores.ts';
import { createBarStore } from '../src/bar-store.ts';

const BTC = instrumentId('bybit', 'linear', 'BTCUSDT');
const log = createLogger('market-data-test', 'silent');

function bar(minute: number, volume: string): Bar {
  const prices = { open: '1', high: '1', low: '1', close: '1' };
  const what = {
    instrument: BTC,
    timeframe: '1m',
    state: 'closed',
    source: 'bybit',
    builtFrom: 'venue',
    missing: 0,
  } as const;
  return { ...what, ...prices, openTime: minute * 60_000, volume, tradeCount: 1 };
}

test('a bar beyond numeric(38,18) does not keep the others out of Postgres', async () => {
  const database = await createTestDatabase();
  const db = openDatabase(database.urls['market-data']);
  try {
    const store = createBarStore((bars) => saveBars(db, bars), log);
    const good = [bar(1, '1'), bar(3, '3')];
    store.add([bar(0, '1e30'), ...good, bar(4, 'NaN-ish')]);
    await store.flush();
    expect(await recentBars(db, BTC, '1m', 9)).toEqual(good);
    expect(store.counts).toEqual({ stored: 2, dropped: 0, refused: 2, failedWrites: 0 });
  } finally {
    await db.close();
    await database.drop();
  }
});
