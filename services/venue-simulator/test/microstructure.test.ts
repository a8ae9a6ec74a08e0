import {
  createTokenBucket,
  ownRoutes,
  openBybitMicrostructure,
  POLLED_KINDS,
} from '@ballast/feeds';
import { expect, onTestFinished, test, vi } from 'vitest';
import { open, restClient } from './simulator.fixture.ts';

const HOUR_MS = 3_600_000;
const NOW = Date.UTC(2026, 10, 18, 13, 42, 30);
const linear = { category: 'linear', symbol: 'BTCUSDT' } as const;

test('our own reader takes each listing, by stretches that leave nothing out', async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: NOW });
  onTestFinished(() => void vi.useRealTimers());
  const { urls, venue } = await open({ BALLAST_SIMULATOR_INSTRUMENTS: 1 });
  const [route] = ownRoutes([...venue.markets.values()].map(({ instrument }) => instrument));
  if (route === undefined) throw new Error('nothing is traded');
  const budget = createTokenBucket({ tokens: 50, windowMs: 5_000 });
  const listings = openBybitMicrostructure({ url: urls.rest, budget });
  for (const kind of POLLED_KINDS) {
    const step = kind === 'funding-rate' ? 8 * HOUR_MS : listings.stepMs(kind);
    const to = NOW - (NOW % step);
    const from = to - Math.floor(listings.stretchMs(kind) / step) * step;
    const points = await listings.points(route, kind, from, to);
    const times = Array.from({ length: (to - from) / step }, (_none, index) => from + index * step);
    expect(points.map(({ at }) => at)).toEqual(times);
  }
});

async function client(now = NOW, seed = '1') {
  vi.useFakeTimers({ toFake: ['Date'], now });
  onTestFinished(() => void vi.useRealTimers());
  const { urls } = await open({ BALLAST_SIMULATOR_INSTRUMENTS: 1, BALLAST_SIMULATOR_SEED: seed });
  return restClient(urls.rest);
}

test('open interest: newest first, by pages, each point a while after its time', async () => {
  const rest = await client();
  const asked = { ...linear, intervalTime: '5min', limit: 3 } as const;
  const { result } = await rest.getOpenInterest(asked);
  expect(result).toMatchObject({ category: 'linear', symbol: 'BTCUSDT' });
  const at = (minutes: number): string => String(Date.UTC(2026, 10, 18, 13, minutes));
  expect(result.list.map(({ timestamp }) => timestamp)).toEqual([at(40), at(35), at(30)]);
  for (const { openInterest } of result.list) expect(Number(openInterest)).toBeGreaterThan(0);
  const cursor = result.nextPageCursor ?? '';
  const second = (await rest.getOpenInterest({ ...asked, cursor })).result;
  expect(second.list.map(({ timestamp }) => timestamp)).toEqual([at(25), at(20), at(15)]);
  const range = { startTime: Number(at(20)), endTime: Number(at(35)) };
  const inside = (await rest.getOpenInterest({ ...asked, ...range, limit: 50 })).result;
  expect(inside.list.map(({ timestamp }) => timestamp)).toEqual([at(35), at(30), at(25), at(20)]);
  expect(inside.nextPageCursor).toBe('');
  vi.setSystemTime(Date.UTC(2026, 10, 18, 13, 45, 9));
  expect((await rest.getOpenInterest(asked)).result.list[0]?.timestamp).toBe(at(40));
  vi.setSystemTime(Date.UTC(2026, 10, 18, 13, 45, 10));
  expect((await rest.getOpenInterest(asked)).result.list[0]?.timestamp).toBe(at(45));
  const wide = await rest.getOpenInterest({ ...asked, limit: 500 });
  expect(wide.result.list).toHaveLength(200);
  expect(new Set(wide.result.list.map(({ openInterest }) => openInterest)).size).toBeGreaterThan(
    150,
  );
});

