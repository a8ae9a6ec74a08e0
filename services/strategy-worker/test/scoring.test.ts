import { randomBytes } from 'node:crypto';
import {
  bestScores,
  type ConfigurationCommand,
  removeFromUniverse,
  saveBars,
  takeConfigurationCommand,
} from '@ballast/db';
import {
  type Bar,
  type CommandId,
  type Instrument,
  parseUuid,
  type StrategyName,
  TIMEFRAME_MS,
  uuidV7,
} from '@ballast/domain';
import { createLogger } from '@ballast/observability';
import { foldBars, numericBar, startRun, STRATEGY_BY_NAME } from '@ballast/strategies';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ScoreBook } from '../src/scoring/score-book.ts';
import {
  ACCOUNT,
  MINUTE,
  openWorkerStores,
  saveInstrument,
  swingingChanges,
  walk,
} from './worker-stores.fixture.ts';

const HOUR = TIMEFRAME_MS['1h'];
const BEGIN = Date.UTC(2025, 9, 6);
const FIRST_LIVE = BEGIN + 102 * HOUR;
const log = createLogger('test', 'silent');

let stores: Awaited<ReturnType<typeof openWorkerStores>>;
const universe: { instrument: Instrument; minutes: Bar[] }[] = [];

beforeAll(async () => {
  stores = await openWorkerStores();
  for (const [i, symbol] of ['AAUSDT', 'BBUSDT', 'CCUSDT', 'NEWUSDT'].entries()) {
    const instrument = await saveInstrument(stores.marketData, symbol);
    const changes = swingingChanges(104 * 60, 5 + i).map((change, k) => change + ((k * i) % 3) - 1);
    const minutes = walk(instrument, BEGIN, changes);
    universe.push({ instrument, minutes });
    // The last is listed only two hours before.
    const from = symbol.startsWith('NEW') ? FIRST_LIVE - 2 * HOUR : 0;
    const before = minutes.filter(({ openTime }) => openTime >= from && openTime < FIRST_LIVE);
    await saveBars(stores.marketData, before.slice(-4 * 60));
    // The newest hour is not stored yet: it is made from its minutes.
    await saveBars(stores.marketData, hoursOf(before).slice(0, -1));
  }
});
afterAll(() => stores.close());

/** Hours as they are stored, in the words of a bar. */
function hoursOf(minutes: readonly Bar[]): Bar[] {
  const fold = foldBars('1h', 'continuous');
  return minutes.flatMap((minute) =>
    fold.add(numericBar(minute)).map(({ openTime, open, high, low, close, volume }): Bar => {
      const prices = { open: `${open}`, high: `${high}`, low: `${low}`, close: `${close}` };
      return { ...minute, timeframe: '1h', openTime, ...prices, volume: `${volume}` };
    }),
  );
}

async function watch(strategy: StrategyName, on: boolean, at: number): Promise<void> {
  const id = parseUuid<CommandId>(uuidV7(at, randomBytes(10)));
  const command: ConfigurationCommand = {
    ...{ version: 1, id, producer: 'cli', actor: 'operator', account: ACCOUNT, mode: 'paper' },
    ...{ issuedAt: at, expiresAt: at + 1, nonce: randomBytes(16).toString('hex') },
    type: 'setStrategySwitch',
    body: { strategy, switch: 'watchlist', on, reason: 'test' },
  };
  await takeConfigurationCommand(stores.supervisor, command, id, at);
}

/** What a strategy scores of all bars from the beginning on. */
function alone(strategy: StrategyName, bars: readonly Bar[]) {
  const run = startRun(STRATEGY_BY_NAME[strategy]);
  for (const bar of bars) run.step(numericBar(bar));
  return { score: run.score(), parts: run.parts() };
}

/** A book whose instruments are all begun, and its clock. */
async function begunBook(at: number) {
  const clock = { now: at };
  const book = new ScoreBook({ db: stores.worker, log, now: () => clock.now });
  await book.turn();
  expect(book.behind).toBe(0);
  return { book, clock };
}

const best = (strategy: StrategyName) =>
  bestScores(stores.worker, { strategy, top: 10 }).then(([one]) => one);

