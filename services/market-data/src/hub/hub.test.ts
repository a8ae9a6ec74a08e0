import {
  type Instrument,
  instrumentId,
  type MarketEvent,
  parseQuantity,
  parseScaled,
  type PublicTrade,
} from '@ballast/domain';
import { type Feed, type FeedEvent, type FeedHandlers, ownRoutes } from '@ballast/feeds';
import { createLogger } from '@ballast/observability';
import { expect, test } from 'vitest';
import { TakerVolume } from '../microstructure/taker-volume.ts';
import type { Source } from '../sources/source.ts';
import { Hub } from './hub.ts';

const log = createLogger('market-data-test', 'silent');

function instrumentOf(symbol: string): Instrument {
  const id = instrumentId('bybit', 'linear', symbol);
  const quantities = { minQuantity: parseQuantity('1'), maxQuantity: parseQuantity('9') };
  return {
    ...{ id, baseCurrency: 'BTC', quoteCurrency: 'USDT', ...quantities, minNotional: 0n },
    ...{ tickSize: parseScaled('1'), lotSize: parseScaled('1'), multiplier: parseScaled('1') },
    ...{ sector: 'crypto', session: 'continuous' },
  };
}

const FEED: Feed = {
  source: 'bybit',
  counts: { connects: 0, frames: 0, events: 0, faults: {} },
  setRoutes: () => undefined,
  setPaused: () => undefined,
  stop: () => Promise.resolve(),
};

const TRADE: PublicTrade = {
  ...{ instrument: instrumentOf('AAAUSDT').id, source: 'bybit', venueTradeId: 'a', price: '1' },
  ...{ quantity: '1', takerSide: 'buy', eventTime: 1_000, receivedTime: 1_000 },
};

const withRoomFor = (instrumentsMax: number): Source => ({
  ...{ name: 'bybit', tellsQuotes: true, keepsTrades: false, instrumentsMax },
  routeOf: (instrument) => ownRoutes([instrument])[0] ?? null,
  open: () => FEED,
  ...{ history: null, historyUrl: null, microstructure: null, listing: null },
});

test('where a feed is full, what it tells of keeps its place', async () => {
  const hub = new Hub([withRoomFor(2)], { log, now: Date.now, taker: new TakerVolume() });
  const [first, second, third] = ['AAAUSDT', 'MMMUSDT', 'ZZZUSDT'].map(instrumentOf);
  if (first === undefined || second === undefined || third === undefined) throw new Error('none');
  const ids = () => hub.instruments.map(({ id }) => id);
  hub.follow([second, third]);
  expect(hub.withoutSource([first])).toEqual([first]);
  // What is held without being in the universe is streamed; it may be added again.
  expect(hub.withoutSource([instrumentOf('MMMUSDT'), first])).toEqual([first]);
  hub.follow([first, second, third]);
  expect(ids()).toEqual([second.id, third.id]);
  hub.follow([first, third]);
  expect(ids().toSorted()).toEqual([first.id, third.id]);
  await hub.stop();
});

test('what no reader gets is told as a gap of its instrument, or let out by the next tenure', async () => {
  const hub = new Hub([withRoomFor(2)], { log, now: () => 2_000, taker: new TakerVolume() });
  const heard: FeedEvent[] = [];
  hub.listen({ onEvents: (_source, events) => void heard.push(...events), onFault() {} });
  const out: string[] = [];
  const target = {
    publish: (event: MarketEvent) => void out.push(event.kind),
    store: () => undefined,
  };
  const nothing = { events: [], bars: [], goneBefore: new Map(), barsGoneBefore: new Map() };
  const first: MarketEvent = { kind: 'trade', trade: TRADE };
  const second: MarketEvent = {
    kind: 'trade',
    trade: { ...TRADE, venueTradeId: 'b', eventTime: 1_500 },
  };
  hub.output.open(target, nothing);
  hub.unwritten([second, first], 'surplus');
  const { instrument, source } = TRADE;
  expect(heard).toEqual([
    {
      ...{ kind: 'gap', instrument, source, channel: 'trades', from: 1_000, to: 1_500 },
      receivedTime: 2_000,
    },
  ]);
  hub.output.close();
  hub.unwritten([first, second], 'ended');
  hub.output.open(target, nothing);
  expect([out, heard.length]).toEqual([['trade', 'trade'], 1]);
  await hub.stop();
});

test('an instrument is heard from a source that has room for it later', async () => {
  const handlers: FeedHandlers[] = [];
  const small: Source = {
    ...withRoomFor(1),
    name: 'finnhub',
    open: (_routes, own) => {
      handlers.push(own);
      return { ...FEED, source: 'finnhub' };
    },
  };
  const hub = new Hub([small, withRoomFor(2)], { log, now: Date.now, taker: new TakerVolume() });
  const [first, second] = ['AAAUSDT', 'MMMUSDT'].map(instrumentOf);
  if (first === undefined || second === undefined) throw new Error('none');
  const tell = (id: string): void => {
    const at = Date.now();
    const times = { eventTime: at, receivedTime: at };
    const trade: PublicTrade = { ...TRADE, instrument: second.id, venueTradeId: id, ...times };
    handlers[0]?.onEvents([{ kind: 'trade', trade: { ...trade, source: 'finnhub' } }]);
  };
  hub.follow([first, second]);
  tell('a');
  expect(hub.pipeline.counts()).toMatchObject({ trades: 0 });
  hub.follow([second]);
  tell('b');
  expect(hub.pipeline.counts()).toMatchObject({ trades: 1 });
  await hub.stop();
});
