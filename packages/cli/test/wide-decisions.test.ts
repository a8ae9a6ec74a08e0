import { randomBytes } from 'node:crypto';
import {
  type Database,
  openDatabase,
  saveBars,
  saveBlockedSignal,
  saveInstruments,
  saveRegime,
} from '@ballast/db';
import {
  type Bar,
  type Instrument,
  type LeaveSignal,
  parseUuid,
  type Signal,
  type SignalId,
  uuidV7,
} from '@ballast/domain';
import { Known, numericBar, startRun, strategyNamed } from '@ballast/strategies';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { createTestDatabase, type TestDatabase } from '../../../tools/stores/test-stores.ts';
import { decisionReplay } from '../src/commands/decision-replay.ts';
import { bars, BTC, ETH, MINUTE, START } from './stored-bars.fixture.ts';

const HOUR = 60 * MINUTE;
let database: TestDatabase;
let db: Database;
let marketData: Database;
let worker: Database;
let owner: Database;

beforeAll(async () => {
  database = await createTestDatabase();
  db = openDatabase(database.urls.cli, { max: 1 });
  marketData = openDatabase(database.urls['market-data'], { max: 1 });
  worker = openDatabase(database.urls['strategy-worker'], { max: 1 });
  owner = openDatabase(database.ownerUrl, { max: 1 });
  await saveInstruments(marketData, [BTC, ETH], START);
});
afterAll(async () => {
  await Promise.all([db, marketData, worker, owner].map((one) => one.close()));
  await database.drop();
});

/** Hours in waves, with what an hourly strategy says of them stored as the worker would. */
async function storeHours(
  strategy: 'sma-cross' | 'btc-trend-hybrid',
  { on, count }: { readonly on: Instrument; readonly count: number },
  known: Known = new Known([]),
): Promise<string[]> {
  const through = bars(on, count).map((bar, at): Bar => {
    return { ...bar, timeframe: '1h', openTime: START + at * HOUR };
  });
  await saveBars(marketData, through);
  const run = startRun(strategyNamed(strategy));
  const words: string[] = [];
  for (const bar of through) {
    const decidedAt = bar.openTime + HOUR;
    known.moveTo(decidedAt);
    const entry = run.step(numericBar(bar), known.values);
    const signal = () => ({
      id: parseUuid<SignalId>(uuidV7(decidedAt, randomBytes(10))),
      ...{ strategy, instrument: on.id, timeframe: '1h', barOpenTime: bar.openTime, decidedAt },
    });
    const save = async (said: Signal | LeaveSignal): Promise<void> => {
      const by = { gate: 'switch', input: 'off', threshold: 'on', settingsId: null } as const;
      const row = { signalId: said.id, ...by, regime: null, blockedAt: decidedAt };
      if (await saveBlockedSignal(worker, said, row)) words.push(said.word);
    };
    if (entry !== null) await save({ ...signal(), timeframe: '1h', word: 'enter', ...entry });
    for (const direction of ['long', 'short'] as const) {
      const left = run.leaves(direction);
      if (left !== null) await save({ ...signal(), timeframe: '1h', word: 'leave', ...left });
    }
  }
  return words;
}

const found = z.array(z.looseObject({ strategy: z.string(), word: z.string() }));
async function differencesOf(strategy: string) {
  const { data } = await decisionReplay({ db }, { sample: 1_000, seed: '1' });
  return found.parse(data['differences']).filter((one) => one.strategy === strategy);
}

test('words of wider bars are made again, a leave and an entry of one bar too', async () => {
  const words = await storeHours('sma-cross', { on: ETH, count: 450 });
  expect(words.filter((word) => word === 'enter').length).toBeGreaterThan(2);
  expect(words.filter((word) => word === 'leave').length).toBeGreaterThan(2);
  expect(await differencesOf('sma-cross')).toEqual([]);
  await owner.pool.query("UPDATE signals SET direction = 'short' WHERE word = 'leave'");
  const [differ] = await differencesOf('sma-cross');
  expect(differ).toMatchObject({ word: 'leave', timeframe: '1h', again: null, cause: null });
});

test('what was known beside the bars is known as it was', async () => {
  const regimes = Array.from({ length: 250 }, (_, index) => ({
    ...{ at: START + index * 4 * HOUR, knownAt: START + index * 4 * HOUR + 15_000 },
    ...{ instrument: BTC.id, version: 1, inputs: {} },
    regime: ([0, 1, 1, -1] as const)[Math.floor(index / 20) % 4] ?? 0,
  }));
  for (const point of regimes) await saveRegime(worker, point);
  const column = {
    of: 'regime',
    knownAt: Float64Array.from(regimes, ({ knownAt }) => knownAt),
    value: Float64Array.from(regimes, ({ regime }) => regime),
  } as const;
  const words = await storeHours(
    'btc-trend-hybrid',
    { on: BTC, count: 1_000 },
    new Known([column]),
  );
  expect(words).toEqual(expect.arrayContaining(['enter', 'leave']));
  const bear = { version: 2, regime: -2 } as const;
  for (const point of regimes.slice(0, 100)) {
    await saveRegime(worker, { ...point, ...bear, knownAt: point.knownAt + 10_000 * HOUR });
  }
  expect(await differencesOf('btc-trend-hybrid'), 'what was said later counts not').toEqual([]);
  for (const point of regimes.slice(100)) await saveRegime(worker, { ...point, ...bear });
  expect((await differencesOf('btc-trend-hybrid')).length).toBeGreaterThan(0);
});
