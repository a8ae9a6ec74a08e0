import { expect, test } from 'vitest';
import { route as stock } from '../alpaca/scripted-stream.fixture.ts';
import { countingBudget, startHistoryServer } from '../history-server.fixture.ts';
import type { PolledKind } from '../polled-microstructure.ts';
import { openBybitMicrostructure } from './microstructure.ts';

const BTC = stock('BTCUSDT', { session: 'continuous' });
const MINUTE = 60_000;
const NOON = Date.UTC(2026, 10, 18, 12);
const at = (minute: number): number => NOON + minute * MINUTE;
const body = (list: readonly unknown[]): string =>
  JSON.stringify({ retCode: 0, retMsg: 'OK', result: { symbol: 'BTCUSDT', list }, time: NOON });
const interest = (minute: number, openInterest: unknown = '51234.567') => ({
  openInterest,
  timestamp: String(at(minute)),
});
const shares = (buyRatio: string, sellRatio: string) => ({
  ...{ symbol: 'BTCUSDT', buyRatio, sellRatio, timestamp: String(NOON) },
});
const settled = (fundingRate: string) => ({
  ...{ symbol: 'BTCUSDT', fundingRate, fundingRateTimestamp: String(NOON) },
});

async function ask(kind: PolledKind, answer: string, from = at(-60), to = at(60)) {
  const server = await startHistoryServer(() => ({ body: answer }));
  const budget = countingBudget();
  const listings = openBybitMicrostructure({ url: server.url, budget });
  return { points: listings.points(BTC, kind, from, to), server, budget, listings };
}

test('open interest: oldest first, only what was asked for, one token of the budget', async () => {
  const rows = [interest(60), interest(55), interest(0, '7'), interest(-65)];
  const { points, server, budget } = await ask('open-interest', body(rows));
  const about = { instrument: BTC.instrument.id, kind: 'open-interest' };
  expect(await points).toEqual([
    { ...about, at: NOON, value: '7' },
    { ...about, at: at(55), value: '51234.567' },
  ]);
  expect(budget.taken).toBe(1);
  const [asked] = server.asked;
  expect(asked?.path).toBe('/v5/market/open-interest');
  expect(Object.fromEntries(asked?.query ?? [])).toEqual({
    ...{ category: 'linear', symbol: 'BTCUSDT', intervalTime: '5min', limit: '200' },
    ...{ startTime: String(at(-60)), endTime: String(at(60) - 1) },
  });
});

test('a funding rate may be below zero; a share is that of the longs', async () => {
  const funding = await ask('funding-rate', body([settled('-0.00012345')]));
  expect(await funding.points).toMatchObject([{ at: NOON, value: '-0.00012345' }]);
  const share = await ask('long-account-share', body([shares('0.4927', '0.5073')]));
  expect(await share.points).toMatchObject([{ at: NOON, value: '0.4927' }]);
  expect(share.server.asked[0]?.query.get('period')).toBe('5min');
});

test.each([
  ['no JSON', 'open-interest', '', 'HISTORY_POINT_INVALID'],
  ['a time told twice', 'open-interest', body([interest(0), interest(0)]), 'HISTORY_POINT_INVALID'],
  ['interest below zero', 'open-interest', body([interest(0, '-1')]), 'HISTORY_POINT_INVALID'],
  ['a number for a text', 'open-interest', body([interest(0, 5)]), 'HISTORY_POINT_INVALID'],
  ['an exponent', 'funding-rate', body([settled('1e-4')]), 'HISTORY_POINT_INVALID'],
  ['no time', 'open-interest', body([{ openInterest: '1' }]), 'HISTORY_POINT_INVALID'],
  [
    'another symbol',
    'funding-rate',
    body([{ ...settled('0.0001'), symbol: 'ETHUSDT' }]),
    'HISTORY_POINT_INVALID',
  ],
  [
    'shares that are none of one',
    'long-account-share',
    body([shares('0.6', '0.6')]),
    'HISTORY_POINT_INVALID',
  ],
  ['too many requests', 'open-interest', '{"retCode":10006,"retMsg":"x"}', 'HISTORY_RATE_LIMITED'],
] as const)('says so: %s', async (_what, kind, answer, code) => {
  const { points } = await ask(kind, answer);
  await expect(points).rejects.toMatchObject({ code });
});

test('more than the venue tells at once is not asked for: it would leave out the oldest', async () => {
  const { points, server, listings } = await ask('open-interest', body([]), at(0), at(1_001));
  await expect(points).rejects.toMatchObject({ code: 'HISTORY_RANGE' });
  expect(server.asked).toEqual([]);
  expect(listings.stretchMs('open-interest')).toBe(1_000 * MINUTE);
  expect(await listings.points(BTC, 'open-interest', at(0), at(1_000))).toEqual([]);
});
