import { barsBetween, type Database, loadGaps, openDatabase, saveBars } from '@ballast/db';
import { type Bar, instrumentId } from '@ballast/domain';
import { createLogger } from '@ballast/observability';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../tools/stores/test-stores.ts';
import { lookAgain, lookForGaps } from '../src/coverage/gap-look.ts';
import { startGapWatch } from '../src/coverage/gap-watch.ts';
import { startRollWatch } from '../src/rolling/roll-watch.ts';
import { instrumentOf } from './kept-bars.fixture.ts';

const MINUTE = 60_000;
const NOON = Date.parse('2026-11-18T12:00Z');
const log = createLogger('market-data-test', 'silent');
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

const VENUE = { source: 'bybit', hearsAll: true } as const;

const tracked = (symbol: string) => ({
  id: instrumentId('bybit', 'linear', symbol),
  session: 'continuous' as const,
});
const at = (minute: number): number => NOON + minute * MINUTE;

async function store(symbol: string, minutes: readonly number[]): Promise<void> {
  const bars = minutes.map((minute): Bar => ({
    instrument: tracked(symbol).id,
    ...{ timeframe: '1m', openTime: at(minute), open: '1', high: '1', low: '1', close: '1' },
    ...{ volume: '1', tradeCount: 1, state: 'closed', source: 'bybit', builtFrom: 'trades' },
    missing: 0,
  }));
  await saveBars(db, bars);
}

/** Open gaps and empty ones as "first-last outcome", in minutes after noon. */
async function gapsOf(symbol: string): Promise<string[]> {
  const rows = await loadGaps(db, { instrument: tracked(symbol).id, from: 0, to: at(1e6) });
  return rows.map(({ fromTime, toTime, outcome }) => {
    const minutes = [fromTime, toTime].map((time) => (time - NOON) / MINUTE);
    return `${minutes.join('-')} ${outcome ?? 'open'}`;
  });
}

const look = (symbol: string, until: number) =>
  lookForGaps(db, tracked(symbol), { timeframe: '1m', from: NOON, until: at(until), now: 1 });
const again = (symbol: string, from: number, to: number, confirmed: boolean) =>
  lookAgain(db, tracked(symbol), {
    ...{ timeframe: '1m', from: at(from), to: at(to), now: 2 },
    asked: confirmed ? VENUE : null,
  });

test('each bar is looked for once, when it has ended', async () => {
  await store('BTCUSDT', [0, 1, 4]);
  expect(await look('BTCUSDT', 4), 'minute 4 has not ended').toBe(2);
  expect(await gapsOf('BTCUSDT')).toEqual(['2-3 open']);
  expect(await look('BTCUSDT', 4)).toBe(0);
  expect(await look('BTCUSDT', 7), 'goes on where it ended').toBe(2);
  expect(await gapsOf('BTCUSDT')).toEqual(['2-3 open', '5-6 open']);
});

test('a gap filled in part stands for the rest, and one filled whole is over', async () => {
  await store('ETHUSDT', [0, 9]);
  await look('ETHUSDT', 10);
  expect(await gapsOf('ETHUSDT')).toEqual(['1-8 open']);
  await store('ETHUSDT', [3, 4]);
  await again('ETHUSDT', 0, 10, false);
  expect(await gapsOf('ETHUSDT')).toEqual(['1-2 open', '5-8 open']);
  await store('ETHUSDT', [1, 2, 5, 6, 7, 8]);
  await again('ETHUSDT', 0, 10, false);
  expect(await gapsOf('ETHUSDT')).toEqual([]);
});

test('what the venue does not have either is empty, where it was asked for the whole of it', async () => {
  await store('SOLUSDT', [0, 9]);
  await look('SOLUSDT', 10);
  await store('SOLUSDT', [3]);
  await again('SOLUSDT', 0, 5, true);
  expect(await gapsOf('SOLUSDT'), 'asked for a part of it').toEqual(['1-2 empty', '4-8 open']);
  await again('SOLUSDT', 0, 9, true);
  expect(await gapsOf('SOLUSDT')).toEqual(['1-2 empty', '4-8 empty']);
});

test('gaps are found in time, and a stop is one, while a venue keeps its answer', async () => {
  const instrument = instrumentOf('XRPUSDT');
  let clock = at(10);
  let fills = 0;
  const watch = startGapWatch({
    ...{ db, instruments: () => [instrument], begin: NOON, now: () => clock, log },
    onCome: () => undefined,
    fill() {
      fills += 1;
      return new Promise<void>(() => undefined);
    },
  });
  await vi.waitFor(() => expect(fills).toBe(1));
  clock = at(20);
  await vi.waitFor(async () => {
    watch.lookNow();
    expect(await gapsOf('XRPUSDT')).toContain('9-18 open');
  });
  await watch.stop();
  expect(fills, 'asked for once more meanwhile').toBeGreaterThan(1);
});

