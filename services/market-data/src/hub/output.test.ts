import {
  type Bar,
  instrumentId,
  type MarketEvent,
  type PublicTrade,
  type Quote,
} from '@ballast/domain';
import { describe, expect, test } from 'vitest';
import { Output, type Published } from './output.ts';

const BTC = instrumentId('bybit', 'linear', 'BTCUSDT');
const M0 = 1_700_000_040_000;

function trade(id: string, receivedTime: number): PublicTrade {
  return {
    ...{ instrument: BTC, source: 'bybit', venueTradeId: id, price: '1', quantity: '1' },
    ...{ takerSide: 'buy', eventTime: receivedTime, receivedTime },
  };
}

function bar(openTime: number, change: Partial<Bar> = {}): Bar {
  return {
    ...{ instrument: BTC, timeframe: '1m', openTime, open: '1', high: '1', low: '1', close: '1' },
    ...{ volume: '1', tradeCount: 1, state: 'closed', source: 'bybit', builtFrom: 'trades' },
    missing: 0,
    ...change,
  };
}

function published(events: readonly MarketEvent[], bars: readonly Bar[] = []): Published {
  return { events, bars, goneBefore: new Map(), barsGoneBefore: new Map() };
}
const nothing = published([]);

function outputs() {
  const clock = { now: M0 };
  const output = new Output(() => clock.now);
  const told: string[] = [];
  const stored: Bar[] = [];
  const target = {
    publish(event: MarketEvent) {
      if (event.kind === 'trade') told.push(event.trade.venueTradeId);
      else told.push(event.kind === 'bar' ? `bar ${event.bar.openTime - M0}` : 'quote');
    },
    store: (bars: readonly Bar[]) => void stored.push(...bars),
  };
  return { clock, output, told, stored, target };
}

test('lets out at once while it is open, and holds back before and after', () => {
  const { output, told, target } = outputs();
  output.trade(trade('a', M0));
  expect(told).toEqual([]);
  output.open(target, nothing);
  output.trade(trade('b', M0));
  output.close();
  output.trade(trade('c', M0));
  expect(told).toEqual(['a', 'b']);
});

test('lets out of what it held what the process before did not, bars before later trades', () => {
  const { clock, output, told, target } = outputs();
  output.trade(trade('published', M0 + 59_000));
  output.trade(trade('lost', M0 + 59_500));
  output.trade(trade('next', M0 + 60_100));
  output.bar(bar(M0), true);
  clock.now = M0 + 61_000;
  const before = trade('published', M0 + 59_000);
  output.open(target, published([{ kind: 'trade', trade: before }]));
  expect(told).toEqual(['lost', 'bar 0', 'next']);
  expect(output.counts).toMatchObject({ tradesHandedOver: 2, barsHandedOver: 1 });
});

test('bars that were told are stored, and not told again', () => {
  const { output, told, stored, target } = outputs();
  output.bar(bar(M0 - 60_000), true);
  output.bar(bar(M0), true);
  const { bars } = output.open(target, published([], [bar(M0 - 120_000), bar(M0 - 60_000)]));
  expect(told).toEqual(['bar 0']);
  expect(bars).toEqual([bar(M0)]);
  expect(stored.map(({ openTime }) => openTime - M0)).toEqual([-120_000, -60_000, 0]);
});

test('holds no more than the last moments', () => {
  const { clock, output, told, target } = outputs();
  output.trade(trade('old', M0));
  output.bar(bar(M0), true);
  clock.now = M0 + 16 * 60_000;
  output.activeUntil(clock.now);
  output.trade(trade('new', clock.now));
  output.forget();
  output.open(target, nothing);
  expect(told).toEqual(['new']);
});

describe('while nobody is the active one', () => {
  const without = ({ publish }: ReturnType<typeof outputs>['target']) => ({
    publish,
    store: () => undefined,
  });

  test('trades are held, also those taken back, however long that takes', () => {
    const { clock, output, told, target } = outputs();
    output.activeUntil(M0);
    output.takeBack([{ kind: 'trade', trade: trade('back', M0 - 60_000) }]);
    output.trade(trade('old', M0 - 16_000));
    output.trade(trade('since', M0 - 1_000));
    clock.now = M0 + 90_000;
    output.forget();
    expect(output.takenBackSince()).toBe(M0 - 60_000);
    expect(output.open(target, nothing).lost).toEqual([]);
    expect(told).toEqual(['back', 'since']);
    expect(output.takenBackSince()).toBe(Number.POSITIVE_INFINITY);
  });

  test('those for which there is no room are told, by the first and the last', () => {
    const { output, target } = outputs();
    const fill = (): void => {
      for (let index = 0; index <= 200_000; index += 1) {
        output.trade(trade(String(index), M0 - 1 + index));
      }
    };
    fill();
    expect(output.counts['tradesNotHeld'], 'one was heard while there was another').toBe(100_000);
    const { lost } = output.open(without(target), nothing);
    expect(lost).toMatchObject([
      { trade: { venueTradeId: '1' } },
      { trade: { venueTradeId: '100000' } },
    ]);
    output.close();
    fill();
    output.activeUntil(M0 + 300_000);
    expect(output.open(without(target), nothing).lost, 'another was there').toEqual([]);
  });
});

