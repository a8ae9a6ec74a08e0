import { barsBetween, type Database, openDatabase, saveBars } from '@ballast/db';
import { type Bar, instrumentId } from '@ballast/domain';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../tools/stores/test-stores.ts';
import { mayCorrect } from '../src/hub/bar-comparison.ts';
import { HeldBars } from '../src/hub/held-bars.ts';
import { ToldBars } from '../src/hub/told.ts';

/** Whatever two processes heard: what was told last of a minute is what is stored of it. */
const M0 = Date.UTC(2026, 5, 1, 12);
const MINUTES = 4;
let database: TestDatabase;
let db: Database;
let runs = 0;

beforeAll(async () => {
  database = await createTestDatabase();
  db = openDatabase(database.urls['market-data']);
});
afterAll(async () => {
  await db.close();
  await database.drop();
});

type Word = Pick<Bar, 'source' | 'builtFrom' | 'volume'>;
const word: fc.Arbitrary<Word> = fc.record({
  source: fc.constantFrom('alpaca', 'ibkr'),
  builtFrom: fc.constantFrom('trades', 'venue'),
  volume: fc.constantFrom('1', '2', '3'),
});

/** What a process says of one minute: a bar, and what corrects it as the desk lets it out. */
const minute = fc.array(word, { minLength: 1, maxLength: 4 });
function versions(instrument: Bar['instrument'], openTime: number, words: readonly Word[]): Bar[] {
  const bars: Bar[] = [];
  for (const one of words) {
    const bar: Bar = {
      ...{ instrument, timeframe: '1m', openTime, open: '1', high: '1', low: '1', close: '1' },
      ...{ tradeCount: 1, missing: 0, state: bars.length === 0 ? 'closed' : 'corrected', ...one },
    };
    const before = bars.at(-1);
    if (before === undefined || (mayCorrect(bar, before) && bar.volume !== before.volume)) {
      bars.push(bar);
    }
  }
  return bars;
}

test('what was told last of a minute is what is stored of it after a takeover', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(minute, minute), { minLength: MINUTES, maxLength: MINUTES }),
      fc.nat(MINUTES),
      fc.nat(12),
      async (words, toldMinutes, storedCount) => {
        runs += 1;
        const instrument = instrumentId('alpaca', 'stock', `S${runs}`);
        const first = words.map(([own], at) => versions(instrument, M0 + at * 60_000, own));
        const second = words.map(([, own], at) => versions(instrument, M0 + at * 60_000, own));
        const told = first.slice(0, toldMinutes).flat();
        await saveBars(db, told.slice(0, storedCount));

        const held = new HeldBars();
        for (const bar of second.flat()) held.hold(bar, M0, M0);
        const { published, stored } = held.takeOver(new ToldBars(told), () => false);
        await saveBars(db, stored);

        const last = new Map([...told, ...published].map((bar) => [bar.openTime, bar]));
        const rows = await barsBetween(db, instrument, '1m', { from: M0, to: M0 + 600_000 });
        expect(rows.map(({ openTime, volume }) => [openTime, volume])).toEqual(
          [...last.values()].map(({ openTime, volume }) => [openTime, volume]),
        );
        expect(rows).toHaveLength(MINUTES);
        const closed = [...told, ...published].filter(({ state }) => state === 'closed');
        const times = closed.map(({ openTime }) => openTime);
        expect(times, 'each once, oldest first').toEqual(
          [...new Set(times)].toSorted((a, b) => a - b),
        );
      },
    ),
    { numRuns: 150 },
  );
});
