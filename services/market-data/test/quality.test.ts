import {
  type Database,
  loadQualityRecords,
  openDatabase,
  saveQualityRecords,
  sumQualityRecords,
} from '@ballast/db';
import { instrumentId, instrumentWire, type PublicTrade } from '@ballast/domain';
import { createLogger } from '@ballast/observability';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../tools/stores/test-stores.ts';
import { createQualityWatch } from '../src/quality/quality-watch.ts';

let database: TestDatabase;
let db: Database;
let reader: Database;

beforeAll(async () => {
  database = await createTestDatabase();
  db = openDatabase(database.urls['market-data']);
  reader = openDatabase(database.urls.cli);
});
afterAll(async () => {
  await Promise.all([db.close(), reader.close()]);
  await database.drop();
});

const AT = Date.parse('2026-11-20T15:00Z');
const record = (
  rule: string,
  change: { count?: number; toTime?: number; foundAt?: number } = {},
) => ({
  ...{ rule, instrument: 'bybit.linear:BTCUSDT', source: 'bybit' },
  ...{ fromTime: AT, toTime: AT, count: 1, evidence: { price: '-1', of: ['a'] }, foundAt: AT },
  ...change,
});

test('a record that is stored again has its count replaced', async () => {
  await saveQualityRecords(db, [record('CROSSED_QUOTE')]);
  const later = { count: 7, toTime: AT + 9 };
  const next = { foundAt: AT + 300_000, count: 2 };
  const batch = [record('CROSSED_QUOTE', later), record('CROSSED_QUOTE', next)];
  await saveQualityRecords(db, batch);
  await saveQualityRecords(db, batch);
  const rows = await loadQualityRecords(reader, { since: AT }, 10);
  expect(rows).toMatchObject([batch[1] ?? {}, batch[0] ?? {}]);
});

test('records are found by time, instrument and rule, and summed by rule', async () => {
  await saveQualityRecords(db, [record('TIME_AHEAD', { count: 100 })]);
  const some = { since: AT + 1 };
  expect(await loadQualityRecords(reader, some, 10)).toMatchObject([{ rule: 'CROSSED_QUOTE' }]);
  const other = { since: 0, instrument: 'bybit.linear:ETHUSDT' };
  expect(await loadQualityRecords(reader, { ...other }, 10)).toEqual([]);
  const one = await loadQualityRecords(reader, { since: 0, rule: 'TIME_AHEAD' }, 10);
  expect(one).toHaveLength(1);
  expect(await sumQualityRecords(reader, { since: AT })).toEqual([
    { rule: 'TIME_AHEAD', records: 1, breaches: 100, lastFoundAt: AT },
    { rule: 'CROSSED_QUOTE', records: 2, breaches: 9, lastFoundAt: AT + 300_000 },
  ]);
  expect(await sumQualityRecords(reader, other)).toEqual([]);
});

const solana = (id: string) =>
  instrumentWire.parse({
    ...{ id, baseCurrency: 'SOL', quoteCurrency: 'USDT', tickSize: '0.01', lotSize: '0.1' },
    ...{ minQuantity: '0.1', maxQuantity: '1000', minNotional: '5', multiplier: '1' },
    session: 'continuous',
  });

test('what a feed tells ends as a row with the event as it came', async () => {
  const id = instrumentId('bybit', 'linear', 'SOLUSDT');
  const listed = [solana(id)];
  const watch = createQualityWatch({
    instruments: () => listed,
    now: () => AT,
    log: createLogger('quality', 'silent'),
    save: (records) => saveQualityRecords(db, records),
  });
  const trade: PublicTrade = {
    ...{ instrument: id, source: 'bybit', venueTradeId: 'a-1', price: '0.0', quantity: '1.50' },
    ...{ takerSide: null, eventTime: AT, receivedTime: AT + 20 },
  };
  watch.onEvents('bybit', [{ kind: 'trade', trade }]);
  await watch.stop();
  const [row] = await loadQualityRecords(reader, { since: AT, instrument: id }, 1);
  expect(row).toMatchObject({ rule: 'PRICE_NOT_POSITIVE', fromTime: AT, evidence: trade });
});
