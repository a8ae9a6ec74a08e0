import {
  type Database,
  loadUniverse,
  loadWatchlists,
  openDatabase,
  positions,
  saveInstruments,
  trades,
} from '@ballast/db';
import {
  type CommandOf,
  type Instrument,
  instrumentId,
  type InstrumentId,
  type ListingWire,
  parseQuantity,
  parseScaled,
} from '@ballast/domain';
import { createLogger } from '@ballast/observability';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../tools/stores/test-stores.ts';
import type { Refusal } from '../src/commands/command-handlers.ts';
import { ensureUniverse } from '../src/universe/first-universe.ts';
import { type ListingWatch, startListingWatch } from '../src/universe/listing-watch.ts';
import { ListingBook } from '../src/universe/listing.ts';
import { openUniverse, type Universe, type UniverseChange } from '../src/universe/open-universe.ts';
import { universeHandlers } from '../src/universe/universe-handlers.ts';

const TRADE = '01890000-0000-7000-8000-000000000001';
const log = createLogger('universe-test', 'silent');
const errors = vi.spyOn(log, 'error');
let database: TestDatabase;
let db: Database;
let owner: Database;
let listed: Instrument[];
let down = false;
let noRoomFor: InstrumentId | null = null;
let clock = 1_000;
let watch: ListingWatch;
let universe: Universe;
let standby: Universe;
const published: ListingWire[] = [];
const changes: UniverseChange[] = [];

const idOf = (symbol: string): InstrumentId => instrumentId('bybit', 'linear', symbol);
const [BTC, ETH, SOL, OLD] = [idOf('BTCUSDT'), idOf('ETHUSDT'), idOf('SOLUSDT'), idOf('OLDUSDT')];

function instrument(symbol: string, tick = '0.1'): Instrument {
  const quantities = { minQuantity: parseQuantity('1'), maxQuantity: parseQuantity('9') };
  const base = symbol.replace('USDT', '');
  return {
    ...{ id: idOf(symbol), baseCurrency: base, quoteCurrency: 'USDT', ...quantities },
    ...{ tickSize: parseScaled(tick), lotSize: parseScaled('1'), minNotional: 0n },
    ...{ multiplier: parseScaled('1'), sector: 'crypto', session: 'continuous' },
  };
}

beforeAll(async () => {
  database = await createTestDatabase();
  db = openDatabase(database.urls['market-data'], { max: 4 });
  owner = openDatabase(database.ownerUrl, { max: 1 });
  listed = ['BTCUSDT', 'ETHUSDT', 'SOLUSDT', 'XRPUSDT'].map((symbol) => instrument(symbol));
  await saveInstruments(db, [instrument('OLDUSDT')], 1);
  const now = (): number => (clock += 1);
  const everyMs = 3_600_000;
  universe = await openUniverse({ db, log, everyMs });
  standby = await openUniverse({ db, log, everyMs });
  universe.onChange((change) => changes.push(change));
  watch = startListingWatch({
    ...{ db, now, log, stored: universe.reload },
    listings: [
      {
        venue: 'bybit',
        fetch: () => (down ? Promise.reject(new Error('away')) : Promise.resolve(listed)),
      },
    ],
    publish: (listing) => Promise.resolve(void published.push(listing)),
  });
});
afterAll(async () => {
  await Promise.all([watch.stop(), universe.stop(), standby.stop()]);
  await db.close();
  await owner.close();
  await database.drop();
});

const wanted = (of: Universe): string[] => of.wanted().map(({ id }) => id);
const ensure = (choice: InstrumentId[] | 'all') =>
  ensureUniverse({ db, choice, watch, now: () => clock, log });

type Body = {
  [T in 'addInstruments' | 'removeInstruments' | 'setWatchlist']: CommandOf<T>['body'];
};

/** As the intake does it: one transaction, and nothing of a refused command stays. */
async function ask<T extends keyof Body>(type: T, body: Body[T]): Promise<Refusal | null> {
  const handlers = universeHandlers({
    book: watch.book,
    withoutSource: (added) => added.filter(({ id }) => id === noRoomFor),
  });
  const header = {
    ...{ version: 1, id: TRADE, producer: 'cli', actor: 'anna', account: 'paper', mode: 'paper' },
    ...{ issuedAt: 1, expiresAt: 2, nonce: '0'.repeat(32) },
  };
  const handler = handlers[type] as (
    command: unknown,
    tx: unknown,
    at: number,
  ) => Promise<Refusal | null>;
  const refusal = await db.transaction((tx) => handler({ ...header, type, body }, tx, clock));
  await universe.reload();
  return refusal;
}
const change = (type: 'addInstruments' | 'removeInstruments', ...instruments: InstrumentId[]) =>
  ask(type, { instruments, reason: 'because' });
const setList = (name: string, ...instruments: InstrumentId[]) =>
  ask('setWatchlist', { name, instruments, reason: 'because' });

