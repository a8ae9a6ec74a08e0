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
const ETH = instrumentId('bybit', 'linear', 'ETHUSDT');
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

function publishedSince(since: number, events: readonly MarketEvent[] = []): Published {
  return { since, events, goneBefore: new Map() };
}

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
  output.open(target, publishedSince(M0));
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
  const published = trade('published', M0 + 59_000);
  output.open(target, publishedSince(M0, [{ kind: 'trade', trade: published }]));
  expect(told).toEqual(['lost', 'bar 0', 'next']);
  expect(output.counts).toMatchObject({ tradesHandedOver: 2, barsHandedOver: 1 });
});

test('does not publish a bar again, stores it all the same, and lets a changed one out', () => {
  const { output, told, stored, target } = outputs();
  output.bar(bar(M0 - 120_000), true);
  output.bar(bar(M0 - 60_000), true);
  output.bar(bar(M0 - 60_000, { volume: '2', state: 'corrected' }), true);
  const published = [-120_000, -60_000].map((at): MarketEvent => {
    return { kind: 'bar', bar: bar(M0 + at) };
  });
  output.open(target, publishedSince(M0 - 20_000, published));
  expect(told).toEqual(['bar -60000']);
  expect(stored).toHaveLength(3);
});

test('takes a bar that it held long before the last sign of the other for published', () => {
  const { clock, output, told, stored, target } = outputs();
  output.bar(bar(M0), true);
  clock.now = M0 + 100_000;
  output.open(target, publishedSince(M0 + 70_000));
  expect(told).toEqual([]);
  expect(stored).toHaveLength(1);
});

test('holds no more than the last moments', () => {
  const { clock, output, told, target } = outputs();
  output.trade(trade('old', M0));
  output.bar(bar(M0), true);
  clock.now = M0 + 16 * 60_000;
  output.activeUntil(clock.now);
  output.trade(trade('new', clock.now));
  output.forget();
  output.open(target, publishedSince(0));
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
    expect(output.open(target, publishedSince(M0 - 80_000))).toEqual([]);
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
    expect(output.counts.tradesNotHeld, 'one was heard while there was another').toBe(100_000);
    const lost = output.open(without(target), publishedSince(M0));
    expect(lost).toMatchObject([
      { trade: { venueTradeId: '1' } },
      { trade: { venueTradeId: '100000' } },
    ]);
    output.close();
    fill();
    output.activeUntil(M0 + 300_000);
    expect(output.open(without(target), publishedSince(M0)), 'another was there').toEqual([]);
  });
});

test('what the process before told of from another source is not told again', () => {
  const { output, told, stored, target } = outputs();
  const from = (source: 'alpaca' | 'ibkr') => (id: string, at: number) => ({
    ...trade(id, at),
    source,
  });
  const [alpaca, ibkr] = [from('alpaca'), from('ibkr')];
  output.trade(ibkr('before', M0 + 1_000));
  output.trade(ibkr('same', M0 + 2_000));
  output.trade(ibkr('after', M0 + 2_001));
  output.bar(bar(M0 - 120_000, { source: 'ibkr', volume: '9' }), true);
  output.bar(bar(M0 - 60_000, { source: 'ibkr', volume: '9' }), true);
  const published: MarketEvent[] = [
    { kind: 'bar', bar: bar(M0 - 120_000, { source: 'alpaca' }) },
    { kind: 'trade', trade: alpaca('a', M0 + 2_000) },
    { kind: 'trade', trade: alpaca('b', M0 + 500) },
  ];
  output.open(target, publishedSince(M0 - 20_000, published));
  expect(told).toEqual(['bar -60000', 'after']);
  expect(stored).toHaveLength(2);
});

test('what was corrected of a bar that another let out is no correction of what is stored', () => {
  const { clock, output, told, stored, target } = outputs();
  const late = { source: 'ibkr', volume: '9', state: 'corrected' } as const;
  output.bar(bar(M0 - 180_000, late), true);
  clock.now = M0 + 60_000;
  output.bar(bar(M0 - 120_000, late), true);
  const before: MarketEvent = { kind: 'trade', trade: { ...trade('a', M0), source: 'alpaca' } };
  output.bar({ ...bar(M0 - 60_000, late), instrument: ETH }, true);
  const own = { source: 'ibkr', volume: '8' } as const;
  output.bar(bar(M0, own), true);
  output.bar(bar(M0, { ...own, volume: '9', state: 'corrected' }), true);
  output.open(target, publishedSince(M0 + 40_000, [before]));
  const states = stored.map(({ openTime, state }) => [openTime - M0, state]);
  expect(states).toEqual([
    [-180_000, 'closed'],
    [-120_000, 'closed'],
    [-60_000, 'corrected'],
    [0, 'closed'],
    [0, 'closed'],
  ]);
  expect(told).toEqual(['bar -60000', 'bar 0', 'bar 0']);
});

test('of what was corrected more than once of a bar that another let out the last is stored', () => {
  const { clock, output, stored, target } = outputs();
  const told = (volume: string, change: Partial<Bar> = {}) =>
    output.bar(bar(M0, { volume, ...change }), true);
  told('1');
  told('2', { state: 'corrected' });
  told('9', { state: 'corrected', instrument: ETH });
  told('3', { state: 'corrected' });
  clock.now = M0 + 60_000;
  told('4', { state: 'corrected' });
  output.open(target, publishedSince(M0 + 40_000));
  expect(stored.map(({ volume, state }) => `${volume} ${state}`)).toEqual([
    ...['1 closed', '9 closed', '3 closed', '4 corrected'],
  ]);
});

test('a bar that is older than one before it is stored and not published', () => {
  const { output, told, stored, target } = outputs();
  output.open(target, publishedSince(M0));
  output.bar(bar(M0), false);
  expect(told).toEqual([]);
  expect(stored).toHaveLength(1);
});

describe('when the stream has lost what was published', () => {
  const lost = { ...publishedSince(M0 - 20_000), goneBefore: new Map([['bybit', M0 + 10_000]]) };

  test('what was held while another was the active one is not let out again', () => {
    const { clock, output, told, stored, target } = outputs();
    output.trade(trade('before', M0 + 9_999));
    clock.now = M0 + 9_000;
    output.bar(bar(M0 - 60_000), true);
    output.trade(trade('after', M0 + 10_000));
    clock.now = M0 + 11_000;
    output.bar(bar(M0 - 60_000, { volume: '2', state: 'corrected' }), true);
    output.open(target, lost);
    expect(told).toEqual(['bar -60000', 'after']);
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
    const published = publishedSince(M0, [event('written', M0)]);
    output.open(target, { ...published, goneBefore: new Map([['bybit', M0 + 1_500]]) });
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
    output.open({ ...target, publish }, publishedSince(M0));
    expect([told, quotes]).toEqual([['quote'], [M0 + 2_000]]);
  });
});
