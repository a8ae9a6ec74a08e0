import { type Bar, instrumentId, type Quote } from '@ballast/domain';
import { expect, test, vi } from 'vitest';
import { announcementsOf } from './announcements.ts';
import { createLiveStore } from './live-store.ts';

const BTC = instrumentId('bybit', 'linear', 'BTCUSDT');
const ETH = instrumentId('bybit', 'linear', 'ETHUSDT');
const quote = (instrument: Quote['instrument'], last: string): Quote => ({
  instrument,
  source: 'bybit',
  bid: last,
  bidQuantity: '1',
  ask: last,
  askQuantity: '1',
  last,
  eventTime: 1,
  receivedTime: 1,
});
const bar = (openTime: number): Bar => ({
  instrument: BTC,
  timeframe: '1m',
  openTime,
  open: '1',
  high: '1',
  low: '1',
  close: '1',
  volume: '1',
  tradeCount: 1,
  state: 'closed',
  source: 'bybit',
  builtFrom: 'trades',
  missing: 0,
});
const market = (part: object) => ({
  topic: 'market' as const,
  at: 5_000,
  snapshot: false,
  quotes: [],
  forming: [],
  closed: [],
  barsMissed: false,
  ...part,
});

function build() {
  const clock = { monotonic: 0, wall: 1_000 };
  return {
    clock,
    store: createLiveStore(
      () => clock.monotonic,
      () => clock.wall,
    ),
  };
}

test('silence is counted from the last message, by a clock that cannot be set', () => {
  const { clock, store } = build();
  expect(store.silenceMs()).toBeNull();
  store.take(market({}));
  clock.monotonic = 2_600;
  clock.wall = -99_999;
  expect(store.silenceMs()).toBe(2_600);
});

test('ages go by the server’s clock, not by this machine’s', () => {
  const { clock, store } = build();
  store.take(market({}));
  clock.wall += 250;
  expect(store.serverNow()).toBe(5_250);
});

test('only those who show an instrument are told of it', () => {
  const { store } = build();
  const btc = vi.fn();
  const eth = vi.fn();
  store.listen(`quote:${BTC}`, btc);
  const stop = store.listen(`quote:${ETH}`, eth);
  store.take(market({ quotes: [quote(BTC, '1')] }));
  expect(btc).toHaveBeenCalledTimes(1);
  expect(eth).not.toHaveBeenCalled();
  stop();
  store.take(market({ quotes: [quote(ETH, '2')] }));
  expect(eth).not.toHaveBeenCalled();
  expect(store.quote(ETH)?.last).toBe('2');
});

test('a closed bar ends the forming one, a snapshot asks for history', () => {
  const { store } = build();
  const heard = vi.fn();
  store.onBars(heard);
  store.take(market({ forming: [bar(60_000)] }));
  expect(store.forming(BTC)?.openTime).toBe(60_000);
  expect(heard).not.toHaveBeenCalled();
  store.take(market({ closed: [bar(60_000)] }));
  expect(store.forming(BTC)).toBeNull();
  expect(heard).toHaveBeenLastCalledWith([bar(60_000)], false);
  store.take(market({ snapshot: true }));
  expect(heard).toHaveBeenLastCalledWith([], true);
});

test('fills and denials are said aloud, bookkeeping is not', () => {
  const event = (type: string, data: object) => ({
    seq: 1,
    tradeId: 't',
    type,
    data,
    at: 1,
    instrument: BTC,
    direction: 'long',
    status: 'open',
  });
  const stopId = `${'0'.repeat(32)}s000`;
  expect(
    announcementsOf([event('orderCreated', {}), event('statusChanged', { to: 'open' })]),
  ).toEqual([]);
  expect(announcementsOf([event('fillBooked', { clientOrderId: stopId })])).toMatchObject([
    { urgent: false, title: 'BTCUSDT: stop fill' },
  ]);
  expect(announcementsOf([event('tradeDenied', {})])).toMatchObject([{ urgent: true }]);
});
