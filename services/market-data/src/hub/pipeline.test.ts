import { instrumentId, type PublicTrade } from '@ballast/domain';
import type { FeedEvent } from '@ballast/feeds';
import { describe, expect, test } from 'vitest';
import { COMPARED_MAX, MINUTE_MS } from './bar-builder.ts';
import {
  ALPACA,
  bar,
  BTC,
  BYBIT,
  FINNHUB,
  instrument,
  M0,
  M1,
  pipeline,
  quote,
  trade,
  tradeOf,
} from './pipeline.fixture.ts';

describe('one source', () => {
  test('a minute in which the process stood still is not known by its trades', () => {
    const { made, bars, clock, feed, pass } = pipeline(BYBIT);
    feed('bybit').onEvents([trade('a', M0 + 1_000)]);
    pass(M0 + 50_000);
    // Woken after the minute's end; the connection broke meanwhile, and nobody knows it yet.
    clock.now = M1 + 30_000;
    made.tick();
    expect(bars).toEqual([]);
    expect(made.awaited()).toEqual([{ instrument, openTimes: [M0] }]);
    made.venueBar({ ...bar, volume: '7' });
    expect(bars).toMatchObject([{ openTime: M0, builtFrom: 'venue', volume: '7' }]);
  });

  test('a minute that ends while data is left in the network is not known by its trades', () => {
    const { made, bars, feed, pass } = pipeline(BYBIT);
    feed('bybit').onEvents([trade('a', M0 + 1_000)]);
    pass(M0 + 50_000);
    made.setPaused(true);
    pass(M1 + 5_000);
    expect(bars).toEqual([]);
    expect(made.awaited()).toEqual([{ instrument, openTimes: [M0] }]);
    made.setPaused(false);
    feed('bybit').onEvents([{ kind: 'bar', bar: { ...bar, volume: '7' } }]);
    expect(bars).toMatchObject([{ openTime: M0, builtFrom: 'venue', volume: '7' }]);
  });

  test('a pause that is over before the minute is leaves it known by its trades', () => {
    const { made, bars, feed, pass } = pipeline(BYBIT);
    pass(M0 + 20_000);
    made.setPaused(true);
    pass(M0 + 25_000);
    made.setPaused(false);
    feed('bybit').onEvents([trade('a', M0 + 21_000)]);
    pass(M1 + 3_000);
    expect(bars).toMatchObject([{ openTime: M0, builtFrom: 'trades' }]);
  });

  test('a minute in which its trades began to be told is not known by them', () => {
    const { made, bars, feed, pass } = pipeline(BYBIT);
    pass(M0 + 20_000);
    const begin = { instrument: BTC, source: 'bybit', receivedTime: M0 + 20_000 } as const;
    feed('bybit').onEvents([{ kind: 'begin', ...begin }, trade('a', M0 + 20_000)]);
    feed('bybit').onEvents([trade('b', M1 + 1_000)]);
    pass(M1 + MINUTE_MS + 3_000);
    // The second one only to be held against what was built of it.
    expect(made.awaited()).toEqual([{ instrument, openTimes: [M0, M1] }]);
    expect(bars).toMatchObject([{ openTime: M1, builtFrom: 'trades' }]);
  });

  test('the last bar before a silence of hours is held against the venue after it', () => {
    const { made, bars, feed, pass } = pipeline(BYBIT);
    feed('bybit').onEvents([trade('a', M0 + 52_000)]);
    pass(M1 + 2_000);
    feed('bybit').onState('stale', 'FEED_DATA_STALE');
    pass(M0 + 5 * 60 * MINUTE_MS);
    feed('bybit').onState('live', 'data');
    expect(made.awaited()[0]?.openTimes[0]).toBe(M0);
    made.venueBar({ ...bar, volume: '7' });
    expect(bars).toMatchObject([{ builtFrom: 'trades' }, { state: 'corrected', volume: '7' }]);
  });

  test('a bar that is not kept here any more is not asked for before what is new', () => {
    const { made, clock, feed, pass } = pipeline(BYBIT);
    // A standby asks nobody: that the venue's bar was lost in a moment of silence stays so.
    feed('bybit').onEvents([trade('a', M0 + 52_000)]);
    pass(M1 + 3_000);
    for (let minute = M1; minute <= M0 + COMPARED_MAX * MINUTE_MS; minute += MINUTE_MS) {
      expect(made.awaited()).toEqual([{ instrument, openTimes: [M0] }]);
      feed('bybit').onEvents([trade(`of ${minute}`, minute + 10_000)]);
      clock.now = minute + MINUTE_MS;
      feed('bybit').onEvents([{ kind: 'bar', bar: { ...bar, openTime: minute } }]);
      pass(minute + MINUTE_MS + 3_000);
    }
    expect(made.awaited()).toEqual([]);
  });

  test('what has had no bar since the day before is a gap, and asked for as one', () => {
    const { made, clock } = pipeline(FINNHUB);
    const close = Date.parse('2023-11-15T21:00Z');
    const stock = { ...instrument, id: instrumentId('finnhub', 'stock', 'AAPL') };
    const wanted = { instrument: { ...stock, session: 'us-equity' }, sources: [FINNHUB] } as const;
    made.setWanted([wanted], close - 10 * MINUTE_MS);
    clock.now = Date.parse('2023-11-16T14:32:03Z');
    made.tick();
    const [of] = made.awaited();
    expect(of?.openTimes).toEqual(
      [14.5, 14.5 + 1 / 60].map((hour) => {
        return Date.parse('2023-11-16T00:00Z') + hour * 60 * MINUTE_MS;
      }),
    );
  });

  test('a feed that is mute for seconds at the end of a minute leaves no wrong bar', () => {
    const { made, bars, feed, pass } = pipeline(BYBIT);
    feed('bybit').onEvents([trade('a', M0 + 21_000)]);
    // What was told from here on is lost, the venue's own bar too, and nothing says so.
    pass(M1 + 3_000);
    expect(bars).toMatchObject([{ openTime: M0, builtFrom: 'trades', volume: '1' }]);
    expect(made.awaited()).toEqual([{ instrument, openTimes: [M0] }]);
    made.venueBar({ ...bar, volume: '7' });
    expect(bars[1]).toMatchObject({ openTime: M0, state: 'corrected', volume: '7' });
    expect(made.awaited()).toEqual([]);
  });

  test('a minute that was not seen in full is asked for after one that was before it', () => {
    const { made, feed, pass } = pipeline(BYBIT);
    feed('bybit').onEvents([trade('a', M0 + 21_000)]);
    pass(M1 + 10_000);
    feed('bybit').onState('connecting', 'mute');
    feed('bybit').onState('live', 'data');
    pass(M1 + MINUTE_MS + 3_000);
    expect(made.awaited()).toEqual([{ instrument, openTimes: [M0, M1] }]);
  });

  test('lets each venue trade id through once', () => {
    const { made, told, feed } = pipeline(BYBIT);
    feed('bybit').onEvents([trade('a', M0), trade('b', M0), trade('a', M0)]);
    feed('bybit').onEvents([trade('b', M0), trade('c', M0)]);
    expect(told).toEqual(['a', 'b', 'c']);
    expect(made.counts()).toMatchObject({ trades: 3, repeatedTrades: 2 });
  });

  test('still knows an id after thousands of others', () => {
    const { made, feed } = pipeline(BYBIT);
    feed('bybit').onEvents(Array.from({ length: 9_000 }, (_, index) => trade(String(index), M0)));
    feed('bybit').onEvents([trade('4000', M0), trade('8000', M0)]);
    expect(made.counts()).toMatchObject({ trades: 9_000, repeatedTrades: 2 });
  });

  test('drops a trade from the future before it can close a minute', () => {
    const { made, told, feed } = pipeline(BYBIT);
    const early = trade('b', M0 + 5 * MINUTE_MS, { receivedTime: M0 });
    feed('bybit').onEvents([trade('a', M0), early, trade('c', M0 + 1)]);
    expect(told).toEqual(['a', 'c']);
    expect(made.counts()).toMatchObject({ tradesFromTheFuture: 1, lateTrades: 0 });
  });

  test('tells a bar before the trade that closed it', () => {
    const { told, bars, feed } = pipeline(BYBIT);
    feed('bybit').onEvents([trade('a', M0), trade('b', M1)]);
    expect(told).toEqual(['a', 'bar', 'b']);
    expect(bars).toMatchObject([{ openTime: M0, builtFrom: 'trades' }]);
  });

  test('asks for the bars of an interruption and tells them once', () => {
    const { made, told, clock, feed } = pipeline(BYBIT);
    feed('bybit').onState('down', 'FEED_CONNECTION_LOST');
    clock.now = M0 + 2 * MINUTE_MS + 3_000;
    made.tick();
    expect(made.awaited()).toEqual([{ instrument, openTimes: [M0, M1] }]);
    for (const openTime of [M0, M1, M0]) made.venueBar({ ...bar, openTime });
    expect(made.awaited()).toEqual([]);
    expect(told).toEqual(['bar', 'bar']);
  });

  test('wants a quote of what is traded now', () => {
    const { made, feed } = pipeline(BYBIT);
    expect(made.withoutQuote()).toEqual([BTC]);
    feed('bybit').onEvents([quote()]);
    expect(made.withoutQuote()).toEqual([]);
  });

  test('follows an added instrument and lets a removed one go', () => {
    const { made, told, feed } = pipeline(BYBIT);
    made.setWanted([], M0);
    feed('bybit').onEvents([trade('a', M0)]);
    made.setWanted([{ instrument, sources: [BYBIT] }], M0);
    feed('bybit').onEvents([trade('b', M0)]);
    expect(told).toEqual(['b']);
  });
});

