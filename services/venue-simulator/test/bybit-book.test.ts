import { once } from 'node:events';
import { expect, onTestFinished, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import { createBookStream } from '../src/bybit/book-stream.ts';
import { createFaultPlan } from '../src/fault-plan.ts';
import type { Market } from '../src/market.ts';
import { moveMarket, turn } from '../src/venue.ts';
import { fieldOf, WAIT } from './fault-kit.fixture.ts';
import { control, open, type Opened } from './simulator.fixture.ts';

const ONE = { BALLAST_SIMULATOR_INSTRUMENTS: 1 };
type Row = readonly [string, string];
type Frame = {
  readonly topic: string;
  readonly type: 'snapshot' | 'delta';
  readonly data: { s: string; b: Row[]; a: Row[]; u: number; seq: number };
};

/** A book kept as the venue's documents say that a client keeps it. */
function keepBook() {
  const sides = { b: new Map<string, string>(), a: new Map<string, string>() };
  const deleted: string[] = [];
  return {
    deleted,
    apply({ type, data }: Frame): void {
      for (const side of ['b', 'a'] as const) {
        if (type === 'snapshot') sides[side].clear();
        for (const [price, size] of data[side]) {
          if (size === '0') {
            expect(sides[side].delete(price)).toBe(true);
            deleted.push(price);
          } else sides[side].set(price, size);
        }
      }
    },
    sorted() {
      const rows = (side: 'a' | 'b', sign: number): Row[] =>
        [...sides[side]].toSorted(([one], [other]) => sign * (Number(one) - Number(other)));
      return { a: rows('a', 1), b: rows('b', -1) };
    },
  };
}

function marketOf({ venue }: Opened): Market {
  const market = venue.markets.get('BTCUSDT');
  if (market === undefined) throw new Error('BTCUSDT is not traded');
  return market;
}

async function listen(url: string, topic: string) {
  const socket = new WebSocket(url);
  onTestFinished(() => socket.terminate());
  const frames: Frame[] = [];
  let closed = 0;
  socket.on('close', () => (closed += 1));
  socket.on('message', (data: Buffer) => {
    const parsed: unknown = JSON.parse(data.toString());
    if (isFrame(parsed)) frames.push(parsed);
  });
  await once(socket, 'open');
  socket.send(JSON.stringify({ op: 'subscribe', args: [topic] }));
  await vi.waitFor(() => expect(frames.length).toBeGreaterThan(0), WAIT);
  return { frames, closed: () => closed };
}

const isFrame = (value: unknown): value is Frame => fieldOf(value, 'data') !== undefined;

async function listedBook({ urls }: Opened): Promise<unknown> {
  const query = 'category=linear&symbol=BTCUSDT&limit=50';
  const answer: unknown = await (await fetch(`${urls.rest}/v5/market/orderbook?${query}`)).json();
  const result = fieldOf(answer, 'result');
  return { a: fieldOf(result, 'a'), b: fieldOf(result, 'b') };
}

test('a snapshot and its changes keep the book that REST lists; ids follow without a gap', async () => {
  const simulator = await open(ONE);
  await control(simulator.urls.rest, { action: 'freezePrices' });
  const { frames } = await listen(simulator.urls.publicWs, 'orderbook.50.BTCUSDT');
  const market = marketOf(simulator);
  const from = market.lastTick.priceTicks;
  for (const ticks of [3, -4, 60, 1]) {
    const target = market.lastTick.priceTicks + ticks;
    moveMarket(simulator.venue, market, target, Date.now());
  }
  expect(market.lastTick.priceTicks).toBe(from + 60);
  const late = await listen(simulator.urls.publicWs, 'orderbook.50.BTCUSDT');
  await vi.waitFor(() => expect(frames).toHaveLength(5), WAIT);
  const book = keepBook();
  for (const frame of frames) book.apply(frame);
  expect(book.sorted()).toEqual(await listedBook(simulator));
  expect(book.deleted.length).toBeGreaterThan(50);
  expect(frames.map(({ type }) => type)).toEqual(['snapshot', ...Array(4).fill('delta')]);
  const updates = frames.map(({ data: { u } }) => u);
  expect(updates).toEqual(updates.map((_u, index) => (updates[0] ?? 0) + index));
  const sequences = frames.map(({ data: { seq } }) => seq);
  expect(sequences).toEqual(sequences.toSorted((a, b) => a - b));
  // Who comes later begins where the others are.
  expect(late.frames[0]).toMatchObject({ type: 'snapshot', data: { u: updates.at(-1) } });
  const other = keepBook();
  late.frames.forEach(other.apply);
  expect(other.sorted()).toEqual(book.sorted());
});

test('a small move changes few levels: deeper ones keep their size', async () => {
  const simulator = await open(ONE);
  await control(simulator.urls.rest, { action: 'freezePrices' });
  const { frames } = await listen(simulator.urls.publicWs, 'orderbook.50.BTCUSDT');
  const market = marketOf(simulator);
  moveMarket(simulator.venue, market, market.lastTick.priceTicks + 3, Date.now());
  await vi.waitFor(() => expect(frames).toHaveLength(2), WAIT);
  const { a = [], b = [] } = frames[1]?.data ?? {};
  expect(a.length + b.length).toBeGreaterThan(0);
  expect(a.length + b.length).toBeLessThan(24);
});

test('after a restart of the venue the book begins again with update id 1', async () => {
  const simulator = await open(ONE);
  await control(simulator.urls.rest, { action: 'freezePrices' });
  const before = await listen(simulator.urls.publicWs, 'orderbook.50.BTCUSDT');
  expect(before.frames[0]?.data.u).toBeGreaterThan(1);
  await control(simulator.urls.rest, { fault: 'dailyRestart', ms: 1 });
  await vi.waitFor(() => expect(before.closed()).toBe(1), WAIT);
  const after = await listen(simulator.urls.publicWs, 'orderbook.50.BTCUSDT');
  expect(after.frames[0]).toMatchObject({ type: 'snapshot', data: { u: 1 } });
  const market = marketOf(simulator);
  moveMarket(simulator.venue, market, market.lastTick.priceTicks + 1, Date.now());
  await vi.waitFor(() => expect(after.frames).toHaveLength(2), WAIT);
  expect(after.frames[1]).toMatchObject({ type: 'delta', data: { u: 2 } });
});

test('bookReset and droppedBookDelta: a snapshot with id 1 in between, and a hole in the ids', async () => {
  const simulator = await open(ONE);
  await control(simulator.urls.rest, { action: 'freezePrices' });
  const { frames } = await listen(simulator.urls.publicWs, 'orderbook.50.BTCUSDT');
  const market = marketOf(simulator);
  const move = (): void =>
    moveMarket(simulator.venue, market, market.lastTick.priceTicks + 1, Date.now());
  await control(simulator.urls.rest, { fault: 'droppedBookDelta' });
  for (let many = 0; many < 2; many += 1) move();
  await control(simulator.urls.rest, { fault: 'bookReset', on: 'book' });
  for (let many = 0; many < 2; many += 1) move();
  await vi.waitFor(() => expect(frames).toHaveLength(4), WAIT);
  const first = frames[0]?.data.u ?? 0;
  expect(frames.map(({ type, data: { u } }) => [type, u])).toEqual([
    ['snapshot', first],
    ['delta', first + 2],
    ['snapshot', 1],
    ['delta', 2],
  ]);
  const book = keepBook();
  frames.slice(2).forEach(book.apply);
  expect(book.sorted()).toEqual(await listedBook(simulator));
});

test('the best level is told whole each time, and again with the same id when it stands', async () => {
  const simulator = await open(ONE);
  simulator.venue.frozen = true;
  let now = Date.now();
  const plan = createFaultPlan({ seed: '1', now: Date.now, restart: () => undefined });
  const stream = createBookStream({ venue: simulator.venue, faults: plan, now: () => now });
  const market = marketOf(simulator);
  const first = stream.first(market, '1');
  now += 2_999;
  expect(stream.next(market, '1')).toBeNull();
  now += 1;
  expect(fieldOf(stream.next(market, '1'), 'data')).toEqual(fieldOf(first, 'data'));
  moveMarket(simulator.venue, market, market.lastTick.priceTicks + 1, now);
  const moved = fieldOf(stream.next(market, '1'), 'data');
  expect(moved).toMatchObject({ u: Number(fieldOf(fieldOf(first, 'data'), 'u')) + 1 });
  expect(fieldOf(moved, 'b')).toHaveLength(1);
});

test('the same seed gives the same book', async () => {
  const books: unknown[] = [];
  vi.useFakeTimers({ toFake: ['Date'], now: 1_700_000_045_000 });
  onTestFinished(() => void vi.useRealTimers());
  for (let run = 0; run < 2; run += 1) {
    const simulator = await open(ONE);
    simulator.venue.frozen = false;
    turn(simulator.venue, 1_700_000_050_000);
    books.push(await listedBook(simulator));
    await simulator.close();
  }
  expect(books[1]).toEqual(books[0]);
});