test('one that is added is wanted from then on, and not from the begin of the service', async () => {
  const known = instrumentOf('LINKUSDT');
  const added = instrumentOf('TRXUSDT');
  let [clock, fills] = [at(10), 0];
  let instruments = [known];
  const watch = startGapWatch({
    ...{ db, instruments: () => instruments, begin: NOON, now: () => clock, log },
    onCome: () => undefined,
    fill: () => Promise.resolve(void (fills += 1)),
  });
  await vi.waitFor(() => expect(fills).toBe(1));
  [clock, instruments] = [at(500) + 20_000, [known, added]];
  watch.lookNow();
  await vi.waitFor(() => expect(fills).toBe(2));
  clock = at(503);
  await vi.waitFor(async () => {
    watch.lookNow();
    expect(await gapsOf('TRXUSDT')).toContain('500-501 open');
  });
  await watch.stop();
  expect(await gapsOf('TRXUSDT')).not.toContainEqual(expect.stringMatching(/^(?!500)/));
  expect(await gapsOf('LINKUSDT')).toContain('0-8 open');
});

test('what has come of a gap without anybody who says so is told', async () => {
  const instrument = instrumentOf('LTCUSDT');
  const come: unknown[] = [];
  await store('LTCUSDT', [0, 9]);
  await look('LTCUSDT', 10);
  await store('LTCUSDT', [1, 2, 3]);
  const watch = startGapWatch({
    ...{ db, instruments: () => [instrument], begin: NOON, now: () => at(11), log },
    onCome: ({ id }, stretch) => void come.push({ id, ...stretch }),
    fill: () => Promise.resolve(),
  });
  await vi.waitFor(() => {
    expect(come[0]).toEqual({ id: instrument.id, from: at(1), to: at(8) });
  });
  await watch.stop();
  expect(await gapsOf('LTCUSDT')).toContain('4-8 open');
});

test('a wide bar whose maker ended before it was made is made', async () => {
  const instrument = instrumentOf('ADAUSDT');
  const come: unknown[] = [];
  const parts = { db, instruments: () => [instrument], now: () => at(63), log };
  const rolls = startRollWatch({ ...parts, begin: at(62) });
  const fill = vi.fn(() => Promise.resolve());
  await store('ADAUSDT', [0, 1, 2, 3, 4]);
  const watch = startGapWatch({
    ...{ ...parts, begin: NOON, fill },
    onCome(one, stretch) {
      come.push({ id: one.id, ...stretch });
      rolls.storedLate(one, stretch);
    },
  });
  await vi.waitFor(() => expect(fill).toHaveBeenCalled());
  await watch.stop();
  const before = await gapsOf('ADAUSDT');
  await rolls.rollNow();
  await rolls.stop();
  const made = { id: instrument.id, from: NOON, to: NOON };
  expect(come, '5 m, 15 m and the hour').toEqual([made, made, made]);
  const hour = await barsBetween(db, instrument.id, '1h', { from: NOON, to: NOON });
  expect(hour).toMatchObject([{ volume: '5', missing: 55 }]);
  expect(before).toContain('0-0 open');
  expect(await gapsOf('ADAUSDT')).not.toContain('0-0 open');
});

test('a wide bar is empty when each of its minutes is, and not before', async () => {
  const id = tracked('DOGEUSDT');
  await store('DOGEUSDT', [0, 16]);
  const wide = async () => {
    const found = await loadGaps(db, { instrument: id.id, timeframe: '5m', from: 0, to: at(1e6) });
    return found.map(
      ({ fromTime, outcome }) => `${(fromTime - NOON) / MINUTE} ${outcome ?? 'open'}`,
    );
  };
  const lookAtWide = () =>
    lookAgain(db, id, { timeframe: '5m', from: NOON, to: at(20), asked: null, now: 2 });
  await look('DOGEUSDT', 17);
  await lookForGaps(db, id, { timeframe: '5m', from: at(5), until: at(15), now: 1 });
  expect(await wide()).toEqual(['5 open']);
  await again('DOGEUSDT', 0, 8, true);
  await lookAtWide();
  expect(await wide(), 'nobody was asked for all of its minutes').toEqual(['5 open']);
  await again('DOGEUSDT', 0, 16, true);
  await lookAtWide();
  expect(await wide()).toEqual(['5 empty']);
});

test('what has come of many gaps is told once for each, and what is left of each ends', async () => {
  const minutes = Array.from({ length: 25 }, (_, minute) => minute);
  const inTurn = (turn: number) => minutes.filter((minute) => minute % 3 === turn);
  const symbol = 'AVAXUSDT';
  await store(symbol, inTurn(0));
  await look(symbol, 25);
  await store(symbol, inTurn(1));
  const span = { timeframe: '1m', from: NOON, to: at(24), now: 2 } as const;
  const come = await lookAgain(db, tracked(symbol), { ...span, asked: VENUE, givenUp: true });
  expect(come).toEqual(inTurn(1).map((minute) => ({ from: at(minute), to: at(minute + 1) })));
  expect(await gapsOf(symbol)).toEqual(inTurn(2).map((minute) => `${minute}-${minute} empty`));
});