describe('a trade that changes', () => {
  const correction = (id: string, changed: PublicTrade | null): FeedEvent => ({
    ...{ kind: 'correction', instrument: BTC, source: 'alpaca', venueTradeId: id },
    ...{ trade: changed, eventTime: M0, receivedTime: M0 },
  });
  const one = { source: 'alpaca' } as const;

  test('changes the bar of its minute, before and after it has closed', () => {
    const { bars, feed } = pipeline(ALPACA);
    const events = [trade('a', M0, { ...one, price: '9' }), trade('b', M0 + 1, one)];
    feed('alpaca').onEvents([...events, trade('x', M0 + 2, { ...one, price: '50' })]);
    feed('alpaca').onEvents([correction('x', null), trade('c', M1, one)]);
    expect(bars).toMatchObject([{ high: '9', volume: '2', state: 'closed' }]);
    feed('alpaca').onEvents([correction('a', tradeOf('a2', M0, { ...one, price: '7' }))]);
    expect(bars[1]).toMatchObject({ openTime: M0, high: '7', state: 'corrected' });
  });

  test('stays where it was in its minute, however late its correction is told', () => {
    const { bars, feed } = pipeline(ALPACA);
    feed('alpaca').onEvents([trade('a', M0, one), trade('b', M0 + 1, { ...one, price: '9' })]);
    feed('alpaca').onEvents([correction('a', tradeOf('a2', M0 + 30_000, { ...one, price: '7' }))]);
    feed('alpaca').onEvents([trade('c', M1, one)]);
    expect(bars).toMatchObject([{ open: '7', close: '9' }]);
    feed('alpaca').onEvents([correction('a2', tradeOf('a3', M1 + 9, { ...one, price: '8' }))]);
    expect(bars[1]).toMatchObject({ open: '8', close: '9', state: 'corrected' });
  });

  test('that is not known any more is counted and told', () => {
    const { made, bars, feed } = pipeline(ALPACA);
    feed('alpaca').onEvents([correction('z', null)]);
    expect(bars).toEqual([]);
    expect(made.counts()).toMatchObject({ corrections: 1, uncorrected: 1 });
  });

  test('that comes late is in the bar all the same', () => {
    const { made, bars, feed } = pipeline(ALPACA);
    feed('alpaca').onEvents([trade('a', M0, one), trade('b', M1, one)]);
    feed('alpaca').onEvents([trade('late', M0 + 30_000, { ...one, price: '3' })]);
    expect(bars).toMatchObject([{ high: '1' }, { openTime: M0, high: '3', state: 'corrected' }]);
    expect(made.counts()).toMatchObject({ lateTrades: 0, barsCorrected: 1 });
  });
});
