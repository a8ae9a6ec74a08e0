import { type Bar, instrumentId, type MarketEvent, type PublicTrade } from '@ballast/domain';
import { expect, test } from 'vitest';
import { Output } from './output.ts';

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
  output.open(target, [], M0);
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
  output.open(target, [{ kind: 'trade', trade: published }], M0);
  expect(told).toEqual(['lost', 'bar 0', 'next']);
  expect(output.counts).toEqual({ tradesHandedOver: 2, barsHandedOver: 1 });
});

test('does not publish a bar again, stores it all the same, and lets a changed one out', () => {
  const { output, told, stored, target } = outputs();
  output.bar(bar(M0 - 120_000), true);
  output.bar(bar(M0 - 60_000), true);
  output.bar(bar(M0 - 60_000, { volume: '2', state: 'corrected' }), true);
  const published = [-120_000, -60_000].map((at): MarketEvent => {
    return { kind: 'bar', bar: bar(M0 + at) };
  });
  output.open(target, published, M0 - 20_000);
  expect(told).toEqual(['bar -60000']);
  expect(stored).toHaveLength(3);
});

test('takes a bar that it held long before the last sign of the other for published', () => {
  const { clock, output, told, stored, target } = outputs();
  output.bar(bar(M0), true);
  clock.now = M0 + 100_000;
  output.open(target, [], M0 + 70_000);
  expect(told).toEqual([]);
  expect(stored).toHaveLength(1);
});

test('holds no more than the last moments', () => {
  const { clock, output, told, target } = outputs();
  output.trade(trade('old', M0));
  output.bar(bar(M0), true);
  clock.now = M0 + 16 * 60_000;
  output.trade(trade('new', clock.now));
  output.forget();
  output.open(target, [], 0);
  expect(told).toEqual(['new']);
});

test('a bar that is older than one before it is stored and not published', () => {
  const { output, told, stored, target } = outputs();
  output.open(target, [], M0);
  output.bar(bar(M0), false);
  expect(told).toEqual([]);
  expect(stored).toHaveLength(1);
});
