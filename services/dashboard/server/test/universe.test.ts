import { openBus, putState } from '@ballast/bus';
import { removeFromUniverse } from '@ballast/db';
import { listingStateName, parseCommand } from '@ballast/domain';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Fixture, startDashboard } from './dashboard.fixture.ts';
import { sampleId, seedLists } from './sample/rows.ts';

const ID = 'bybit.linear:';
let fixture: Fixture;
let redis: Redis;
let headers: Record<string, string>;
beforeAll(async () => {
  fixture = await startDashboard();
  redis = new Redis(fixture.redis.administratorUrl);
  headers = await fixture.login();
});
afterAll(async () => {
  redis.disconnect();
  await fixture.stop();
});

const search = (text: string) => fixture.query('universe.search', { text }, headers);
const result = (data: unknown) => ({ result: { data } });

test('what the venues list and is not streamed is found, the best match first', async () => {
  const market = openBus(fixture.redis.urls['market-data'], 'test', fixture.log);
  const coins = ['BTC', 'ABTC', 'BTCDOM', 'ADA'];
  const instruments = coins.map((baseCurrency) => ({
    ...{ id: `${ID}${baseCurrency}USDT`, baseCurrency, quoteCurrency: 'USDT', sector: null },
  }));
  await putState(market, listingStateName('bybit'), { venue: 'bybit', at: 5, instruments });
  await market.close();
  const rows = [{ id: `${ID}BTCDOMUSDT`, symbol: 'BTCDOMUSDT' }, { id: `${ID}ABTCUSDT` }];
  const found = { venues: [{ venue: 'bybit', at: 5 }], found: 2, rows };
  expect(await search('btc')).toMatchObject(result(found));
});

test('what left the universe is no row to trade, and known still', async () => {
  const stamp = { at: 1, actor: 'anna', reason: 'enough' };
  const gone = [`${ID}XRPUSDT`];
  await fixture.owner.transaction((tx) => removeFromUniverse(tx, gone, stamp));
  const list = await fixture.query('instruments.list', undefined, headers);
  const row = { listed: true, sector: 'crypto' };
  expect(list).toMatchObject(
    result(
      expect.arrayContaining([
        expect.objectContaining({ ...row, id: gone[0], streamed: false }),
        expect.objectContaining({ ...row, id: `${ID}BTCUSDT`, streamed: true }),
      ]),
    ),
  );
});

test('the lists are given, and changes go out as commands', async () => {
  await seedLists(fixture.owner, 7);
  const lists = [{ name: 'Majors', updatedAt: 7 }, { name: 'Small ones' }];
  expect(await fixture.query('watchlists.list', undefined, headers)).toMatchObject(result(lists));
  const reason = 'because';
  const instruments = [`${ID}ADAUSDT`];
  const sent: [path: string, type: string, body: object][] = [
    ['universe.add', 'addInstruments', { instruments, reason }],
    ['universe.remove', 'removeInstruments', { instruments, reason }],
    ['watchlists.set', 'setWatchlist', { name: 'Majors', instruments: [], reason }],
  ];
  for (const [index, [path, , body]] of sent.entries()) {
    const commandId = sampleId(Date.now(), 70 + index);
    const answer = await fixture.post(`/trpc/${path}`, { commandId, ...body }, headers);
    expect(answer.status, path).toBe(200);
  }
  const entries = await redis.xrange('cmd:dashboard', '-', '+');
  const commands = entries.map(([, fields]) => parseCommand(fields[1] ?? ''));
  expect(commands.map(({ type, body }) => [type, body])).toEqual(
    sent.map(([, type, body]) => [type, body]),
  );
  const nothing = { commandId: sampleId(Date.now(), 80), instruments: [], reason };
  expect((await fixture.post('/trpc/universe.add', nothing, headers)).status).toBe(400);
});
