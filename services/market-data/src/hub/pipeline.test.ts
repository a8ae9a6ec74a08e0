import {
  type Bar,
  type DataSource,
  type Instrument,
  instrumentId,
  parseQuantity,
  parseScaled,
  type PublicTrade,
} from '@ballast/domain';
import type { FeedEvent, FeedHandlers } from '@ballast/feeds';
import { createLogger } from '@ballast/observability';
import { describe, expect, test } from 'vitest';
import { MINUTE_MS } from './bar-builder.ts';
import { Pipeline, type SourceTraits } from './pipeline.ts';

const log = createLogger('market-data-test', 'silent');
const BTC = instrumentId('bybit', 'linear', 'BTCUSDT');
const M0 = 1_700_000_040_000;
const M1 = M0 + MINUTE_MS;

const instrument: Instrument = {
  id: BTC,
  baseCurrency: 'BTC',
  quoteCurrency: 'USDT',
  tickSize: parseScaled('0.1'),
  lotSize: parseScaled('0.001'),
  minQuantity: parseQuantity('0.001'),
  maxQuantity: parseQuantity('100'),
  minNotional: parseScaled('5'),
  multiplier: parseScaled('1'),
  sector: 'crypto',
  session: 'continuous',
};

const BYBIT: SourceTraits = { name: 'bybit', tellsQuotes: true, keepsTrades: false };
const FINNHUB: SourceTraits = { name: 'finnhub', tellsQuotes: false, keepsTrades: true };
const ALPACA: SourceTraits = { name: 'alpaca', tellsQuotes: true, keepsTrades: true };

function tradeOf(id: string, eventTime: number, change: Partial<PublicTrade> = {}): PublicTrade {
  return {
    ...{ instrument: BTC, price: '1', quantity: '1', takerSide: 'buy', source: 'bybit' },
    ...{ venueTradeId: id, eventTime, receivedTime: eventTime },
    ...change,
  };
}

const trade = (id: string, eventTime: number, change: Partial<PublicTrade> = {}): FeedEvent => ({
  kind: 'trade',
  trade: tradeOf(id, eventTime, change),
});

const bar: Bar = {
  instrument: BTC,
  timeframe: '1m',
  openTime: M0,
  open: '1',
  high: '1',
  low: '1',
  close: '1',
  volume: '0',
  tradeCount: 0,
  state: 'closed',
  source: 'bybit',
  builtFrom: 'venue',
  missing: 0,
};

function quote(source: DataSource = 'bybit'): FeedEvent {
  const prices = { bid: '1', bidQuantity: '1', ask: '2', askQuantity: '1', last: '1' };
  const times = { eventTime: M0, receivedTime: M0 };
  return { kind: 'quote', quote: { instrument: BTC, source, ...prices, ...times } };
}

/** A pipeline whose feeds are live since ten seconds before the first minute. */
function pipeline(...sources: SourceTraits[]) {
  const told: string[] = [];
  const bars: Bar[] = [];
  const clock = { now: M0 - 10_000 };
  const made = new Pipeline({
    outlet: {
      trade: ({ venueTradeId }) => void told.push(venueTradeId),
      quote: ({ source }) => void told.push(`quote of ${source}`),
      bar(one, inOrder) {
        bars.push(one);
        told.push(`bar${inOrder ? '' : ' late'}`);
      },
    },
    log,
    now: () => clock.now,
  });
  const feeds = new Map<DataSource, FeedHandlers>(
    sources.map(({ name }) => [name, made.handlersOf(name)]),
  );
  made.setWanted([{ instrument, sources }], M0);
  for (const feed of feeds.values()) feed.onState('live', 'data');
  const feed = (name: DataSource): FeedHandlers => {
    const found = feeds.get(name);
    if (found === undefined) throw new Error(`no feed ${name}`);
    return found;
  };
  /** Lets time pass up to `until`, with a tick each quarter of a second. */
  function pass(until: number): void {
    for (; clock.now < until; clock.now += 250) made.tick();
    made.tick();
  }
  return { made, told, bars, clock, feed, pass };
}

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

