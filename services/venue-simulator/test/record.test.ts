import { once } from 'node:events';
import { expect, onTestFinished, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import { DEFAULT_LISTINGS, listingsOf, makeInstrument } from '../src/instruments.ts';
import { correctPrint } from '../src/print-corrections.ts';
import { moveMarket } from '../src/venue.ts';
import { fieldOf, WAIT } from './fault-kit.fixture.ts';
import { control, open, restClient } from './simulator.fixture.ts';

const MINUTE_MS = 60_000;
type Row = readonly [number, string, string, string, string, string, number];

async function recordOf(rest: string, query: string): Promise<Row[][]> {
  const answer: unknown = await (await fetch(`${rest}/control/bars?${query}`)).json();
  const markets: unknown = fieldOf(answer, 'markets');
  return (Array.isArray(markets) ? markets : []).map((market: unknown) => {
    const rows: unknown = fieldOf(market, 'bars');
    return Array.isArray(rows) ? rows.filter(isRow) : [];
  });
}

const isRow = (value: unknown): value is Row => Array.isArray(value) && value.length === 7;

test('the record has every minute as the trades made it, whatever the feed told of them', async () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  onTestFinished(() => void vi.useRealTimers());
  const { urls, venue } = await open({ BALLAST_SIMULATOR_INSTRUMENTS: 1 });
  await control(urls.rest, { action: 'freezePrices' });
  const socket = new WebSocket(urls.publicWs);
  onTestFinished(() => socket.terminate());
  const heard: string[] = [];
  socket.on('message', (data: Buffer) => heard.push(data.toString()));
  await once(socket, 'open');
  socket.send(JSON.stringify({ op: 'subscribe', args: ['publicTrade.BTCUSDT'] }));
  await vi.waitFor(() => expect(heard).toHaveLength(1), WAIT);
  const market = venue.markets.get('BTCUSDT');
  if (market === undefined) throw new Error('BTCUSDT is not traded');
  const minute = (market.klines.running?.openTime ?? 0) + MINUTE_MS;
  const from = market.lastTick.priceTicks;
  await control(urls.rest, { fault: 'droppedTrade', rate: 0.5 });
  await control(urls.rest, { fault: 'malformedFrame', rate: 0.5 });
  moveMarket(venue, market, from + 30, minute + 1);
  moveMarket(venue, market, from + 10, minute + 59_999);
  moveMarket(venue, market, from + 11, minute + MINUTE_MS);
  const [rows] = await recordOf(urls.rest, `symbol=BTCUSDT&from=${minute}&to=${minute}`);
  const price = (ticks: number): string => String(Number((ticks / 10).toFixed(1)));
  const [row] = rows ?? [];
  // It opens where the minute before has closed, below its first trade.
  const prices = [from, from + 30, from, from + 10].map(price);
  expect(row?.slice(0, 5)).toEqual([minute, ...prices]);
  expect(row?.[6]).toBe(50);
  // Half is dropped, half of the rest cannot be read.
  const whole = (frame: string): boolean => /^\{"topic":"publicTrade.*\}$/.test(frame);
  expect(heard.filter(whole).length).toBeLessThan(40);
  const [all] = await recordOf(urls.rest, 'symbol=BTCUSDT');
  expect(all?.length).toBeGreaterThan(240);
  const opens = all?.map(([openTime]) => openTime) ?? [];
  // The minute that runs is not told yet.
  expect(opens.at(-1)).toBe(minute);
  expect(opens).toEqual(opens.map((_open, index) => (opens[0] ?? 0) + index * MINUTE_MS));
});

test('all markets without a symbol; a symbol or a time that makes no sense is refused', async () => {
  const { urls } = await open();
  const all = await recordOf(urls.rest, `from=0`);
  expect(all).toHaveLength(4);
  for (const rows of all) expect(rows.length).toBeGreaterThan(200);
  for (const query of ['symbol=NOSUCH', 'from=yesterday', 'venue=alpaca']) {
    expect((await fetch(`${urls.rest}/control/bars?${query}`)).status).toBe(400);
  }
});

test('a corrected trade corrects its minute, as long as all of its trades are kept', async () => {
  const { venue } = await open({ BALLAST_SIMULATOR_INSTRUMENTS: 1 });
  venue.frozen = true;
  const market = venue.markets.get('BTCUSDT');
  if (market === undefined) throw new Error('BTCUSDT is not traded');
  const minute = (market.klines.running?.openTime ?? 0) + MINUTE_MS;
  const from = market.lastTick.priceTicks;
  moveMarket(venue, market, from + 3, minute + 1);
  const [first, second, third] = market.recent.slice(-3);
  if (first === undefined || second === undefined || third === undefined) throw new Error('none');
  const { sizeLots } = third;
  expect(
    correctPrint(venue, market, third.sequence, { priceTicks: from + 500, sizeLots: 7 }),
  ).toMatchObject({ high: from + 500, close: from + 500, trades: 3, lots: 2 * sizeLots + 7 });
  expect(correctPrint(venue, market, third.sequence, null)).toMatchObject({
    high: from + 2,
    close: from + 2,
    trades: 2,
  });
  expect(market.klines.running).toMatchObject({ high: from + 2, trades: 2 });
  expect(correctPrint(venue, market, third.sequence, null)).toBeNull();
  for (const { sequence } of [first, second]) correctPrint(venue, market, sequence, null);
  const [before] = [market.klines.cells[(market.klines.count - 1) * 7 + 3]];
  expect(market.klines.running).toMatchObject({ trades: 0, lots: 0, close: before });
  moveMarket(venue, market, from - 200, minute + 2);
  for (let many = 0; many < 6; many += 1) {
    moveMarket(venue, market, market.lastTick.priceTicks + 200, minute + 3);
  }
  expect(market.recent).toHaveLength(market.recentMax);
  const kept = market.recent.at(-1)?.sequence ?? 0;
  expect(correctPrint(venue, market, kept, null)).toBeNull();
});

test('many contracts: the named ones first, then numbered ones of six kinds', () => {
  const many = listingsOf(600);
  expect(many).toHaveLength(600);
  expect(many.slice(0, 4)).toEqual(DEFAULT_LISTINGS);
  expect(listingsOf(undefined)).toEqual(DEFAULT_LISTINGS);
  expect(listingsOf(2).map(({ symbol }) => symbol)).toEqual(['BTCUSDT', 'ETHUSDT']);
  const symbols = many.map(({ symbol }) => symbol);
  expect([symbols[4], symbols[599]]).toEqual(['S001USDT', 'S596USDT']);
  expect(new Set(symbols).size).toBe(600);
  expect(new Set(many.map(({ tickSize }) => tickSize)).size).toBe(5);
  expect(new Set(many.map(({ lotSize }) => lotSize)).size).toBeGreaterThan(4);
  for (const listing of many) {
    const { tickSize, maxQuantity } = makeInstrument(listing);
    const start = BigInt(Math.round(Number(listing.startPrice) * 1e8)) * 10n ** 10n;
    expect(start % tickSize).toBe(0n);
    expect(start / tickSize).toBeGreaterThan(1_000n);
    expect(maxQuantity).toBeGreaterThan(0n);
  }
});

test('600 contracts run at once, are listed by pages, and each is traded', async () => {
  const { urls, venue, failures } = await open({ BALLAST_SIMULATOR_INSTRUMENTS: 600 });
  const rest = restClient(urls.rest);
  const first = await rest.getInstrumentsInfo({ category: 'linear' });
  expect(first.result.list).toHaveLength(500);
  const cursor = first.result.nextPageCursor ?? '';
  const second = await rest.getInstrumentsInfo({ category: 'linear', cursor });
  expect(second.result.list).toHaveLength(100);
  expect(second.result.nextPageCursor).toBe('');
  const socket = new WebSocket(urls.publicWs);
  onTestFinished(() => socket.terminate());
  const traded = new Set<string>();
  socket.on('message', (data: Buffer) => {
    const topic = /^\{"topic":"publicTrade\.(\w+)"/.exec(data.toString())?.[1];
    if (topic !== undefined) traded.add(topic);
  });
  await once(socket, 'open');
  const topics = [...venue.markets.keys()].map((symbol) => `publicTrade.${symbol}`);
  for (const from of [0, 300]) {
    socket.send(JSON.stringify({ op: 'subscribe', args: topics.slice(from, from + 300) }));
  }
  await vi.waitFor(() => expect(traded.size).toBe(600), WAIT);
  expect(failures).toEqual([]);
});
