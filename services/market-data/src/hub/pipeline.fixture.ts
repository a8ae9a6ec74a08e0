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
import { MINUTE_MS } from './bar-builder.ts';
import type { SourceTraits } from './following.ts';
import { Pipeline } from './pipeline.ts';

const log = createLogger('market-data-test', 'silent');
export const BTC = instrumentId('bybit', 'linear', 'BTCUSDT');
export const M0 = 1_700_000_040_000;
export const M1 = M0 + MINUTE_MS;

export const instrument: Instrument = {
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

export const BYBIT: SourceTraits = { name: 'bybit', tellsQuotes: true, keepsTrades: false };
export const FINNHUB: SourceTraits = { name: 'finnhub', tellsQuotes: false, keepsTrades: true };
export const ALPACA: SourceTraits = { name: 'alpaca', tellsQuotes: true, keepsTrades: true };

export function tradeOf(
  id: string,
  eventTime: number,
  change: Partial<PublicTrade> = {},
): PublicTrade {
  return {
    ...{ instrument: BTC, price: '1', quantity: '1', takerSide: 'buy', source: 'bybit' },
    ...{ venueTradeId: id, eventTime, receivedTime: eventTime },
    ...change,
  };
}

export const trade = (
  id: string,
  eventTime: number,
  change: Partial<PublicTrade> = {},
): FeedEvent => ({
  kind: 'trade',
  trade: tradeOf(id, eventTime, change),
});

export const bar: Bar = {
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

export function quote(source: DataSource = 'bybit'): FeedEvent {
  const prices = { bid: '1', bidQuantity: '1', ask: '2', askQuantity: '1', last: '1' };
  const times = { eventTime: M0, receivedTime: M0 };
  return { kind: 'quote', quote: { instrument: BTC, source, ...prices, ...times } };
}

/** A pipeline whose feeds are live since ten seconds before the first minute. */
export function pipeline(...sources: SourceTraits[]) {
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
