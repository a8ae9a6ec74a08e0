import { BarSizeSetting, EventName, WhatToShow } from '@stoqey/ib';
import { expect, onTestFinished, test, vi } from 'vitest';
import { addTick } from '../src/klines.ts';
import { moveMarket, turn } from '../src/venue.ts';
import { openAlpaca, type OpenedAlpaca } from './alpaca.fixture.ts';
import { fieldOf, textOf, WAIT } from './fault-kit.fixture.ts';
import { KEY, open, restClient } from './simulator.fixture.ts';
import { AAPL, type Client, connect, errorsOf, next, openTws } from './tws.fixture.ts';

const MINUTE_MS = 60_000;
/** A Wednesday, 15:00 in New York: the session is open. */
const NOW = Date.UTC(2026, 10, 18, 20, 0, 30);
const at = (hour: number, minute: number): number => Date.UTC(2026, 10, 18, hour, minute);

function stopClock(): void {
  vi.useFakeTimers({ toFake: ['Date'], now: NOW });
  onTestFinished(() => void vi.useRealTimers());
}

/** Minutes of one trade each, rising by a cent; every tenth has none. */
function fill({ venue }: Pick<OpenedAlpaca, 'venue'>, symbol: string, from: number, to: number) {
  const market = venue.markets.get(symbol);
  if (market === undefined) throw new Error(`${symbol} is not traded`);
  const { klines, lastTick } = market;
  Object.assign(klines, { count: 0, running: undefined });
  for (let minute = 0; from + minute * MINUTE_MS < to; minute += 1) {
    if (minute % 10 === 9) continue;
    const tick = { ...lastTick, priceTicks: 20_000 + minute, sizeLots: 10 + minute };
    addTick(klines, from + minute * MINUTE_MS + 5_000, tick);
  }
  return market;
}

test('ByBit: klines by start, end and limit, newest first, in each interval', async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: NOW });
  onTestFinished(() => void vi.useRealTimers());
  const { urls, venue } = await open({ BALLAST_SIMULATOR_INSTRUMENTS: 1 });
  venue.frozen = true;
  const rest = restClient(urls.rest);
  const linear = { category: 'linear', symbol: 'BTCUSDT' } as const;
  const opens = async (asked: object) => {
    const { result } = await rest.getKline({ ...linear, interval: '1', ...asked });
    return result.list.map(([openTime]) => Number(openTime));
  };
  const range = { start: at(18, 0), end: at(18, 59) };
  const hour = await opens(range);
  expect(hour).toEqual(Array.from({ length: 60 }, (_none, index) => at(18, 59 - index)));
  expect(await opens({ ...range, limit: 5 })).toEqual(hour.slice(0, 5));
  expect(await opens({ start: at(18, 0) + 1, end: at(18, 1) })).toEqual([at(18, 1)]);
  expect(await opens({ limit: 2 })).toEqual([at(19, 59), at(19, 58)]);
  expect(await opens({ interval: '15', start: at(18, 0), end: at(18, 30) })).toEqual([
    at(18, 30),
    at(18, 15),
    at(18, 0),
  ]);
  const monday = Date.UTC(2026, 10, 16);
  expect(await opens({ interval: 'W' })).toEqual([monday]);
  const { result } = await rest.getKline({ ...linear, interval: '60', ...range });
  const minutes = (await rest.getKline({ ...linear, interval: '1', ...range })).result.list;
  const [, openPrice, high, , close, volume] = result.list[0] ?? [];
  expect([openPrice, close]).toEqual([minutes.at(-1)?.[1], minutes[0]?.[4]]);
  expect(Number(high)).toBe(Math.max(...minutes.map((row) => Number(row[2]))));
  const sum = minutes.reduce((total, row) => total + Number(row[5]), 0);
  expect(Number(volume)).toBeCloseTo(sum, 6);
});

async function bars({ urls }: OpenedAlpaca, path: string, secret?: string) {
  const key = secret ?? 'alpaca-test-secret-of-no-account';
  const headers = { 'APCA-API-KEY-ID': 'alpaca-test-key', 'APCA-API-SECRET-KEY': key };
  const response = await fetch(`${urls.restUrl}/v2/stocks${path}`, { headers });
  const body: unknown = await response.json();
  return { status: response.status, body };
}

const timesOf = (body: unknown, symbol: string): unknown[] => {
  const rows = fieldOf(fieldOf(body, 'bars'), symbol);
  return Array.isArray(rows) ? rows.map((row) => textOf(row, 't').slice(11, 16)) : [];
};

