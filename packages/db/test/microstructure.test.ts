import { instrumentId, type MicrostructureKind, type MicrostructureSource } from '@ballast/domain';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../tools/stores/test-stores.ts';
import { type Database, openDatabase } from '../src/database.ts';
import {
  type KnownPoint,
  microstructureReach,
  saveMicrostructure,
  seriesAsOf,
  valueAsOf,
} from '../src/queries/microstructure.ts';

const MINUTE = 60_000;
const NOON = Date.UTC(2026, 10, 18, 12);
const at = (minute: number): number => NOON + minute * MINUTE;
const of = (symbol: string) => instrumentId('bybit', 'linear', symbol);
const KIND: MicrostructureKind = 'open-interest';
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

const point = (
  symbol: string,
  minute: number,
  value: string,
  knownAt: number,
  source: MicrostructureSource = 'venue',
): KnownPoint => ({
  ...{ instrument: of(symbol), kind: KIND, at: at(minute), value, knownAt, source },
});
const known = async (symbol: string, minute: number, asOf: number) =>
  (await valueAsOf(db, { instrument: of(symbol), kind: KIND, at: at(minute), asOf }))?.value;
async function series(symbol: string, asOf: number, from = 0, to = 60) {
  const range = { from: at(from), to: at(to), asOf };
  const columns = await seriesAsOf(db, { instrument: of(symbol), kind: KIND, ...range });
  return [...columns.at].map((time, index) => [
    (time - NOON) / MINUTE,
    ((columns.knownAt[index] ?? 0) - NOON) / MINUTE,
    columns.value[index],
  ]);
}

test('a value is seen from the millisecond on in which it was known, and not before', async () => {
  await saveMicrostructure(db, [point('BTCUSDT', 0, '5.25', at(1))], at(1));
  expect(await known('BTCUSDT', 0, at(1) - 1)).toBeUndefined();
  expect(await known('BTCUSDT', 0, at(1))).toBe('5.25');
  expect(await known('BTCUSDT', -1, at(9)), 'it does not speak of the time before').toBeUndefined();
  expect(await known('BTCUSDT', 7, at(9)), 'the last one stands until the next').toBe('5.25');
  expect(await series('BTCUSDT', at(1) - 1)).toEqual([]);
  expect(await series('BTCUSDT', at(1))).toEqual([[0, 1, 5.25]]);
});

test('a revision is a row of its own that is seen only after it was known', async () => {
  const first = [point('ETHUSDT', 0, '5', at(1)), point('ETHUSDT', 5, '6', at(6))];
  expect(await saveMicrostructure(db, first, at(6))).toBe(2);
  const again = [point('ETHUSDT', 0, '5.5', at(11)), point('ETHUSDT', 5, '6.0', at(11))];
  expect(await saveMicrostructure(db, again, at(11)), 'only what is another value').toBe(1);
  expect(await known('ETHUSDT', 0, at(11) - 1)).toBe('5');
  expect(await known('ETHUSDT', 0, at(11))).toBe('5.5');
  expect(await series('ETHUSDT', at(11) - 1)).toEqual([
    [0, 1, 5],
    [5, 6, 6],
  ]);
  expect(await series('ETHUSDT', at(11))).toEqual([
    [0, 1, 5],
    [5, 6, 6],
    [0, 11, 5.5],
  ]);
  const back = [point('ETHUSDT', 0, '5', at(12))];
  expect(await saveMicrostructure(db, back, at(12)), 'what comes back is a revision too').toBe(1);
  expect(await known('ETHUSDT', 0, at(12))).toBe('5');
});

test('what is asked for again long after is no news, or a revision of the day it came', async () => {
  const assumed = at(5);
  const old = point('SOLUSDT', 0, '5', assumed, 'history');
  expect(await saveMicrostructure(db, [old], at(1_000))).toBe(1);
  expect(await saveMicrostructure(db, [old], at(2_000))).toBe(0);
  const revised = point('SOLUSDT', 0, '4', assumed, 'history');
  expect(await saveMicrostructure(db, [revised], at(3_000))).toBe(1);
  expect(await known('SOLUSDT', 0, at(3_000) - 1)).toBe('5');
  const asked = { instrument: of('SOLUSDT'), kind: KIND, at: at(0), asOf: at(3_000) };
  expect(await valueAsOf(db, asked)).toEqual({
    ...{ at: at(0), knownAt: at(3_000), value: '4', source: 'venue' },
  });
});

test('how far each series reaches; one without points is not told', async () => {
  await saveMicrostructure(
    db,
    [0, 5, 10].map((minute) => point('XRPUSDT', minute, '1', at(minute))),
    at(10),
  );
  const asked = [of('XRPUSDT'), of('NOSUCH')];
  expect(await microstructureReach(db, asked, [KIND, 'funding-rate'])).toEqual([
    { instrument: of('XRPUSDT'), kind: KIND, first: at(0), last: at(10) },
  ]);
});

test('a run through the columns sees at each time what was asked for as of then', async () => {
  let run = 0;
  const told = fc.record({
    minute: fc.integer({ min: 0, max: 3 }),
    value: fc.integer({ min: 0, max: 2 }),
    knownAt: fc.integer({ min: 4, max: 30 }),
  });
  const selector = ({ knownAt }: { knownAt: number }): number => knownAt;
  await fc.assert(
    fc.asyncProperty(fc.uniqueArray(told, { maxLength: 12, selector }), async (points) => {
      const symbol = `RUN${(run += 1)}`;
      const stories = points.toSorted((a, b) => a.knownAt - b.knownAt);
      for (const { minute, value, knownAt } of stories) {
        const one = point(symbol, minute, String(value), at(knownAt));
        await saveMicrostructure(db, [one], at(knownAt));
      }
      const whole = await series(symbol, at(99));
      for (const asOf of [0, 5, 10, 20, 30]) {
        const seen = whole.filter(([, knownAt]) => (knownAt ?? 0) <= asOf);
        expect(await series(symbol, at(asOf))).toEqual(seen);
        const of3 = seen.filter(([minute]) => minute === 3).at(-1)?.[2];
        const want = stories.findLast(({ minute, knownAt }) => minute === 3 && knownAt <= asOf);
        expect(of3).toBe(want?.value);
        if (of3 !== undefined) expect(await known(symbol, 3, at(asOf))).toBe(String(of3));
      }
    }),
    { numRuns: 20 },
  );
});
