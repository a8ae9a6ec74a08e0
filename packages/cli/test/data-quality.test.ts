import { type Database, openDatabase, saveQualityRecords } from '@ballast/db';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../tools/stores/test-stores.ts';
import { dataQuality } from '../src/commands/data-quality.ts';

const HOUR = 3_600_000;
const NOW = Date.now();
const BTC = 'bybit.linear:BTCUSDT';
let database: TestDatabase;
let reader: Database;

beforeAll(async () => {
  database = await createTestDatabase();
  const owner = openDatabase(database.urls['market-data'], { max: 1 });
  const record = (rule: string, instrument: string, foundAt: number, count: number) => ({
    ...{ rule, instrument, source: 'bybit', fromTime: foundAt, toTime: foundAt + 1 },
    ...{ count, evidence: { price: '0' }, foundAt },
  });
  await saveQualityRecords(owner, [
    record('PRICE_NOT_POSITIVE', BTC, NOW - HOUR, 3),
    record('PRICE_NOT_POSITIVE', BTC, NOW - 30 * HOUR, 1),
    record('CLOCK_SKEW', '*', NOW - 2 * HOUR, 12),
  ]);
  await owner.close();
  reader = openDatabase(database.urls.cli, { max: 1 });
});
afterAll(async () => {
  await reader.close();
  await database.drop();
});

const quality = (asked: { instrument?: string; since?: string }) =>
  dataQuality({ db: reader }, { since: '24h', ...asked });

test('what broke a rule in the last day, by rule and as records', async () => {
  const report = await quality({});
  const rules = [
    { rule: 'CLOCK_SKEW', records: 1, breaches: 12 },
    { rule: 'PRICE_NOT_POSITIVE', records: 1, breaches: 3 },
  ];
  const records = [{ instrument: BTC, evidence: { price: '0' } }, { instrument: '*' }];
  expect(report).toMatchObject({ ok: false, data: { rules, records, more: 0 } });
  expect(report.lines).toEqual([
    expect.stringMatching(/^CLOCK_SKEW +12 times in 1 record, last found 20/),
    expect.stringMatching(/^PRICE_NOT_POSITIVE {2}3 times/),
    expect.stringMatching(/^CLOCK_SKEW the whole feed by bybit: 12 times/),
    expect.stringMatching(/^PRICE_NOT_POSITIVE bybit\.linear:BTCUSDT by bybit: 3 times/),
  ]);
});

test('by instrument and further back; nothing found is well', async () => {
  const whole = await quality({ instrument: BTC, since: '2d' });
  expect(whole).toMatchObject({ data: { rules: [{ records: 2, breaches: 4 }] } });
  expect(await quality({ since: '30m' })).toMatchObject({
    ...{ ok: true, lines: ['no rule was broken'] },
    data: { rules: [], records: [] },
  });
});

test('of an instrument that nobody knows it is not said that it broke no rule', async () => {
  const asked = { instrument: 'bybit.linear:NOPEUSDT' };
  await expect(quality(asked)).rejects.toMatchObject({ code: 'INSTRUMENT_UNKNOWN' });
  expect(await quality({ instrument: '*', since: '1h' })).toMatchObject({ ok: true });
});

test.each(['0h', '24', 'h', '-1h', '1w', ''])('a span of "%s" is a usage error', async (since) => {
  await expect(quality({ since })).rejects.toMatchObject({ code: 'USAGE', exitCode: 64 });
});
