import type { TradeEventRow } from '@ballast/db';
import { type Bar, instrumentId, type Quote } from '@ballast/domain';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { AccountView } from './account-watch.ts';
import { type LiveMessage, liveStream } from './live-stream.ts';
import { createMarketBoard } from './market-board.ts';

const BTC = instrumentId('bybit', 'linear', 'BTCUSDT');

const quote = (last: string, receivedTime: number): Quote => ({
  instrument: BTC,
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
  const sources = {
    now: () => 0,
    market,
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
  return { market, stored, accountListeners, tradeListeners, hangUp, open };
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
  expect(message).toMatchObject({ topic: 'market', barsMissed: true, quotes: [{ last: '2000' }] });
  expect(message.topic === 'market' && message.closed.length).toBe(500);
});

test('prices go out ten times a second at most', async () => {
  const { market } = build();
  const told = vi.fn();
  market.listen(told);
  for (let index = 1; index <= 1_000; index += 1) {
    market.apply([{ kind: 'quote', quote: quote(String(index), index) }]);
    vi.advanceTimersByTime(1);
  }
  expect(told).toHaveBeenCalledTimes(10);
});

test('when the session ends the stream ends and listens no more', async () => {
  const { open, hangUp, accountListeners, tradeListeners } = build();
  const stream = open(null);
  await next(stream);
  const waiting = stream.next();
  hangUp.abort();
  expect((await waiting).done).toBe(true);
  expect(accountListeners.size + tradeListeners.size).toBe(0);
});