describe('two sources of one instrument', () => {
  /** Each second a trade of each named source, from one second of the minute to another. */
  function run(parts: ReturnType<typeof pipeline>, from: number, to: number, names: DataSource[]) {
    for (let second = from; second < to; second += 1) {
      parts.pass(M0 + second * 1_000);
      for (const name of names) {
        const id = `${name}-${second}`;
        parts.feed(name).onEvents([trade(id, M0 + second * 1_000, { source: name })]);
      }
    }
  }

  test('only the first counts, and quotes come from who has any', () => {
    const parts = pipeline(FINNHUB, ALPACA);
    run(parts, 0, 3, ['finnhub', 'alpaca']);
    parts.feed('alpaca').onEvents([quote('alpaca')]);
    expect(parts.told).toEqual(['finnhub-0', 'finnhub-1', 'finnhub-2', 'quote of alpaca']);
  });

  test('a mute one is left within seconds, and nothing of the silence is lost', () => {
    const parts = pipeline(FINNHUB, ALPACA);
    run(parts, 0, 20, ['finnhub', 'alpaca']);
    run(parts, 20, 59, ['alpaca']);
    const trades = parts.told.filter((one) => one !== 'bar');
    expect(trades.slice(18, 22)).toEqual(['finnhub-18', 'finnhub-19', 'alpaca-20', 'alpaca-21']);
    expect(new Set(trades).size).toBe(59);
    run(parts, 59, 64, ['alpaca']);
    expect(parts.bars).toMatchObject([{ openTime: M0, source: 'alpaca', volume: '60' }]);
    expect(parts.made.counts()).toMatchObject({ airSwitches: 1 });
  });

  test('one whose feed is down is left at once', () => {
    const parts = pipeline(FINNHUB, ALPACA);
    run(parts, 0, 10, ['finnhub', 'alpaca']);
    parts.feed('finnhub').onState('down', 'FEED_CONNECTION_LOST');
    run(parts, 10, 11, ['alpaca']);
    expect(parts.told.slice(-2)).toEqual(['finnhub-9', 'alpaca-10']);
  });

  test('a bar that went out in the silence is corrected from the other source', () => {
    const parts = pipeline(FINNHUB, ALPACA);
    run(parts, 0, 58, ['finnhub', 'alpaca']);
    run(parts, 58, 70, ['alpaca']);
    expect(parts.bars).toMatchObject([
      { openTime: M0, source: 'finnhub', volume: '58', state: 'closed' },
      { openTime: M0, source: 'alpaca', volume: '60', state: 'corrected' },
    ]);
  });

  test('a better source that is back is taken when it has been well for a while', () => {
    const parts = pipeline(FINNHUB, ALPACA);
    run(parts, 0, 5, ['finnhub', 'alpaca']);
    run(parts, 5, 15, ['alpaca']);
    run(parts, 15, 20, ['finnhub', 'alpaca']);
    expect(parts.made.onAir()).toEqual({ alpaca: 1 });
    run(parts, 20, 30, ['finnhub', 'alpaca']);
    expect(parts.made.onAir()).toEqual({ finnhub: 1 });
    const trades = parts.told.filter((one) => one !== 'bar');
    const seconds = trades.map((one) => Number(one.split('-')[1]));
    expect(seconds).toEqual([...seconds].toSorted((a, b) => a - b));
    expect(new Set(seconds).size).toBe(seconds.length);
  });

  test('a minute in which the better source was mute is not built of what it said later', () => {
    const parts = pipeline(FINNHUB, ALPACA);
    run(parts, 0, 50, ['finnhub', 'alpaca']);
    run(parts, 50, 75, ['alpaca']);
    run(parts, 75, 124, ['finnhub', 'alpaca']);
    expect(parts.made.onAir()).toEqual({ finnhub: 1 });
    const bars = parts.bars.map(({ openTime, source, volume }) => [openTime, source, volume]);
    expect(bars).toEqual([
      [M0, 'alpaca', '60'],
      [M1, 'alpaca', '60'],
    ]);
  });

  test('what one source has built another corrects only in its place', () => {
    const parts = pipeline(FINNHUB, ALPACA);
    run(parts, 0, 58, ['finnhub', 'alpaca']);
    run(parts, 58, 75, ['alpaca']);
    run(parts, 75, 90, ['finnhub', 'alpaca']);
    expect(parts.made.onAir()).toEqual({ finnhub: 1 });
    const late = trade('late', M0 + 30_500, { source: 'finnhub' });
    parts.feed('finnhub').onEvents([late]);
    expect(parts.bars.at(-1)).toMatchObject({ openTime: M0, source: 'alpaca', volume: '60' });
    run(parts, 90, 130, ['finnhub', 'alpaca']);
    const before = parts.bars.length;
    parts.made.venueBar({ ...bar, openTime: M1, source: 'alpaca', volume: '3' });
    expect(parts.bars).toHaveLength(before);
  });

  test("bars of another source's history correct nothing", () => {
    const parts = pipeline(FINNHUB);
    run(parts, 0, 64, ['finnhub']);
    parts.made.venueBar({ ...bar, source: 'alpaca', volume: '3' });
    expect(parts.bars).toMatchObject([{ openTime: M0, source: 'finnhub', volume: '60' }]);
  });

  test('a minute that only the other has seen in full is its bar', () => {
    const parts = pipeline(FINNHUB, ALPACA);
    parts.feed('finnhub').onState('down', 'x');
    run(parts, 0, 10, ['alpaca']);
    parts.feed('finnhub').onState('live', 'data');
    run(parts, 10, 64, ['finnhub', 'alpaca']);
    expect(parts.made.onAir()).toEqual({ finnhub: 1 });
    expect(parts.bars).toMatchObject([{ openTime: M0, source: 'alpaca', volume: '60' }]);
  });
});
