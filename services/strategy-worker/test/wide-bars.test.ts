import { openBus } from '@ballast/bus';
import { blockedSignals, saveBars, signals } from '@ballast/db';
import type { Bar, Instrument } from '@ballast/domain';
import { createLogger } from '@ballast/observability';
import { Known, numericBar, type Opinion, startRun, strategyNamed } from '@ballast/strategies';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestRedis, type TestRedis } from '../../../tools/stores/test-stores.ts';
import { createTrack } from '../src/instrument-track.ts';
import { createWideBars } from '../src/wide-bars.ts';
import { clockedHost, type Timing } from './clocked-host.fixture.ts';
import { BEGIN, HOUR, hours } from './hours.fixture.ts';
import { openWorkerStores, saveInstrument, walk } from './worker-stores.fixture.ts';

const CROSS = { fastPeriod: 5, slowPeriod: 15, short: true } as const;
const log = createLogger('test', 'fatal');

let stores: Awaited<ReturnType<typeof openWorkerStores>>;
let redis: TestRedis;
let bus: ReturnType<typeof openBus>;

beforeAll(async () => {
  [stores, redis] = await Promise.all([openWorkerStores(), createTestRedis()]);
  bus = openBus(redis.urls['strategy-worker'], 'test', log);
  await stores.setParameters('sma-cross', CROSS, BEGIN);
});
afterAll(async () => {
  await bus?.close();
  await redis?.stop();
  await stores?.close();
});

/** On a market of its own kind, so that of the strategies of hours only sma-cross looks at it. */
const instrumentOf = (symbol: string) => saveInstrument(stores.marketData, symbol, 'bybit.index');

const hostWith = (timing: Timing = {}) =>
  clockedHost({ db: stores.worker, bus, log, key: 'a5c1e2f34b7d8869' }, timing);

async function crossesOf({ id }: Instrument) {
  const rows = await stores.worker.select().from(signals);
  return rows
    .filter(({ instrument, strategy }) => instrument === id && strategy === 'sma-cross')
    .toSorted((a, b) => a.barOpenTime - b.barOpenTime);
}

/** What the strategy says of the bars from `from` on when it has seen all of them in turn. */
function saidOf(bars: readonly Bar[], from: number): (Opinion & { openTime: number })[] {
  const run = startRun(strategyNamed('sma-cross'), CROSS);
  return bars.flatMap((bar, at) => {
    const opinion = run.step(numericBar(bar));
    return opinion === null || at < from ? [] : [{ ...opinion, openTime: bar.openTime }];
  });
}

test('a bar is decided on once, when it has closed and is stored, over restarts too', async () => {
  const instrument = await instrumentOf('WIDE');
  const bars = hours(instrument, 260);
  const [first] = bars;
  if (first === undefined) throw new Error('no bars');
  const known = 200;
  await saveBars(stores.marketData, bars.slice(0, known));
  let to = hostWith();
  await to.warmUpAt(BEGIN + known * HOUR + 120_000);
  await to.look(BEGIN + known * HOUR, { quoteOf: first });
  expect(await crossesOf(instrument), 'what was stored at the start is history').toEqual([]);
  for (const [at, bar] of bars.slice(known).entries()) {
    const close = bar.openTime + HOUR;
    await saveBars(stores.marketData, [bar]);
    const before = await crossesOf(instrument);
    await to.look(close, { quoteOf: bar, afterMs: -1 });
    expect(await crossesOf(instrument), 'a bar that has not closed').toEqual(before);
    // A process that ends before it has looked leaves the bar to the next one.
    if (at % 10 === 5) {
      to = hostWith();
      await to.warmUpAt(close + 14_000);
    }
    await to.look(close, { quoteOf: bar });
    if (at % 10 === 7) {
      to = hostWith();
      await to.warmUpAt(close + 16_000);
      await to.look(close, { quoteOf: bar, afterMs: 17_000 });
    }
  }
  const said = saidOf(bars, known);
  expect(said.length).toBeGreaterThan(5);
  const rows = await crossesOf(instrument);
  expect(rows.map(({ barOpenTime, direction }) => [barOpenTime, direction])).toEqual(
    said.map(({ openTime, direction }) => [openTime, direction]),
  );
  for (const [at, { timeframe, word, level, inputs, decidedAt, barOpenTime }] of rows.entries()) {
    expect({ timeframe, word }).toEqual({ timeframe: '1h', word: 'enter' });
    expect(level).toEqual(said[at]?.level);
    for (const [name, value] of Object.entries(said[at]?.inputs ?? {})) {
      expect(inputs).toHaveProperty(name, expect.closeTo(value, 6));
    }
    expect(decidedAt).toBe(barOpenTime + HOUR + 15_000);
  }
});

