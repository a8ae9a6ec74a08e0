import type { FeedEvent } from '@ballast/feeds';
import { expect, test } from 'vitest';
import { WINDOW_MS } from './record-book.ts';
import { asTrade, BTC, IBM, listed, openWatch } from './recorded.fixture.ts';
import { SeenIds } from './seen-ids.ts';

const AT = Date.parse('2026-11-20T15:00Z');
let ids = 0;

function trade(change: { price?: string; at?: number; instrument?: typeof BTC } = {}): FeedEvent {
  const { price = '100', at = AT, instrument = BTC } = change;
  ids += 1;
  return asTrade({
    ...{ instrument: instrument.id, source: 'bybit', venueTradeId: String(ids), takerSide: 'buy' },
    ...{ price, quantity: '1', eventTime: at, receivedTime: at },
  });
}
const bad = (at = AT, instrument = BTC): FeedEvent => trade({ price: '0', at, instrument });

test('one record for each window, with its count and the first evidence', async () => {
  const { play, records } = openWatch();
  play([bad(AT), bad(AT + 1_000), bad(AT + WINDOW_MS - 1), bad(AT + WINDOW_MS), bad(AT, IBM)]);
  const found = (await records()).map(({ instrument, fromTime, toTime, count, evidence }) => {
    return { instrument, fromTime, toTime, count, evidence };
  });
  const first = expect.objectContaining({ eventTime: AT });
  const later = expect.objectContaining({ eventTime: AT + WINDOW_MS });
  expect(found).toEqual([
    { instrument: BTC.id, fromTime: AT, toTime: AT + WINDOW_MS - 1, count: 3, evidence: first },
    {
      ...{ instrument: BTC.id, count: 1, evidence: later },
      ...{ fromTime: AT + WINDOW_MS, toTime: AT + WINDOW_MS },
    },
    { instrument: IBM.id, fromTime: AT, toTime: AT, count: 1, evidence: first },
  ]);
});

test('a window that goes on is stored again, one that does not is not', async () => {
  const saves: number[][] = [];
  const { watch, play } = openWatch({
    save: async (records) => void saves.push(records.map(({ count }) => count)),
  });
  play([bad()]);
  await watch.flush();
  await watch.flush();
  play([bad(AT + 1), bad(AT + 2)]);
  await watch.flush();
  await watch.flush();
  expect(saves).toEqual([[1], [3]]);
  expect(watch.counts()).toMatchObject({ PRICE_NOT_POSITIVE: 3, CROSSED_QUOTE: 0 });
});

test('while the database is away nothing is lost and nothing thrown', async () => {
  let isAway = true;
  const stored: number[] = [];
  const { watch, play } = openWatch({
    save: async (records) => {
      if (isAway) throw new Error('connection refused');
      for (const { count } of records) stored.push(count);
    },
  });
  play([bad()]);
  await watch.flush();
  play([bad(AT + 1), bad(AT + WINDOW_MS)]);
  await watch.flush();
  expect(watch.counts()).toMatchObject({ qualitySaveFailures: 2, qualityRecordsStored: 0 });
  isAway = false;
  await watch.flush();
  expect(stored).toEqual([2, 1]);
});

test('a record that the database cannot take does not keep out the others', async () => {
  const stored: string[] = [];
  const { watch, play } = openWatch({
    save: async (records) => {
      if (records.some(({ instrument }) => instrument === IBM.id)) {
        throw Object.assign(new Error('unsupported Unicode escape'), { code: '22P05' });
      }
      for (const { instrument } of records) stored.push(instrument);
    },
  });
  play([bad(AT, IBM), bad(AT, BTC)]);
  await watch.flush();
  await watch.flush();
  expect(stored).toEqual([BTC.id]);
  expect(watch.counts()).toMatchObject({ qualityRecordsRefused: 1, qualitySaveFailures: 0 });
});

test('records of one window are bounded, and so are those that wait', async () => {
  const many = Array.from({ length: 2_100 }, (_, index) => listed(`bybit.linear:C${index}`));
  const { watch, play } = openWatch({
    instruments: () => many,
    save: () => Promise.reject(new Error('away')),
  });
  const all = (at: number) => play(many.map((instrument) => bad(at, instrument)));
  all(AT);
  expect(watch.counts()).toMatchObject({ qualityBreaches: 2_100, qualityBreachesDropped: 100 });
  for (let window = 1; window <= 6; window += 1) all(AT + window * WINDOW_MS);
  expect(watch.counts()['qualityRecordsDropped']).toBe(2_000);
});

test('input that is no event is a fault of ours: counted, and the next is judged', async () => {
  const { watch, play, records } = openWatch();
  const broken: FeedEvent[] = JSON.parse('[{"kind":"trade","trade":null}]');
  watch.onEvents('bybit', broken);
  expect(watch.counts()['qualityFailures']).toBe(1);
  play([bad()]);
  expect(await records()).toHaveLength(1);
});

test('instruments come and go while it runs', async () => {
  let listedNow = [BTC];
  const { watch, play } = openWatch({ instruments: () => listedNow });
  play([bad(), bad(AT, IBM)]);
  expect(watch.counts()).toMatchObject({ qualityBreaches: 1, qualityEventsUnknown: 1 });
  listedNow = [IBM];
  play([bad(AT + 1_000), bad(AT + 1_000, IBM)]);
  expect(watch.counts()).toMatchObject({ qualityBreaches: 2, qualityEventsUnknown: 2 });
});

test('the last thousand trade ids are known, each for itself', () => {
  const seen = new SeenIds();
  const name = (index: number): string => `5266583935-${index}`;
  const fresh = Array.from({ length: 5_000 }, (_, index) => seen.repeats(name(index)));
  expect(fresh.filter(Boolean)).toEqual([]);
  const again = Array.from({ length: 1_024 }, (_, index) => seen.repeats(name(4_999 - index)));
  expect(again.filter(Boolean)).toHaveLength(1_024);
  expect(seen.repeats(name(0)), 'long ago').toBe(false);
  expect(seen.slots, 'two tables, half full').toBe(4 * 1_024);
  const quiet = new SeenIds();
  for (let index = 0; index < 50; index += 1) quiet.repeats(name(index));
  expect(Array.from({ length: 50 }, (_, index) => quiet.repeats(name(index)))).not.toContain(false);
  expect(quiet.slots, 'what prints little takes little').toBe(128);
});
