import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import {
  addToUniverse,
  type Database,
  loadInstruments,
  openDatabase,
  positions,
  recordLook,
  removeFromUniverse,
  saveBars,
  saveInstruments,
} from '@ballast/db';
import { type Bar, instrumentId, parseQuantity, parseScaled } from '@ballast/domain';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../tools/stores/test-stores.ts';
import { dataAudit } from '../src/commands/data-audit.ts';

const MINUTE = 60_000;
const BTC = instrumentId('bybit', 'linear', 'BTCUSDT');
/** The newest minute that an audit looks at. */
const LAST = Math.floor(Date.now() / MINUTE) * MINUTE - 4 * MINUTE;
const at = (back: number): number => LAST - back * MINUTE;
let database: TestDatabase;
let owner: Database;
let venue: Server;
let url: string;
/** Open times that the venue tells a bar of, all alike. */
let told: number[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  owner = openDatabase(database.urls['market-data'], { max: 2 });
  const sizes = { tickSize: parseScaled('1'), lotSize: parseScaled('1'), minNotional: 0n };
  const quantities = { minQuantity: parseQuantity('1'), maxQuantity: parseQuantity('9') };
  const names = { id: BTC, baseCurrency: 'BTC', quoteCurrency: 'USDT', sector: 'crypto' };
  const multiplier = parseScaled('1');
  await saveInstruments(
    owner,
    [{ ...names, ...sizes, ...quantities, multiplier, session: 'continuous' }],
    LAST,
  );
  const look = { instrument: BTC, timeframe: '1m', fromTime: at(3), checkedUntil: LAST } as const;
  await recordLook(owner, { ...look, gaps: [], now: LAST });
  venue = createServer(({ url: asked = '' }, response) => {
    if (asked.includes('RENAMEDUSDT')) {
      response.end(JSON.stringify({ retCode: 10001, retMsg: 'symbol invalid', result: {} }));
      return;
    }
    const list = told.map((openTime) => [String(openTime), '2', '3', '1', '2', '5', '10']);
    response.end(JSON.stringify({ retCode: 0, retMsg: 'OK', result: { list } }));
  });
  venue.listen(0, '127.0.0.1');
  await once(venue, 'listening');
  const address = venue.address();
  url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
});
afterAll(async () => {
  venue.closeAllConnections();
  venue.close();
  await owner.close();
  await database.drop();
});
beforeEach(() => {
  told = [3, 2, 1, 0].map(at);
});

function bar(back: number, change: Partial<Bar> = {}): Bar {
  return {
    ...{ instrument: BTC, timeframe: '1m', openTime: at(back), open: '2', high: '3', low: '1' },
    ...{ close: '2', volume: '5', tradeCount: 1, state: 'corrected', source: 'bybit' },
    ...{ builtFrom: 'trades', missing: 0 },
    ...change,
  };
}

const audit = (asked: { instrument?: string } = {}) =>
  dataAudit({ db: owner }, () => Promise.resolve(url), { minutes: '10', ...asked });

test('tells what is wrong, missing and invented, and nothing that is equal', async () => {
  const file = { source: 'import', builtFrom: 'venue', state: 'backfilled' } as const;
  const stored = [bar(3, { ...file, high: '4' }), bar(2, { high: '4' }), bar(0)];
  await saveBars(owner, stored);
  told = [at(3), at(2), at(1)];
  const report = await audit();
  expect(report).toMatchObject({ ok: false, data: { bars: 3, wrong: 2, missing: 1, invented: 1 } });
  const time = (back: number): string => new Date(at(back)).toISOString();
  expect(report.lines.slice(2)).toEqual([
    `wrong     ${BTC} ${time(3)} backfilled import`,
    `wrong     ${BTC} ${time(2)} corrected trades`,
    `missing   ${BTC} ${time(1)}`,
    `invented  ${BTC} ${time(0)}`,
  ]);
});

