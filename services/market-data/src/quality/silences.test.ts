import type { DataSource } from '@ballast/domain';
import type { FeedEvent } from '@ballast/feeds';
import { expect, test } from 'vitest';
import { asQuote, asTrade, BTC, judged, rulesOf } from './recorded.fixture.ts';

const AT = Date.parse('2026-11-21T15:00Z');
const SECOND = 1_000;
const MINUTE = 60 * SECOND;

function print(at: number, price: string, source: DataSource = 'bybit'): FeedEvent {
  const what = { instrument: BTC.id, source, venueTradeId: `${source} ${at}`, quantity: '1' };
  const times = { eventTime: AT + at, receivedTime: AT + at };
  return asTrade({ ...what, ...times, price, takerSide: null });
}

function quote(at: number, bid = '100'): FeedEvent {
  const sides = { bid, bidQuantity: '1', ask: '101', askQuantity: '1', last: '100' };
  const times = { eventTime: AT + at, receivedTime: AT + at };
  return asQuote({ instrument: BTC.id, source: 'bybit', ...sides, ...times });
}

const prints = (count: number, everyMs: number, price: string): FeedEvent[] =>
  Array.from({ length: count }, (_, index) => print(index * everyMs, price));

test('a price that another source told five seconds ago is none to compare with', async () => {
  const told = [0, 1, 2].map((at) => print(at * SECOND, '100', 'replay'));
  expect(rulesOf(await judged([...told, print(4 * SECOND, '103')]))).toEqual([
    'SPIKE_OTHER_SOURCE',
  ]);
  expect(await judged([...told, print(7 * SECOND + 1, '103')])).toEqual([]);
});

test('after a pause of a minute nothing is known of the price', async () => {
  const leap = (at: number): FeedEvent[] => [print(at, '110'), print(at + SECOND, '100')];
  const before = prints(20, SECOND, '100');
  expect(rulesOf(await judged([...before, ...leap(20 * SECOND)]))).toEqual(['SPIKE_OWN_TRADES']);
  expect(await judged([...before, ...leap(80 * SECOND)])).toEqual([]);
});

test('trades that are minutes apart anyway are not missed so soon', async () => {
  const moves = (from: number): FeedEvent[] =>
    Array.from({ length: 80 }, (_, index) =>
      quote(from + index * 5 * SECOND, `${90 + (index % 2)}`),
    );
  const often = prints(25, SECOND, '100');
  expect(rulesOf(await judged([...often, ...moves(25 * SECOND)]))).toEqual(['TRADES_STUCK']);
  const seldom = prints(25, MINUTE, '100');
  expect(await judged([...seldom, ...moves(25 * MINUTE)])).toEqual([]);
});

test('a few quotes in a quarter of an hour say nothing of a price', async () => {
  const still = (everyMs: number): FeedEvent[] =>
    Array.from({ length: Math.ceil((20 * MINUTE) / everyMs) }, (_, index) =>
      quote(index * everyMs),
    );
  expect(rulesOf(await judged(still(2 * SECOND)))).toEqual(['PRICE_STUCK']);
  expect(await judged(still(50 * SECOND))).toEqual([]);
});