test('funding: settled every eight hours; a start without an end is refused', async () => {
  const rest = await client();
  const { result } = await rest.getFundingRateHistory(linear);
  expect(result.list).toHaveLength(200);
  const [newest, before] = result.list;
  expect(Number(newest?.fundingRateTimestamp)).toBe(Date.UTC(2026, 10, 18, 8));
  expect(Number(before?.fundingRateTimestamp)).toBe(Date.UTC(2026, 10, 18, 0));
  const rates = result.list.map(({ fundingRate }) => Number(fundingRate));
  expect(rates.every((rate) => Math.abs(rate) <= 0.0005)).toBe(true);
  expect(rates.some((rate) => rate < 0)).toBe(true);
  const startTime = NOW - 24 * HOUR_MS;
  expect(await rest.getFundingRateHistory({ ...linear, startTime })).toMatchObject({
    retCode: 10_001,
  });
  const range = await rest.getFundingRateHistory({ ...linear, startTime, endTime: NOW });
  expect(range.result.list).toHaveLength(3);
  vi.setSystemTime(Date.UTC(2026, 10, 18, 16, 0, 5));
  const later = await rest.getFundingRateHistory({ ...linear, limit: 2 });
  expect(later.result.list.map(({ fundingRate }) => fundingRate)).toContain(newest?.fundingRate);
  expect(later.result.list.map(({ fundingRateTimestamp }) => Number(fundingRateTimestamp))).toEqual(
    [Date.UTC(2026, 10, 18, 16), Date.UTC(2026, 10, 18, 8)],
  );
});

test('account ratio: shares of one, by period and page, a minute after their time', async () => {
  const rest = await client();
  const asked = { ...linear, period: '1h', limit: 2 } as const;
  const { result } = await rest.getLongShortRatio(asked);
  const hour = (at: number): string => String(Date.UTC(2026, 10, 18, at));
  expect(result.list.map(({ timestamp }) => timestamp)).toEqual([hour(13), hour(12)]);
  for (const { symbol, buyRatio, sellRatio } of result.list) {
    expect(symbol).toBe('BTCUSDT');
    expect(Number(buyRatio) + Number(sellRatio)).toBeCloseTo(1, 9);
    expect(Number(buyRatio)).toBeGreaterThan(0.3);
    expect(Number(buyRatio)).toBeLessThan(0.8);
  }
  vi.setSystemTime(Date.UTC(2026, 10, 18, 14, 0, 59));
  expect((await rest.getLongShortRatio(asked)).result.list[0]?.timestamp).toBe(hour(13));
  const wrong = await rest.getLongShortRatio({ ...asked, symbol: 'NOSUCH' });
  expect(wrong.retCode).toBe(10_001);
});

test('the ticker has what is listed: interest of the same time, a rate that nears the settled one', async () => {
  const rest = await client(Date.UTC(2026, 10, 18, 15, 59, 59));
  const ticker = async () => (await rest.getTickers(linear)).result.list[0];
  const expected = await ticker();
  expect(expected).toMatchObject({
    nextFundingTime: String(Date.UTC(2026, 10, 18, 16)),
    fundingIntervalHour: '8',
  });
  vi.setSystemTime(Date.UTC(2026, 10, 18, 16, 0, 5));
  const { openInterest } = (await ticker()) ?? {};
  const settled = (await rest.getFundingRateHistory({ ...linear, limit: 1 })).result.list[0];
  const apart = Number(expected?.fundingRate) - Number(settled?.fundingRate);
  expect(Math.abs(apart)).toBeLessThan(0.000_001);
  vi.setSystemTime(Date.UTC(2026, 10, 18, 16, 0, 10));
  const listed = await rest.getOpenInterest({ ...linear, intervalTime: '5min', limit: 1 });
  expect(listed.result.list).toEqual([
    { openInterest, timestamp: String(Date.UTC(2026, 10, 18, 16)) },
  ]);
});

test('the same seed has the same values, another seed others', async () => {
  const values: unknown[] = [];
  for (const seed of ['1', '1', '2']) {
    const rest = await client(NOW, seed);
    const interest = await rest.getOpenInterest({ ...linear, intervalTime: '1h' });
    values.push([
      interest.result.list.map(({ openInterest }) => openInterest),
      (await rest.getFundingRateHistory(linear)).result.list,
      (await rest.getLongShortRatio({ ...linear, period: '4h' })).result.list,
    ]);
  }
  expect(values[1]).toEqual(values[0]);
  expect(values[2]).not.toEqual(values[0]);
});