test('the universe is scored on a close, ranked, with parts; of hours from their minutes', async () => {
  await watch('momentum', true, BEGIN);
  await watch('sma-cross', true, BEGIN);
  const { book, clock } = await begunBook(FIRST_LIVE);
  const live = (openTime: number) =>
    universe.flatMap(({ minutes }) => minutes.filter((bar) => bar.openTime === openTime));
  for (let at = FIRST_LIVE; at < FIRST_LIVE + HOUR; at += MINUTE) {
    clock.now = at + MINUTE + 300;
    expect(live(at).map((bar) => book.accept(bar))).toEqual([true, true, true, true]);
    const wide = live(at).map((bar) => book.accept({ ...bar, timeframe: '5m' }));
    expect(wide).toEqual([false, false, false, false]);
  }
  clock.now += 200;
  expect(await book.turn()).toBe(8);
  for (const strategy of ['momentum', 'sma-cross'] as const) {
    const stored = await best(strategy);
    const wide = strategy === 'sma-cross';
    const newest = FIRST_LIVE + HOUR - (wide ? HOUR : MINUTE);
    const expected = universe.map(({ instrument, minutes }) => {
      const heard = minutes.filter(({ openTime }) => openTime < FIRST_LIVE + HOUR);
      return { instrument: instrument.id, ...alone(strategy, wide ? hoursOf(heard) : heard) };
    });
    const scored = (stored?.rows ?? []).filter(({ score }) => score !== null);
    expect(scored.length).toBe(wide ? 3 : 4);
    const scores = scored.map(({ score }) => score ?? NaN);
    expect(scores, 'best first').toEqual(scores.toSorted((a, b) => b - a));
    for (const { instrument, score, parts, rank, barOpenTime, scoredAt } of scored) {
      const one = expected.find((other) => other.instrument === instrument);
      expect(score).toBeCloseTo(one?.score ?? NaN, 2);
      expect(Object.keys(parts ?? {}).toSorted()).toEqual(Object.keys(one?.parts ?? {}).toSorted());
      const better = scores.filter(
        (other) => Math.trunc(other * 10) > Math.trunc((score ?? NaN) * 10),
      );
      expect(rank).toBe(1 + better.length);
      expect([barOpenTime, scoredAt]).toEqual([newest, clock.now]);
    }
  }
  const young = (await best('sma-cross'))?.rows.find(({ score }) => score === null);
  expect(young).toMatchObject({
    instrument: 'bybit.linear:NEWUSDT',
    rank: null,
    parts: { reason: 'WARMING_UP', bars: 3, needed: 99 },
  });
  expect(await book.turn(), 'nothing new, nothing written').toBe(0);
});

test('after a hole an instrument is begun anew from what is stored; the newest bar wins', async () => {
  const { book, clock } = await begunBook(FIRST_LIVE + HOUR);
  const { instrument, minutes } = universe[0] ?? { instrument: null, minutes: [] };
  const at = (k: number): Bar => {
    const found = minutes.find((bar) => bar.openTime === FIRST_LIVE + k * MINUTE);
    if (found === undefined) throw new Error(`no minute ${k}`);
    return found;
  };
  await saveBars(stores.marketData, [at(0)]);
  expect(book.accept(at(2)), 'the minute before it is not heard').toBe(false);
  expect(book.accept(at(3))).toBe(false);
  expect(book.behind).toBe(1);
  await book.turn();
  expect(book.behind, 'nor is it stored').toBe(1);
  await saveBars(stores.marketData, [at(1), at(2)]);
  clock.now += 2_000;
  await book.turn();
  expect(book.behind).toBe(0);
  clock.now += 500;
  await book.turn();
  const row = (await best('momentum'))?.rows.find((one) => one.instrument === instrument?.id);
  // A later bar of the earlier test is stored, and stays.
  expect(row?.barOpenTime).toBe(FIRST_LIVE + HOUR - MINUTE);
  expect(book.accept(at(3)), 'taken with the stored ones').toBe(false);
  expect(book.accept(at(4))).toBe(true);
});

test('what is not watched any more says so', async () => {
  const { book, clock } = await begunBook(FIRST_LIVE + HOUR);
  await watch('sma-cross', false, clock.now);
  clock.now += 5_000;
  await book.turn();
  const stored = await best('sma-cross');
  expect(stored).toMatchObject({ scored: 0, unscored: 4 });
  expect(stored?.rows[0]).toMatchObject({ rank: null, parts: { reason: 'NOT_WATCHED' } });
  expect((await best('momentum'))?.scored).toBe(4);
});

test('what is not in the universe any more has no rank among those that are', async () => {
  const { book, clock } = await begunBook(FIRST_LIVE + HOUR);
  const left = universe[1]?.instrument.id ?? '';
  const stamp = { at: clock.now, actor: 'operator', reason: 'test' };
  await stores.marketData.transaction((tx) => removeFromUniverse(tx, [left], stamp));
  clock.now += 60_000;
  await book.turn();
  const stored = await best('momentum');
  expect(stored).toMatchObject({ scored: 3, unscored: 1 });
  expect(stored?.rows.find(({ instrument }) => instrument === left)).toMatchObject({
    ...{ score: null, rank: null },
    parts: { reason: 'NOT_IN_UNIVERSE' },
  });
  // Of the strategy that is not watched that stays the reason.
  expect((await best('sma-cross'))?.rows.map(({ parts }) => parts)).toEqual(
    universe.map(() => ({ reason: 'NOT_WATCHED' })),
  );
});
