import { type Bar, instrumentId, packMarketEvents, type Quote } from '@ballast/domain';
import { expect, test, vi } from 'vitest';
import { announcementsOf } from './announcements.ts';
import { keepShown } from './keep-shown.ts';
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
const market = (
  { quotes = [], bars = [] }: { quotes?: Quote[]; bars?: Bar[] },
  snapshot = false,
) => ({
  ...{ topic: 'market' as const, at: 5_000, snapshot, stream: 's', barsMissed: false },
  rows: packMarketEvents([
    ...quotes.map((one) => ({ kind: 'quote' as const, quote: one })),
    ...bars.map((one) => ({ kind: 'bar' as const, bar: one })),
  ]),
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
  store.take(market({ bars: [{ ...bar(60_000), state: 'forming' }] }));
  expect(store.forming(BTC)?.openTime).toBe(60_000);
  expect(heard).not.toHaveBeenCalled();
  store.take(market({ bars: [{ ...bar(60_000), timeframe: '5m' }] }));
  expect(store.forming(BTC)?.openTime).toBe(60_000);
  store.take(market({ bars: [bar(60_000)] }));
  expect(store.forming(BTC)).toBeNull();
  expect(heard).toHaveBeenLastCalledWith([bar(60_000)], false);
  store.take(market({}, true));
  expect(heard).toHaveBeenLastCalledWith([], true);
});

test('what is shown is said once it has come to rest, again to a new stream, and again after a failure', async () => {
  vi.useFakeTimers();
  const { store } = build();
  const say = vi.fn(() => Promise.resolve());
  const shown = keepShown(store, say);
  const stopBtc = store.listen(`quote:${BTC}`, () => undefined);
  await vi.advanceTimersByTimeAsync(100);
  expect(say).not.toHaveBeenCalled();
  shown.on('first');
  store.listen(`forming:${ETH}`, () => undefined);
  store.listen('account', () => undefined);
  await vi.advanceTimersByTimeAsync(100);
  expect(say.mock.calls).toEqual([[{ stream: 'first', instruments: [BTC, ETH] }]]);
  say.mockRejectedValueOnce(new Error('away'));
  stopBtc();
  await vi.advanceTimersByTimeAsync(100);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(say.mock.calls.slice(1)).toEqual(
    Array.from({ length: 2 }, () => [{ stream: 'first', instruments: [ETH] }]),
  );
  shown.on('second');
  await vi.advanceTimersByTimeAsync(100);
  expect(say).toHaveBeenLastCalledWith({ stream: 'second', instruments: [ETH] });
  shown.stop();
  store.listen(`quote:${BTC}`, () => undefined);
  await vi.advanceTimersByTimeAsync(5_000);
  expect(say).toHaveBeenCalledTimes(4);
  vi.useRealTimers();
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