test('Alpaca: bars by symbol and time, page by page; a minute without a trade has none', async () => {
  stopClock();
  const opened = await openAlpaca({ now: () => NOW });
  for (const symbol of ['AAPL', 'MSFT']) fill(opened, symbol, at(19, 0), at(20, 0));
  const asked = '/bars?symbols=MSFT,AAPL&timeframe=1Min&start=2026-11-18T19:05:00Z';
  const range = `${asked}&end=2026-11-18T19:12:00Z&feed=iex`;
  const whole = await bars(opened, range);
  const minutes = ['19:05', '19:06', '19:07', '19:08', '19:10', '19:11', '19:12'];
  expect(timesOf(whole.body, 'AAPL')).toEqual(minutes);
  expect(timesOf(whole.body, 'MSFT')).toEqual(minutes);
  expect(fieldOf(whole.body, 'next_page_token')).toBeNull();
  expect(fieldOf(fieldOf(whole.body, 'bars'), 'AAPL')).toMatchObject({
    0: { t: '2026-11-18T19:05:00Z', o: 200.05, h: 200.05, l: 200.05, c: 200.05, v: 15, n: 1 },
  });
  const pages: string[] = [];
  let token: string | null = '';
  while (token !== null) {
    const { body } = await bars(opened, `${range}&limit=4&page_token=${encodeURIComponent(token)}`);
    pages.push(...['AAPL', 'MSFT'].map((name) => timesOf(body, name).join()));
    const told = fieldOf(body, 'next_page_token');
    token = typeof told === 'string' ? told : null;
  }
  expect(pages).toEqual([
    '19:05,19:06,19:07,19:08',
    '',
    '19:10,19:11,19:12',
    '19:05',
    '',
    '19:06,19:07,19:08,19:10',
    '',
    '19:11,19:12',
  ]);
  const falling = await bars(opened, `${range}&sort=desc&limit=1`);
  expect(timesOf(falling.body, 'AAPL')).toEqual(['19:12']);
});

test('Alpaca: longer timeframes, one symbol, and what is refused', async () => {
  stopClock();
  const opened = await openAlpaca({ now: () => NOW });
  fill(opened, 'AAPL', at(13, 0), at(20, 1));
  const hour = await bars(opened, '/AAPL/bars?timeframe=1Hour&start=2026-11-18T18:00:00Z');
  const rows = fieldOf(hour.body, 'bars');
  expect(fieldOf(hour.body, 'symbol')).toBe('AAPL');
  expect(rows).toMatchObject([
    { t: '2026-11-18T18:00:00Z', o: 203, c: 203.58, n: 54 },
    { t: '2026-11-18T19:00:00Z', o: 203.6, n: 54 },
  ]);
  // The day begins at midnight in New York and has the regular session only.
  const day = await bars(opened, '/AAPL/bars?timeframe=1Day&start=2026-11-18');
  expect(fieldOf(day.body, 'bars')).toMatchObject([{ t: '2026-11-18T05:00:00Z', o: 200.9 }]);
  for (const faulty of ['timeframe=7Sec', 'timeframe=1Min&feed=no', 'timeframe=1Min&start=x']) {
    expect((await bars(opened, `/AAPL/bars?${faulty}`)).status).toBe(400);
  }
  expect((await bars(opened, '/AAPL/bars?timeframe=1Min&page_token=eA==')).status).toBe(400);
  expect((await bars(opened, '/AAPL/bars?timeframe=1Min', 'wrong')).status).toBe(401);
});

type Asked = {
  end?: string;
  duration?: string;
  size?: BarSizeSetting;
  rth?: 0 | 1;
  format?: 1 | 2;
};

async function ask(client: Client, id: number, given: Asked = {}): Promise<unknown[][]> {
  const { end = '', duration = '600 S', size = BarSizeSetting.MINUTES_ONE } = given;
  const answered = Promise.race([
    next(client, EventName.error),
    vi.waitFor(() => {
      const ends = client.named(EventName.historicalData).filter(([its]) => its === id);
      expect(String(ends.at(-1)?.[1])).toMatch(/^finished/);
    }, WAIT),
  ]);
  const what = WhatToShow.TRADES;
  const { rth = 0, format = 2 } = given;
  client.api.reqHistoricalData(id, AAPL, end, duration, size, what, rth, format, false);
  await answered;
  return client
    .named(EventName.historicalData)
    .filter(([its]) => its === id)
    .map(([, ...rest]) => rest);
}