test('of two venues that the configuration names each is waited for', async () => {
  const book = new ListingBook(['bybit', 'alpaca']);
  book.put('bybit', listed);
  const half = { book, refresh: () => Promise.resolve() };
  const choice = [BTC, instrumentId('alpaca', 'stock', 'IBM')];
  const first = ensureUniverse({ db, choice, watch: half, now: () => clock, log });
  const message = 'alpaca has not told yet what it lists';
  await expect(first).rejects.toMatchObject({ code: 'LISTING_UNKNOWN', message });
});

test('the configuration is the first universe, once a venue has told what it lists', async () => {
  expect(wanted(universe), 'stored before there was a universe').toEqual([OLD]);
  down = true;
  await expect(ensure([BTC])).rejects.toMatchObject({ code: 'LISTING_UNKNOWN' });
  expect(watch.counts.failedListings).toBe(1);
  await expect(ensure('all')).rejects.toMatchObject({ code: 'LISTING_UNKNOWN' });
  down = false;
  await expect(ensure([idOf('NOPEUSDT')])).rejects.toMatchObject({ code: 'INSTRUMENT_UNKNOWN' });
  expect(published.at(-1)?.instruments[0]).toEqual({
    ...{ id: BTC, baseCurrency: 'BTC', quoteCurrency: 'USDT', sector: 'crypto' },
  });
  await ensure([BTC, ETH]);
  await universe.reload();
  expect(wanted(universe)).toEqual([BTC, ETH]);
  const rows = await loadUniverse(db);
  expect(rows.map((row) => [row.instrument.id, row.wanted])).toEqual([
    [BTC, true],
    [ETH, true],
    [OLD, false],
  ]);
  await ensure([BTC]);
  await universe.reload();
  expect(wanted(universe), 'the configuration counts once').toEqual([BTC, ETH]);
});

test('what is added is streamed at once, and by the standby once it looks', async () => {
  changes.length = 0;
  const [first] = universe.wanted();
  expect(await change('addInstruments', SOL, SOL, BTC)).toBeNull();
  expect(universe.wanted()[0], 'what is as it was need not be followed anew').toBe(first);
  expect(wanted(universe)).toEqual([BTC, ETH, SOL]);
  expect(changes).toMatchObject([{ added: [{ id: SOL }], removed: [], changed: [] }]);
  expect(wanted(standby)).not.toContain(SOL);
  await standby.reload();
  expect(wanted(standby)).toEqual([BTC, ETH, SOL]);
});

test.each([
  [idOf('NOPEUSDT'), 'INSTRUMENT_NOT_LISTED'],
  [instrumentId('alpaca', 'equity', 'AAPL'), 'VENUE_NOT_CONNECTED'],
])('%s cannot be added: %s', async (id, code) => {
  expect(await change('addInstruments', idOf('XRPUSDT'), id)).toMatchObject({ code });
  expect(wanted(universe), 'nothing of a refused command stays').toEqual([BTC, ETH, SOL]);
});

test('what no feed has room for is refused, not added and never heard of', async () => {
  noRoomFor = idOf('XRPUSDT');
  const refusal = await change('addInstruments', idOf('XRPUSDT'));
  noRoomFor = null;
  expect(refusal).toMatchObject({ code: 'NO_SOURCE' });
  expect(wanted(universe)).toEqual([BTC, ETH, SOL]);
});

test('what is held, unknown or the last stays', async () => {
  const at = { createdAt: 1, updatedAt: 1, epoch: 1 };
  await owner.insert(trades).values({
    ...{ id: TRADE, account: 'paper', instrument: ETH, direction: 'long', status: 'open', ...at },
    ...{ origin: 'ticket', plan: {}, state: {}, quantity: 1n, realisedCum: 0n, feesCum: 0n },
  });
  const held = { code: 'INSTRUMENT_HELD', detail: expect.stringContaining(ETH) };
  expect(await change('removeInstruments', SOL, ETH)).toMatchObject(held);
  await owner.update(trades).set({ endedAt: 2 });
  await owner.insert(positions).values({
    ...{ account: 'paper', instrument: ETH, quantity: -1n, cost: 1n, currency: 'USDT' },
    ...{ realisedCum: 0n, feesCum: {}, updatedAt: 1 },
  });
  expect(await change('removeInstruments', ETH)).toMatchObject(held);
  const unknown = { code: 'INSTRUMENT_NOT_IN_UNIVERSE', detail: OLD };
  expect(await change('removeInstruments', OLD)).toEqual(unknown);
  expect(await change('removeInstruments', SOL)).toBeNull();
  expect(wanted(universe)).toEqual([BTC, ETH]);
  await owner.update(positions).set({ quantity: 0n });
  expect(await change('removeInstruments', BTC, ETH)).toMatchObject({ code: 'LAST_INSTRUMENT' });
});

test('what was removed and is entered all the same is streamed until it is flat', async () => {
  await owner.update(positions).set({ instrument: SOL, quantity: 1n });
  await universe.reload();
  expect(wanted(universe)).toEqual([BTC, ETH, SOL]);
  await owner.update(positions).set({ quantity: 0n });
  await universe.reload();
  expect(wanted(universe)).toEqual([BTC, ETH]);
});

