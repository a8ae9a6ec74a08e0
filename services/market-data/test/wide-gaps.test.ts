import { barsBetween, type Database, loadGaps, openDatabase, saveBars } from '@ballast/db';
import { type Bar, barOpenTime, type Instrument, TIMEFRAMES } from '@ballast/domain';
import { createLogger } from '@ballast/observability';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { queryOnce } from '../../../tools/stores/query-once.ts';
import { createTestDatabase, type TestDatabase } from '../../../tools/stores/test-stores.ts';
import { createGapFiller } from '../src/backfill/gap-filler.ts';
import { lookForGaps } from '../src/coverage/gap-look.ts';
import { settleStretch } from '../src/jobs/settle-stretch.ts';
import { lookAgainAtWide, rollLate } from '../src/rolling/roll-stored.ts';
import { instrumentOf, keptBy, openGaps } from './kept-bars.fixture.ts';

const MINUTE = 60_000;
const NOON = Date.parse('2026-11-17T12:00Z');
const HOUR = 60 * MINUTE;
const NOW = NOON + 20 * HOUR;
const log = createLogger('test', 'silent');
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

const minute = ({ id }: Instrument, openTime: number): Bar => ({
  ...{ instrument: id, timeframe: '1m', openTime, open: '1', high: '1', low: '1', close: '1' },
  ...{ volume: '1', tradeCount: 1, state: 'backfilled', source: 'bybit', builtFrom: 'venue' },
  missing: 0,
});

const REFUSE_WIDE = `
  CREATE FUNCTION refuse_wide() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN RAISE EXCEPTION 'not now'; END $$;
  CREATE TRIGGER refuse_wide BEFORE INSERT ON bars
    FOR EACH ROW WHEN (NEW.timeframe <> '1m') EXECUTE FUNCTION refuse_wide()`;

/** What a look finds a stretch is over. */
async function outage(instrument: Instrument, from: number, to: number): Promise<void> {
  for (const timeframe of TIMEFRAMES) {
    const first = barOpenTime(timeframe, instrument.session, from);
    await lookForGaps(db, instrument, { timeframe, from: first, until: to, now: NOW });
  }
}

function fillerOf(instrument: Instrument, lacks: (openTime: number) => boolean) {
  const kept = keptBy(instrument, () => undefined, lacks);
  return createGapFiller({
    db,
    historyOf: () => kept,
    reachMs: 30 * 24 * HOUR,
    now: () => NOW,
    log,
  });
}

test('wide bars beside the one that had a trade are empty like their minutes', async () => {
  const instrument = instrumentOf('BTCUSDT');
  await outage(instrument, NOON, NOON + 2 * HOUR);
  expect(await openGaps(db, instrument, NOW)).not.toEqual([]);
  await fillerOf(instrument, (at) => at !== NOON + 33 * MINUTE).fill();
  expect(await openGaps(db, instrument, NOW)).toEqual([]);
});

test('a wide bar of which a stretch holds the end is empty when each of its minutes is', async () => {
  const instrument = instrumentOf('ETHUSDT');
  const start = NOON + 2 * MINUTE;
  await outage(instrument, NOON, start);
  await fillerOf(instrument, () => true).fill();
  await outage(instrument, NOON, NOON + 2 * HOUR);
  await saveBars(db, [minute(instrument, NOON + 5 * MINUTE)]);
  await settleStretch(db, instrument, {
    ...{ timeframe: '1m', from: start, to: NOON + 2 * HOUR, now: NOW, isWatched: true },
    ...{ asked: { source: 'bybit', hearsAll: true }, wide: 'roll' },
  });
  expect(await openGaps(db, instrument, NOW)).toEqual([]);
});

test('minutes whose wide bars could not be stored are asked for again', async () => {
  const instrument = instrumentOf('SOLUSDT');
  const some = Array.from({ length: 10 }, (_, index) => minute(instrument, NOON + index * MINUTE));
  await saveBars(db, some.toSpliced(3, 2));
  const stretch = { from: NOON, to: NOON + 9 * MINUTE, until: NOW, state: 'closed' } as const;
  await rollLate(db, instrument, { ...stretch, timeframes: ['5m'] }, NOW);
  await outage(instrument, NOON, NOON + 10 * MINUTE);
  const { fill } = fillerOf(instrument, () => false);
  await queryOnce(database.ownerUrl, REFUSE_WIDE);
  await expect(fill()).rejects.toThrow();
  await queryOnce(database.ownerUrl, 'DROP TRIGGER refuse_wide ON bars');
  await fill();
  const range = { from: NOON, to: NOON + 9 * MINUTE };
  const wide = await barsBetween(db, instrument.id, '5m', range);
  expect(wide.map(({ missing }) => missing)).toEqual([0, 0]);
  expect(await openGaps(db, instrument, NOW)).toEqual([]);
});

test('a wide bar that nobody asked for all of is not missing when its minutes are not', async () => {
  const instrument = instrumentOf('XRPUSDT');
  await outage(instrument, NOON + 2 * MINUTE, NOON + HOUR);
  const wide = { timeframe: '5m', from: NOON, to: NOON } as const;
  expect(await openGaps(db, instrument, NOW)).not.toEqual([]);
  await fillerOf(instrument, () => true).fill();
  expect(await openGaps(db, instrument, NOW)).toEqual([]);
  const [first] = await loadGaps(db, { instrument: instrument.id, ...wide });
  expect(first, 'nor does anybody know that it is empty').toMatchObject({ outcome: 'unheard' });
});

test('a wide bar of which no minute was asked for stays missing', async () => {
  const instrument = instrumentOf('LTCUSDT');
  await lookForGaps(db, instrument, { timeframe: '5m', from: NOON, until: NOON + HOUR, now: NOW });
  await outage(instrument, NOON + 2 * HOUR, NOON + 3 * HOUR);
  await fillerOf(instrument, () => true).fill();
  const held = { from: NOON, to: NOON + HOUR, timeframes: ['5m'] } as const;
  await lookAgainAtWide(db, instrument, held, NOW);
  expect(await openGaps(db, instrument, NOW)).toContain(`5m ${new Date(NOON).toISOString()}`);
});

test('a gap is over though its minutes have more digits than a wide bar can hold', async () => {
  const instrument = instrumentOf('ADAUSDT');
  await outage(instrument, NOON, NOON + 4 * MINUTE);
  const last = minute(instrument, NOON + 4 * MINUTE);
  await saveBars(db, [{ ...last, volume: '0.000000000000000001' }]);
  const { fill } = fillerOf(instrument, () => false);
  await expect(fill()).rejects.toMatchObject({ code: 'BAR_OFF_UNIT' });
  await fill();
  expect(await openGaps(db, instrument, NOW)).not.toContain(`1m ${new Date(NOON).toISOString()}`);
});