test('TWS: bars up to a time over a duration, in seconds or as New York writes them', async () => {
  stopClock();
  const opened = await openTws({ now: () => NOW });
  fill(opened, 'AAPL', at(13, 0), at(20, 0));
  const client = await connect(opened.port);
  const rows = await ask(client, 1, { end: '20261118-19:10:00' });
  const seconds = (minute: number): string => String(at(19, minute) / 1_000);
  expect(rows.map(([date]) => date).slice(0, -1)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8].map(seconds));
  expect(rows[0]?.slice(1)).toEqual([203.6, 203.6, 203.6, 203.6, 370, 1, 203.6, undefined]);
  expect(rows.at(-1)?.[0]).toBe(
    'finished-20261118 14:00:00 US/Eastern-20261118 14:10:00 US/Eastern',
  );
  const wide = { size: BarSizeSetting.MINUTES_FIVE, format: 1, rth: 1 } as const;
  const regular = await ask(client, 2, {
    ...wide,
    duration: '1 D',
    end: '20261118 10:00:00 US/Eastern',
  });
  const dates = regular.map(([date]) => date).slice(0, -1);
  expect(dates).toHaveLength(6);
  expect(dates[0]).toBe('20261118 09:30:00 US/Eastern');
  const [day] = await ask(client, 3, { size: BarSizeSetting.DAYS_ONE, duration: '2 D' });
  expect(day?.slice(0, 2)).toEqual(['20261118', 200.9]);
});

test('TWS: pacing, no data, and what cannot be asked have their codes', async () => {
  stopClock();
  let now = NOW;
  const opened = await openTws({ now: () => now, historyPerTenMinutes: 3 });
  fill(opened, 'AAPL', at(19, 0), at(20, 0));
  const client = await connect(opened.port);
  await ask(client, 1);
  await ask(client, 2);
  expect(errorsOf(client)).toEqual(['2 162']);
  now += 15_000;
  await ask(client, 3);
  await ask(client, 4, { end: '20261117-19:10:00' });
  expect(errorsOf(client)).toEqual(['2 162', '4 162']);
  await ask(client, 5, { duration: '1200 S' });
  expect(errorsOf(client).at(-1)).toBe('5 162');
  now += 10 * MINUTE_MS;
  await ask(client, 6, { duration: '1800 S' });
  await ask(client, 7, { size: BarSizeSetting.SECONDS_ONE });
  await ask(client, 8, { duration: 'long' });
  await ask(client, 9, { end: 'yesterday' });
  expect(errorsOf(client).slice(3)).toEqual(['7 321', '8 321', '9 10314']);
});

test('live minutes become history at each venue, the same at those that share a market', async () => {
  const simulator = await open({ BALLAST_SIMULATOR_VENUES: ['alpaca', 'ibkr'] });
  const [alpaca, ibkr] = (['alpaca', 'ibkr'] as const).map((name) => {
    return simulator.venues.get(name)?.venue;
  });
  const market = ibkr?.markets.get('AAPL');
  if (alpaca === undefined || ibkr === undefined || market === undefined) throw new Error('closed');
  alpaca.frozen = true;
  const minute = market.klines.running?.openTime ?? 0;
  moveMarket(ibkr, market, 25_000, minute + 60_001);
  alpaca.frozen = false;
  alpaca.lastTurnAt = minute + 120_000;
  turn(alpaca, minute + 120_000);
  const headers = {
    'APCA-API-KEY-ID': KEY,
    'APCA-API-SECRET-KEY': 'c41f7be09d5a4c2e8f6310b7a92d58e4',
  };
  const from = new Date(minute + 60_000).toISOString();
  const url = `${textOf(simulator.info, 'alpacaRestUrl')}/v2/stocks/AAPL/bars?timeframe=1Min`;
  const answer: unknown = await (
    await fetch(`${url}&start=${from}&end=${from}`, { headers })
  ).json();
  expect(fieldOf(answer, 'bars')).toMatchObject([{ n: expect.any(Number) }]);
  const door = textOf(simulator.info, 'controlUrl');
  const record = async (venue: string): Promise<unknown> => {
    const query = `venue=${venue}&symbol=AAPL&from=${minute + 60_000}&to=${minute + 60_000}`;
    const told: unknown = await (await fetch(`${door}/control/bars?${query}`)).json();
    const [its]: unknown[] = Object.values(fieldOf(told, 'markets') ?? {});
    return fieldOf(its, 'bars');
  };
  const own = await record('ibkr');
  expect(JSON.stringify(own)).toContain(`[[${minute + 60_000},`);
  expect(await record('alpaca')).toEqual(own);
});
