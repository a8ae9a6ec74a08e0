import type { TradeEventRow } from '@ballast/db';
import { type Bar, instrumentId, type Quote, unpackMarketEvents } from '@ballast/domain';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { AccountView } from './account-watch.ts';
import { type LiveMessage, liveStream } from './live-stream.ts';
import { createMarketBoard } from './market-board.ts';
import { createStreamBook } from './stream-book.ts';

const BTC = instrumentId('bybit', 'linear', 'BTCUSDT');

const ETH = instrumentId('bybit', 'linear', 'ETHUSDT');

const quote = (last: string, receivedTime: number, instrument = BTC): Quote => ({
  instrument,
  source: 'bybit',
  bid: last,
  bidQuantity: '1',
  ask: last,
  askQuantity: '1',
  last,
  eventTime: receivedTime,
  receivedTime,
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
const event = (seq: number): TradeEventRow => ({
  seq,
  tradeId: 't',
  type: 'orderCreated',
  at: seq,
  instrument: BTC,
  direction: 'long',
  status: 'open',
});

function build() {
  const market = createMarketBoard();
  const stored: TradeEventRow[] = [event(1), event(2), event(3)];
  const accountListeners = new Set<(view: AccountView) => void>();
  const tradeListeners = new Set<() => void>();
  const hangUp = new AbortController();
  let names = 0;
  const streams = createStreamBook(() => `stream ${(names += 1)}`);
  const sources = {
    now: () => 0,
    market,
    streams,
    account: {
      read: () => Promise.reject(new Error('not asked for')),
      listen: (listener: (view: AccountView) => void) => {
        accountListeners.add(listener);
        return () => accountListeners.delete(listener);
      },
      close: () => undefined,
    },
    trades: {
      lastSeq: () => Promise.resolve(stored.length),
      after: (seq: number) => Promise.resolve(stored.filter((row) => row.seq > seq)),
      listen: (listener: () => void) => {
        tradeListeners.add(listener);
        return () => tradeListeners.delete(listener);
      },
      close: () => undefined,
    },
  };
  const open = (lastSeq: number | null) => liveStream(sources, { lastSeq, signal: hangUp.signal });
  return { market, streams, stored, accountListeners, tradeListeners, hangUp, open };
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

async function next(
  stream: ReturnType<ReturnType<typeof build>['open']>,
): Promise<[string, LiveMessage]> {
  const step = await stream.next();
  if (step.done === true) throw new Error('the stream has ended');
  return [step.value[0], step.value[1]];
}

/** What a market message tells, as events. */
function told(message: LiveMessage) {
  if (message.topic !== 'market') throw new Error(`a message of ${message.topic}`);
  return unpackMarketEvents(message.rows);
}
const lasts = (message: LiveMessage) =>
  told(message).flatMap((one) => (one.kind === 'quote' ? [one.quote.last] : []));
const bars = (message: LiveMessage) =>
  told(message).flatMap((one) => (one.kind === 'bar' ? [one.bar] : []));

test('a reader starts at the present, or where it stopped', async () => {
  const { open, stored, tradeListeners } = build();
  const fresh = open(null);
  expect(await next(fresh)).toMatchObject(['3', { topic: 'market', snapshot: true }]);
  const back = open(1);
  await next(back);
  const [id, message] = await next(back);
  expect(id).toBe('3');
  expect(message).toMatchObject({ topic: 'trades', events: [{ seq: 2 }, { seq: 3 }] });
  stored.push(event(4));
  for (const tell of tradeListeners) tell();
  expect(await next(fresh)).toMatchObject(['4', { topic: 'trades', events: [{ seq: 4 }] }]);
});

test('a reader that has seen more than there is, of another database, starts at the present', async () => {
  const { open, stored, tradeListeners } = build();
  const stream = open(9_999);
  expect(await next(stream)).toMatchObject(['3', { topic: 'market', snapshot: true }]);
  stored.push(event(4));
  for (const tell of tradeListeners) tell();
  expect(await next(stream)).toMatchObject(['4', { topic: 'trades', events: [{ seq: 4 }] }]);
});

test('a slow reader gets the newest price of many and a bounded number of bars', async () => {
  const { open, market } = build();
  const stream = open(null);
  await next(stream);
  for (let index = 1; index <= 2_000; index += 1) {
    market.apply([
      { kind: 'quote', quote: quote(String(index), index) },
      { kind: 'bar', bar: bar(index * 60_000) },
    ]);
    vi.advanceTimersByTime(100);
  }
  const [, message] = await next(stream);
  expect(message).toMatchObject({ topic: 'market', barsMissed: true });
  expect(lasts(message)).toEqual(['2000']);
  expect(bars(message).map(({ openTime }) => openTime / 60_000)).toEqual(
    Array.from({ length: 500 }, (_, index) => 1_501 + index),
  );
});

test('prices go out ten times a second at most', async () => {
  const { market } = build();
  const heard = vi.fn();
  market.listen(heard);
  for (let index = 1; index <= 1_000; index += 1) {
    market.apply([{ kind: 'quote', quote: quote(String(index), index) }]);
    vi.advanceTimersByTime(1);
  }
  expect(heard).toHaveBeenCalledTimes(10);
});

test('when the session ends the stream ends and listens no more', async () => {
  const { open, hangUp, market, streams, accountListeners, tradeListeners } = build();
  const listening = (): number =>
    accountListeners.size + tradeListeners.size + market.listening() + streams.size();
  const readers = Array.from({ length: 20 }, () => open(null));
  for (const reader of readers) await next(reader);
  expect(listening()).toBe(80);
  // A client that goes ends its own stream: the generator is told to return.
  for (const reader of readers.splice(0, 10)) await reader.return(undefined);
  expect(listening()).toBe(40);
  const waiting = readers.map((reader) => reader.next());
  hangUp.abort();
  for (const ended of waiting) expect((await ended).done).toBe(true);
  expect(listening()).toBe(0);
});

test('a reader is told of what it shows alone, and at once of what it shows anew', async () => {
  const { open, market, streams } = build();
  market.apply([BTC, ETH].map((id) => ({ kind: 'quote', quote: quote('1', 1, id) })));
  const stream = open(null);
  const [, first] = await next(stream);
  expect(lasts(first)).toEqual(['1', '1']);
  const name = first.topic === 'market' ? first.stream : '';
  expect(streams.show(name, [BTC])).toBe(true);
  market.apply([
    { kind: 'quote', quote: quote('2', 2) },
    { kind: 'quote', quote: quote('3', 3, ETH) },
    { kind: 'bar', bar: { ...bar(0), instrument: ETH } },
  ]);
  vi.advanceTimersByTime(100);
  expect(lasts((await next(stream))[1])).toEqual(['2']);
  const waiting = next(stream);
  streams.show(name, [BTC, ETH]);
  expect(lasts((await waiting)[1])).toEqual(['3']);
  expect(streams.show('another', [BTC])).toBe(false);
});

test('a value becomes text once, however many read it', async () => {
  const { open, market } = build();
  const readers = Array.from({ length: 50 }, () => open(null));
  for (const reader of readers) await next(reader);
  const once = quote('7', 7);
  const reads = vi.fn(() => '7');
  Object.defineProperty(once, 'last', { get: reads });
  market.apply([{ kind: 'quote', quote: once }]);
  vi.advanceTimersByTime(100);
  for (const reader of readers) expect(lasts((await next(reader))[1])).toEqual(['7']);
  expect(reads).toHaveBeenCalledTimes(1);
});

test('a forming minute comes from trades, grows, and ends with the closed one', async () => {
  const { open, market } = build();
  const stream = open(null);
  await next(stream);
  const trade = (price: string) => ({
    kind: 'trade' as const,
    trade: {
      ...{ instrument: BTC, source: 'bybit' as const, venueTradeId: price, price, quantity: '1' },
      ...{ takerSide: 'buy' as const, eventTime: 60_000, receivedTime: 60_000 },
    },
  });
  const heard = async () => {
    vi.advanceTimersByTime(100);
    return bars((await next(stream))[1]).map(({ timeframe, state, close }) =>
      [timeframe, state, close].join(' '),
    );
  };
  market.apply([trade('5'), trade('6')]);
  expect(await heard()).toEqual(['1m forming 6']);
  market.apply([trade('9'), { kind: 'bar', bar: { ...bar(60_000), timeframe: '5m' } }]);
  expect(await heard()).toEqual(['1m forming 9', '5m closed 1']);
  market.apply([{ kind: 'bar', bar: bar(60_000) }]);
  expect(await heard()).toEqual(['1m closed 1']);
  market.apply([trade('7'), { kind: 'bar', bar: { ...bar(60_000), timeframe: '5m' } }]);
  expect(await heard(), 'a late trade forms no minute anew').toEqual(['5m closed 1']);
  expect(market.newest()).toEqual([]);
});
