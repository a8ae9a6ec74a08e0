import { randomBytes } from 'node:crypto';
import {
  type ConfigurationCommand,
  saveBars,
  saveRegime,
  takeConfigurationCommand,
} from '@ballast/db';
import { type Bar, type CommandId, type Instrument, parseUuid, uuidV7 } from '@ballast/domain';
import { Known, numericBar, type Opinion, startRun, STRATEGY_BY_NAME } from '@ballast/strategies';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { TrackWord } from '../src/instrument-track.ts';
import { createLiveParameters } from '../src/live-parameters.ts';
import { createTrackBook } from '../src/track-book.ts';
import {
  ACCOUNT,
  MINUTE,
  openWorkerStores,
  saveInstrument,
  START,
  swingingChanges,
  walk,
} from './worker-stores.fixture.ts';

let stores: Awaited<ReturnType<typeof openWorkerStores>>;
beforeAll(async () => {
  stores = await openWorkerStores();
});
afterAll(() => stores.close());

async function set(parameters: Record<string, number>, at: number): Promise<void> {
  const id = parseUuid<CommandId>(uuidV7(at, randomBytes(10)));
  const command: ConfigurationCommand = {
    ...{ version: 1, id, producer: 'cli', actor: 'operator', account: ACCOUNT, mode: 'paper' },
    ...{ issuedAt: at, expiresAt: at + 1, nonce: randomBytes(16).toString('hex') },
    type: 'setStrategyParameters',
    body: { strategy: 'momentum', parameters, reason: 'test' },
  };
  await takeConfigurationCommand(stores.supervisor, command, id, at);
}

/** What momentum would enter. */
function entryOf(words: readonly TrackWord[]): Opinion | undefined {
  const said = words.find(({ strategy, word }) => strategy === 'momentum' && word === 'enter');
  return said?.word === 'enter' ? said.opinion : undefined;
}

function book(now: () => number) {
  const parameters = createLiveParameters(stores.worker, now);
  const onHole = (): never => {
    throw new Error('no bar is missing here');
  };
  return createTrackBook(stores.worker, { parameters, onHole });
}

test('what was warmed up before a change of the parameters begins anew with them', async () => {
  const early = await saveInstrument(stores.marketData, 'EARLY');
  const other = await saveInstrument(stores.marketData, 'LATER');
  let now = START + 300 * MINUTE;
  const bars = walk(early, START, swingingChanges(400));
  await saveBars(stores.marketData, bars.slice(0, 820));
  const tracks = book(() => now);
  await tracks.warmUp(early, '1m');
  // While others are still being warmed up: the strategy falls silent until it is warm once more.
  await set({ fastPeriod: 100, slowPeriod: 400 }, now);
  now += 5_000;
  await tracks.warmUp(other, '1m');
  const said: unknown[] = [];
  for (const bar of bars.slice(300)) {
    now = bar.openTime + MINUTE;
    said.push(await tracks.wordsOn(bar, early));
  }
  expect(said).toEqual(Array.from({ length: 100 }, () => []));
});

test('as many stored bars are read as the slowest strategy needs', async () => {
  const slow = await saveInstrument(stores.marketData, 'SLOW');
  const now = START + 2_000 * MINUTE;
  await set({ fastPeriod: 100, slowPeriod: 400 }, now);
  await saveBars(stores.marketData, walk(slow, now - 1_700 * MINUTE, swingingChanges(1_700)));
  expect(await book(() => now).warmUp(slow, '1m')).toBe(true);
});

test('what is said does not tell when the worker was started', async () => {
  const slow = { fastPeriod: 50, slowPeriod: 200 };
  const any = await saveInstrument(stores.marketData, 'RESTARTED');
  const now = START + 10_000 * MINUTE;
  await set(slow, now);
  const bars = walk(any, now - 3_000 * MINUTE, swingingChanges(3_300));
  await saveBars(stores.marketData, bars.slice(0, 3_000));
  const tracks = book(() => now);
  await tracks.warmUp(any, '1m');
  const always = startRun(STRATEGY_BY_NAME.momentum, slow);
  const said: number[][] = [];
  for (const [at, bar] of bars.entries()) {
    const far = always.step(numericBar(bar));
    const heard = at < 3_000 ? [] : await tracks.wordsOn(bar, any);
    if (at < 3_000 || heard === 'repeated') continue;
    const near = entryOf(heard);
    expect(near?.direction).toBe(far?.direction);
    for (const [name, value] of Object.entries(far?.inputs ?? {})) {
      said.push([value, near?.inputs[name] ?? NaN]);
    }
  }
  expect(said.length).toBeGreaterThan(10);
  const apart = said.map(([far = NaN, near = NaN]) => Math.abs(far - near) / Math.abs(far));
  expect(Math.max(...apart)).toBeLessThan(1e-9);
});

test('what a strategy needs beside its bars is what was known when each was decided on', async () => {
  const HOUR = 60 * MINUTE;
  const begin = START - (START % HOUR);
  const bitcoin = await saveInstrument(stores.marketData, 'BTCUSDT');
  const bars = waves(bitcoin, 1_150, begin);
  const regimes = Array.from({ length: 288 }, (_, index) => ({
    ...{ at: begin + index * 4 * HOUR, knownAt: begin + index * 4 * HOUR + 15_000 },
    ...{ instrument: bitcoin.id, version: 1, inputs: {} },
    regime: ([0, 1, 1, -1] as const)[Math.floor(index / 20) % 4] ?? 0,
  }));
  for (const point of regimes) await saveRegime(stores.worker, point);
  const known = new Known([
    {
      of: 'regime',
      knownAt: Float64Array.from(regimes, ({ knownAt }) => knownAt),
      value: Float64Array.from(regimes, ({ regime }) => regime),
    },
  ]);
  await saveBars(stores.marketData, bars.slice(0, 820));
  const tracks = book(() => begin);
  await tracks.warmUp(bitcoin, '1h');
  const always = startRun(STRATEGY_BY_NAME['btc-trend-hybrid']);
  const [expected, heard]: [unknown[], unknown[]] = [[], []];
  for (const [at, bar] of bars.entries()) {
    known.moveTo(bar.openTime + HOUR);
    const entry = always.step(numericBar(bar), known.values);
    if (at < 820) continue;
    const left = always.leaves('long');
    if (left !== null) expected.push(left);
    if (entry !== null) expected.push(entry);
    const words = await tracks.wordsOn(bar, bitcoin);
    if (words === 'repeated') throw new Error('a bar that is new');
    const own = words.filter(({ strategy }) => strategy === 'btc-trend-hybrid');
    heard.push(...own.map(({ opinion }) => opinion));
  }
  expect(expected.length).toBeGreaterThan(1);
  expect(heard).toEqual(expected);
});

/** Hours in waves of two lengths. */
function waves(instrument: Instrument, count: number, begin: number): Bar[] {
  const priceAt = (at: number): number =>
    Math.round(100_000 + 8_000 * Math.sin(at / 40) + 2_000 * Math.sin(at / 7)) / 10;
  const moves = Array.from({ length: count }, (_, at) => priceAt(at + 1) - priceAt(at));
  return walk(instrument, 0, moves).map((bar, at) => ({
    ...bar,
    ...{ timeframe: '1h', openTime: begin + at * 60 * MINUTE },
  }));
}
