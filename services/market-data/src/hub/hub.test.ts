import { type Instrument, instrumentId, parseQuantity, parseScaled } from '@ballast/domain';
import { type Feed, ownRoutes } from '@ballast/feeds';
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
  hub.follow([first, second, third]);
  expect(ids()).toEqual([second.id, third.id]);
  hub.follow([first, third]);
  expect(ids().toSorted()).toEqual([first.id, third.id]);
  await hub.stop();
});
