import { type Database, openDatabase } from '@ballast/db';
import { type Instrument, instrumentId } from '@ballast/domain';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../tools/stores/test-stores.ts';
import { coverageFaults } from './coverage-faults.fixture.ts';
import { createLife } from './coverage-life.fixture.ts';
import { stories, type Story } from './coverage-story.fixture.ts';
import { instrumentOf } from './kept-bars.fixture.ts';

/** More of them: COVERAGE_STORIES=300; others: COVERAGE_SEED=7. A failure prints seed and story. */
const STORIES = Number(process.env['COVERAGE_STORIES'] ?? 12);
const SEED = Number(process.env['COVERAGE_SEED'] ?? 1);
/** All of them, and a search for a shorter story that fails as well; one without an end fails. */
const LIMIT_MS = 60_000 + STORIES * 2_000;
const FAULTS_SHOWN = 6;

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

let symbols = 0;
function traded({ session }: Story): Instrument {
  symbols += 1;
  const symbol = `LIFE${symbols}USDT`;
  const id = instrumentId('alpaca', 'stock', symbol);
  return session === 'continuous' ? instrumentOf(symbol) : { ...instrumentOf(symbol), id, session };
}

test(
  'whatever befalls it, each bar is stored or told as missing once, and nothing stays open',
  async () => {
    const life = fc.asyncProperty(stories, async (story) => {
      const instrument = traded(story);
      const stores = { db, ownerUrl: database.ownerUrl };
      const end = await createLife(stores, instrument, story).live();
      const faults = await coverageFaults(db, instrument, end);
      expect(faults.slice(0, FAULTS_SHOWN), `${faults.length} faults`).toEqual([]);
    });
    await fc.assert(life, {
      ...{ seed: SEED, numRuns: STORIES, interruptAfterTimeLimit: LIMIT_MS },
      markInterruptAsFailure: true,
    });
  },
  LIMIT_MS + 30_000,
);