test('is ok when every wanted minute is there and equal', async () => {
  await saveBars(
    owner,
    [3, 2, 1, 0].map((back) => bar(back)),
  );
  expect(await audit()).toMatchObject({ ok: true, data: { bars: 4, instruments: 1 } });
});

test('leaves out what was removed from the universe, and says how many', async () => {
  await saveBars(
    owner,
    [3, 2, 1, 0].map((back) => bar(back)),
  );
  const [known] = await loadInstruments(owner);
  if (known === undefined) throw new Error('nothing is stored');
  const gone = { ...known, id: instrumentId('bybit', 'linear', 'GONEUSDT') };
  await saveInstruments(owner, [gone], LAST);
  const look = {
    instrument: gone.id,
    timeframe: '1m',
    fromTime: at(3),
    checkedUntil: LAST,
  } as const;
  await recordLook(owner, { ...look, gaps: [], now: LAST });
  const stamp = { at: LAST, actor: 'test', reason: 'test' };
  await owner.transaction((tx) => removeFromUniverse(tx, [gone.id], stamp));
  const report = await audit();
  expect(report).toMatchObject({ ok: true, data: { bars: 4, instruments: 1, leftOut: 1 } });
  expect(report.lines[1]).toBe('left out: 1 instruments removed from the universe');
  await expect(audit({ instrument: gone.id })).rejects.toMatchObject({
    ...{ code: 'NOTHING_TO_AUDIT', message: expect.stringContaining('1 removed') },
  });
  const books = openDatabase(database.urls['order-gateway'], { max: 1 });
  const position = { account: 'paper', instrument: gone.id, cost: 1n, currency: 'USDT' };
  const sums = { realisedCum: 0n, feesCum: {}, updatedAt: 1 };
  await books.insert(positions).values({ ...position, ...sums, quantity: 1n });
  expect(await audit(), 'held').toMatchObject({ data: { instruments: 2, leftOut: 0 } });
  await books.update(positions).set({ quantity: 0n });
  await books.close();
});

test('leaves out and names what the venue does not list any more', async () => {
  await saveBars(
    owner,
    [3, 2, 1, 0].map((back) => bar(back)),
  );
  const [known] = await loadInstruments(owner);
  if (known === undefined) throw new Error('nothing is stored');
  const gone = { ...known, id: instrumentId('bybit', 'linear', 'RENAMEDUSDT') };
  const look = { instrument: gone.id, timeframe: '1m', gaps: [], now: LAST } as const;
  await recordLook(owner, { ...look, fromTime: at(3), checkedUntil: LAST });
  const stamp = { at: LAST, actor: 'test', reason: 'test' };
  await owner.transaction((tx) => addToUniverse(tx, [gone], stamp));
  const report = await audit();
  expect(report).toMatchObject({ ok: true, data: { bars: 4, wrong: 0, unlisted: [gone.id] } });
  expect(report.lines).toContain(
    'left out: bybit.linear:RENAMEDUSDT, which the venue does not list any more',
  );
  const asked = audit({ instrument: gone.id });
  await expect(asked).rejects.toMatchObject({ code: 'HISTORY_SYMBOL_UNKNOWN' });
  await owner.transaction((tx) => removeFromUniverse(tx, [gone.id], stamp));
});

test('says so when there is nothing to look at, instead of calling it well', async () => {
  const nothing = { code: 'NOTHING_TO_AUDIT' };
  await expect(audit({ instrument: 'bybit.linear:NOPEUSDT' })).rejects.toMatchObject(nothing);
  await expect(
    dataAudit({ db: owner }, () => Promise.resolve(null), { minutes: '10' }),
  ).rejects.toMatchObject(nothing);
  await expect(
    dataAudit({ db: owner }, () => Promise.resolve(url), { minutes: '0' }),
  ).rejects.toMatchObject({
    code: 'USAGE',
  });
});