test('bars that were made without minutes, and those that come late, are blocked', async () => {
  const instrument = await instrumentOf('MARKED');
  const bars = hours(instrument, 150);
  await saveBars(stores.marketData, bars.slice(0, 120));
  await stores.setSwitch('sma-cross', true, BEGIN);
  await stores.saveBrake('released');
  const to = hostWith({ limits: { regularHoursOnly: false } });
  await to.warmUpAt(BEGIN + 120 * HOUR + 120_000);
  for (const [at, bar] of bars.slice(120).entries()) {
    const missing = at < 15 ? 2 : 0;
    await saveBars(stores.marketData, [{ ...bar, missing }]);
    await to.look(bar.openTime + HOUR, { quoteOf: bar, afterMs: at < 15 ? 15_000 : 95_000 });
  }
  const blocked = new Map(
    (await stores.worker.select().from(blockedSignals)).map((row) => [row.signalId, row]),
  );
  const rows = (await crossesOf(instrument)).map((row) => {
    const { gate, input } = blocked.get(row.id) ?? {};
    return { at: (row.barOpenTime - BEGIN) / HOUR, gate, input };
  });
  const [marked, late] = [rows.filter(({ at }) => at < 135), rows.filter(({ at }) => at >= 135)];
  expect(marked.length).toBeGreaterThan(0);
  expect(late.length).toBeGreaterThan(0);
  for (const row of marked) {
    expect(row).toMatchObject({
      gate: 'coverage',
      input: expect.stringMatching(/^2 bars missing/),
    });
  }
  for (const row of late) {
    expect(row).toMatchObject({ gate: 'staleness', input: 'bar closed 95000 ms ago' });
  }
});

test('after a hole the strategies go on from what is stored, and begin anew without it', async () => {
  const holed = await instrumentOf('HOLED');
  const bars = hours(holed, 260);
  await saveBars(stores.marketData, bars.slice(0, 200));
  const to = hostWith();
  await to.warmUpAt(BEGIN + 200 * HOUR + 120_000);
  for (const [at, bar] of bars.slice(200).entries()) {
    // Those of ten hours come together, late, after the one that follows them.
    if (at >= 10 && at < 20) continue;
    if (at === 21) await saveBars(stores.marketData, bars.slice(210, 220));
    await saveBars(stores.marketData, [bar]);
    await to.look(bar.openTime + HOUR, { quoteOf: bar });
  }
  expect((await to.metrics.counts())['ballast_strategy_worker_bar_holes_total']).toBe(1);
  const said = saidOf(bars, 221).map(({ openTime, direction }) => [openTime, direction]);
  expect(said.length).toBeGreaterThan(2);
  const rows = (await crossesOf(holed)).filter(
    ({ barOpenTime }) => barOpenTime > BEGIN + 220 * HOUR,
  );
  expect(rows.map(({ barOpenTime, direction }) => [barOpenTime, direction])).toEqual(said);
});

test('days of a stock are decided on at the next opening, weekends are no hole', async () => {
  const stock: Instrument = {
    ...(await saveInstrument(stores.marketData, 'SPY', 'alpaca.equity')),
    session: 'us-equity',
  };
  const dayOf = (date: string): Bar => {
    const [bar] = walk(stock, Date.parse(date), [5]);
    if (bar === undefined) throw new Error('no bar');
    return { ...bar, timeframe: '1d', builtFrom: 'bars' };
  };
  const [thursday, friday] = [dayOf('2025-10-09'), dayOf('2025-10-10')];
  const opening = Date.parse('2025-10-13T13:30:00Z');
  const wide = createWideBars(stores.worker);
  const dueAt = (at: number) => wide.due([stock], '1d', at);
  expect(await dueAt(Date.parse('2025-10-10T13:00:00Z'))).toEqual([]);
  await saveBars(stores.marketData, [thursday, friday]);
  expect(await dueAt(Date.parse('2025-10-10T13:30:00Z'))).toEqual([thursday]);
  expect(await dueAt(opening - 1)).toEqual([]);
  expect(await dueAt(opening)).toEqual([friday]);
  expect(await dueAt(opening + 1_000), 'given once').toEqual([]);
  const track = createTrack(() => [], stock.session);
  track.warmUp([thursday, friday], new Known([]));
  expect(track.accept(dayOf('2025-10-13'), new Known([])).kind).toBe('stepped');
  expect(track.accept(dayOf('2025-10-15'), new Known([])).kind).toBe('hole');
});