test('a thousand is the limit', async () => {
  const before = listed;
  const many = Array.from({ length: 999 }, (_, at) => instrument(`X${at}USDT`));
  listed = [...before, ...many];
  await watch.refresh();
  const refusal = await change('addInstruments', ...many.map(({ id }) => id));
  expect(refusal).toEqual({ code: 'TOO_MANY_INSTRUMENTS', detail: '1001, limit 1000' });
  listed = before;
  await watch.refresh();
  expect(watch.counts.listingsNotBelieved, 'a thousand that become four').toBe(1);
});

test('new terms and the end of a listing are stored and told; the others go on', async () => {
  await watch.stop();
  watch = startListingWatch({
    ...{ db, now: () => (clock += 1), log, stored: universe.reload },
    listings: [{ venue: 'bybit', fetch: () => Promise.resolve(listed) }],
    publish: () => Promise.reject(new Error('no Redis')),
  });
  changes.length = 0;
  listed = [instrument('BTCUSDT', '0.5'), instrument('1000ETHUSDT')];
  await watch.refresh();
  expect(wanted(universe)).toEqual([BTC]);
  expect(changes.at(-1)).toMatchObject({ changed: [{ tickSize: parseScaled('0.5') }] });
  const gone = { code: 'INSTRUMENT_NOT_LISTED', instrument: ETH, perhaps: [idOf('1000ETHUSDT')] };
  expect(errors).toHaveBeenCalledWith(gone, expect.stringContaining('renamed'));
  errors.mockClear();
  await watch.refresh();
  const still = { code: 'INSTRUMENT_NOT_LISTED', instrument: ETH };
  expect(errors).toHaveBeenCalledExactlyOnceWith(still, expect.stringContaining('still'));
  listed = [instrument('BTCUSDT', '0.5'), instrument('ETHUSDT')];
  await watch.refresh();
  expect(wanted(universe)).toEqual([BTC, ETH]);
  listed = [];
  await watch.refresh();
  expect(wanted(universe), 'an empty listing is no news').toEqual([BTC, ETH]);
  expect(watch.counts).toMatchObject({ listingsNotBelieved: 1, instrumentsBack: 1 });
});

test('a venue that tells only of what it is asked for may have nothing to tell', async () => {
  const none = (): Promise<Instrument[]> => Promise.resolve([]);
  const asked = startListingWatch({
    ...{ db, now: () => (clock += 1), log, stored: universe.reload },
    listings: [{ venue: 'ibkr', fetch: none, ask: none }],
    publish: () => Promise.resolve(),
  });
  await asked.refresh();
  await asked.stop();
  expect(asked.counts).toMatchObject({ listingsRead: 1, listingsNotBelieved: 0 });
  expect(asked.book.of('ibkr')?.size).toBe(0);
});

test('a list keeps its order, and may name what is not streamed at the moment', async () => {
  expect(await setList('Majors', ETH, OLD, BTC)).toBeNull();
  expect(await loadWatchlists(db)).toMatchObject([{ name: 'Majors', actor: 'anna' }]);
  expect((await loadWatchlists(db))[0]?.instruments).toEqual([ETH, OLD, BTC]);
  expect(await setList('majors', ETH)).toMatchObject({ code: 'WATCHLIST_NAME_TAKEN' });
  expect(await setList('all', ETH)).toMatchObject({ code: 'WATCHLIST_NAME_TAKEN' });
  expect(await setList('Two', ETH, BTC, ETH)).toMatchObject({ code: 'INSTRUMENT_REPEATED' });
  const stranger = await setList('Two', idOf('NOPEUSDT'));
  expect(stranger).toMatchObject({ code: 'INSTRUMENT_NOT_IN_UNIVERSE' });
  expect(await setList('Two')).toMatchObject({ code: 'WATCHLIST_UNKNOWN' });
  for (let count = 2; count <= 50; count += 1) await setList(`List ${count}`, BTC);
  expect(await setList('One more', BTC)).toMatchObject({ code: 'TOO_MANY_WATCHLISTS' });
  expect(await setList('Majors')).toBeNull();
  expect((await loadWatchlists(db)).map(({ name }) => name)).not.toContain('Majors');
});

test('the first listing of a start that lacks most of what is stored is not believed', async () => {
  const stored = Array.from({ length: 30 }, (_, index) => instrument(`S${index}USDT`));
  await saveInstruments(db, stored, clock);
  const fresh = startListingWatch({
    ...{ db, now: () => clock, log, stored: universe.reload, publish: () => Promise.resolve() },
    listings: [{ venue: 'bybit', fetch: () => Promise.resolve([instrument('BTCUSDT')]) }],
  });
  const ids = new Set<string>(stored.map(({ id }) => id));
  const stillListed = async (): Promise<number> => {
    const rows = await loadUniverse(db);
    return rows.filter(({ listed: is, instrument: { id } }) => is && ids.has(id)).length;
  };
  for (let time = 1; time <= 5; time += 1) await fresh.refresh();
  expect(fresh.counts.listingsNotBelieved).toBe(5);
  expect(await stillListed()).toBe(30);
  await fresh.refresh();
  expect(await stillListed(), 'it stays by it').toBe(0);
  await fresh.stop();
});
