import { instrumentId } from '@ballast/domain';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { queryOnce } from '../../../tools/stores/query-once.ts';
import { createTestDatabase, type TestDatabase } from '../../../tools/stores/test-stores.ts';
import { type Database, openDatabase } from '../src/database.ts';
import { regimeKnownAt, type RegimePoint, saveRegime } from '../src/queries/regime.ts';

const BTC = instrumentId('bybit', 'linear', 'BTCUSDT');
const ETH = instrumentId('bybit', 'linear', 'ETHUSDT');

let database: TestDatabase;
let worker: Database;
let reader: Database;
beforeAll(async () => {
  database = await createTestDatabase();
  worker = openDatabase(database.urls['strategy-worker']);
  reader = openDatabase(database.urls.cli);
});
afterAll(async () => {
  await Promise.all([worker.close(), reader.close()]);
  await database.drop();
});

function point(change: Partial<RegimePoint>): RegimePoint {
  const inputs = { close: 64_000.5, ema200: 61_000 };
  return { instrument: BTC, at: 100, knownAt: 105, regime: 1, inputs, version: 1, ...change };
}

test('a version says the regime of a time once; what was said first stays', async () => {
  expect(await saveRegime(worker, point({}))).toBe(true);
  expect(await saveRegime(worker, point({ regime: -2, knownAt: 106 }))).toBe(false);
  expect(await regimeKnownAt(reader, BTC, 200)).toMatchObject({
    ...{ at: 100, knownAt: 105, regime: 1, version: 1 },
    inputs: { close: 64_000.5, ema200: 61_000 },
  });
});

test('what came later, or of earlier times, changes nothing that was known before', async () => {
  await saveRegime(worker, point({ at: 200, knownAt: 205, regime: 2 }));
  // Another version says everything anew, long after.
  await saveRegime(worker, point({ at: 100, knownAt: 900, regime: -1, version: 2 }));
  await saveRegime(worker, point({ at: 200, knownAt: 901, regime: -2, version: 2 }));
  await saveRegime(worker, point({ instrument: ETH, at: 300, knownAt: 300, regime: 0 }));
  const at = async (moment: number) => {
    const row = await regimeKnownAt(reader, BTC, moment);
    return row === null ? null : [row.at, row.regime, row.version];
  };
  expect(await at(104)).toBeNull();
  expect(await at(105)).toEqual([100, 1, 1]);
  expect(await at(204)).toEqual([100, 1, 1]);
  expect(await at(205)).toEqual([200, 2, 1]);
  expect(await at(900)).toEqual([200, 2, 1]);
  expect(await at(901)).toEqual([200, -2, 2]);
});

test('nothing is known before its time, and there are five regimes', async () => {
  const wrong = { cause: { code: '23514' } };
  await expect(saveRegime(worker, point({ at: 500, knownAt: 499 }))).rejects.toMatchObject(wrong);
  const third = queryOnce(
    database.urls['strategy-worker'],
    `INSERT INTO regime_history (instrument, at, known_at, regime, inputs, version)
     VALUES ('${BTC}', 501, 501, 3, '{}', 1)`,
  );
  await expect(third).rejects.toMatchObject({ code: '23514' });
  await expect(saveRegime(reader, point({ at: 502, knownAt: 502 }))).rejects.toMatchObject({
    cause: { code: expect.stringMatching(/42501|25006/) },
  });
});