test('what the process before told of from another source is not told again', () => {
  const { output, told, target } = outputs();
  const from = (source: 'alpaca' | 'ibkr') => (id: string, at: number) => ({
    ...trade(id, at),
    source,
  });
  const [alpaca, ibkr] = [from('alpaca'), from('ibkr')];
  output.trade(ibkr('before', M0 + 1_000));
  output.trade(ibkr('same', M0 + 2_000));
  output.trade(ibkr('after', M0 + 2_001));
  const before: MarketEvent[] = [
    { kind: 'trade', trade: alpaca('a', M0 + 2_000) },
    { kind: 'trade', trade: alpaca('b', M0 + 500) },
  ];
  output.open(target, published(before));
  expect(told).toEqual(['after']);
});

test('a bar that is older than one before it is stored and not published', () => {
  const { output, told, stored, target } = outputs();
  output.open(target, nothing);
  output.bar(bar(M0), false);
  expect(told).toEqual([]);
  expect(stored).toHaveLength(1);
});

describe('when the stream has lost what was published', () => {
  const gone = new Map([['bybit', M0 + 10_000]]);
  const lost: Published = { ...nothing, goneBefore: gone, barsGoneBefore: gone };

  test('what was held while another was the active one is not let out again', () => {
    const { clock, output, told, stored, target } = outputs();
    output.trade(trade('before', M0 + 9_999));
    clock.now = M0 + 9_000;
    output.bar(bar(M0 - 60_000), true);
    output.trade(trade('after', M0 + 10_000));
    clock.now = M0 + 11_000;
    output.bar(bar(M0), true);
    output.open(target, lost);
    expect(told).toEqual(['after', 'bar 0']);
    expect(stored).toHaveLength(2);
  });

  test('another venue is let out as its own stream says', () => {
    const { output, told, target } = outputs();
    output.trade({ ...trade('a', M0), instrument: instrumentId('alpaca', 'stock', 'AAPL') });
    output.open(target, lost);
    expect(told).toEqual(['a']);
  });
});

describe('what could not be written', () => {
  const event = (id: string, at: number): MarketEvent => ({ kind: 'trade', trade: trade(id, at) });

  test('is let out again by the same process, first and once, whatever the stream has lost', () => {
    const { clock, output, told, stored, target } = outputs();
    output.trade(trade('after', M0 + 2_000));
    clock.now = M0 + 3_000;
    output.takeBack([
      event('written', M0),
      event('not', M0 + 1_000),
      { kind: 'bar', bar: bar(M0) },
    ]);
    const goneBefore = new Map([['bybit', M0 + 1_500]]);
    output.open(target, { ...published([event('written', M0)]), goneBefore });
    expect(told).toEqual(['not', 'after', 'bar 0']);
    expect(stored).toHaveLength(1);
  });

  test('is forgotten like all else that is held, and no quote takes the place of a newer one', () => {
    const { clock, output, told, target } = outputs();
    const quote = (receivedTime: number): Quote => ({
      ...{ instrument: BTC, source: 'bybit', bid: '1', bidQuantity: '1', ask: '2' },
      ...{ askQuantity: '1', last: '1', eventTime: receivedTime, receivedTime },
    });
    output.quote(quote(M0 + 2_000));
    output.takeBack([event('old', M0), { kind: 'quote', quote: quote(M0 + 1_000) }]);
    clock.now = M0 + 16_000;
    output.activeUntil(clock.now);
    output.forget();
    const quotes: number[] = [];
    const publish = (one: MarketEvent): void => {
      if (one.kind === 'quote') quotes.push(one.quote.receivedTime);
      target.publish(one);
    };
    output.open({ ...target, publish }, nothing);
    expect([told, quotes]).toEqual([['quote'], [M0 + 2_000]]);
  });
});
