import { type CommandEntry, consumeCommands, openBus, verifySignature } from '@ballast/bus';
import { blockedSignals, recordLook, saveBars, signals } from '@ballast/db';
import {
  type Bar,
  commandRefusal,
  type Instrument,
  parseCommand,
  parseInstrumentId,
} from '@ballast/domain';
import { createLogger } from '@ballast/observability';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createTestRedis, type TestRedis } from '../../../tools/stores/test-stores.ts';
import { clockedHost, type Timing } from './clocked-host.fixture.ts';
import {
  ACCOUNT,
  MINUTE,
  openWorkerStores,
  saveInstrument,
  START,
  swingingChanges,
  walk,
} from './worker-stores.fixture.ts';

const KEY = 'a5c1e2f34b7d8869';
const log = createLogger('test', 'fatal');

let stores: Awaited<ReturnType<typeof openWorkerStores>>;
let redis: TestRedis;
let bus: ReturnType<typeof openBus>;
let reader: ReturnType<typeof consumeCommands>;
const received: CommandEntry[] = [];

beforeAll(async () => {
  [stores, redis] = await Promise.all([openWorkerStores(), createTestRedis()]);
  bus = openBus(redis.urls['strategy-worker'], 'test', log);
  reader = consumeCommands(redis.urls['order-gateway'], {
    group: 'order-gateway',
    consumer: 'test',
    producers: ['strategy-worker'],
    onBatch: async (entries) => void received.push(...entries),
    log,
  });
  await stores.saveEquity('10000', START - MINUTE);
  await stores.saveBrake('released');
});

afterAll(async () => {
  await reader?.stop();
  await bus?.close();
  await redis?.stop();
  await stores?.close();
});

test('an allowed signal is a stored row and one signed command with its plan', async () => {
  await stores.setSwitch('momentum', true, START);
  await stores.setSwitch('mean-reversion', true, START);
  const instrument = await saveInstrument(stores.marketData, 'ALLOWED');
  await run(walk(instrument, START, swingingChanges(200)));

  const rows = await rowsOf(instrument);
  const asking = rows.filter((row) => row.tradeId !== null);
  expect(asking.length).toBeGreaterThan(0);
  const commands = await commandsFor(instrument, asking.length);
  for (const { command, entry } of commands) {
    expect(verifySignature(entry.payload, entry.signature, KEY)).toBe(true);
    const { issuedAt } = command;
    const at = {
      producer: 'strategy-worker',
      account: ACCOUNT,
      mode: 'paper',
      now: issuedAt,
    } as const;
    expect(commandRefusal(command, at)).toBeNull();
    const row = asking.find((candidate) => candidate.commandId === command.id);
    if (row === undefined || command.type !== 'openTrade')
      throw new Error('a command of no signal');
    const { plan, tradeId } = command.body;
    expect(tradeId).toBe(row.tradeId);
    expect(plan.origin).toEqual({ kind: 'signal', signalId: row.id, strategy: row.strategy });
    expect(plan.direction).toBe(row.direction);
    expect(plan.stop % instrument.tickSize).toBe(0n);
    expect(plan.quantity % instrument.lotSize).toBe(0n);
    expect(row.inputs).toHaveProperty('close');
  }
});

test('a switch that is off blocks with the settings row that said so', async () => {
  const settingsId = await stores.setSwitch('momentum', false, START + 1_000 * MINUTE);
  const instrument = await saveInstrument(stores.marketData, 'SWITCHED');
  await run(walk(instrument, START + 1_000 * MINUTE, swingingChanges(200)));
  const blocked = (await rowsOf(instrument)).filter((row) => row.strategy === 'momentum');
  expect(blocked.length).toBeGreaterThan(0);
  for (const row of blocked) {
    expect(row.tradeId).toBeNull();
    expect(row.blocked).toMatchObject({ gate: 'switch', input: 'buy switch off', settingsId });
  }
  await stores.setSwitch('momentum', true, START + 1_300 * MINUTE);
});

test('old quotes, and bars that come late, block as stale', async () => {
  const instrument = await saveInstrument(stores.marketData, 'STALE');
  const start = START + 1_400 * MINUTE;
  await run(walk(instrument, start, swingingChanges(180)), { quoteAgeMs: 6_000 });
  const rows = await rowsOf(instrument);
  expect(rows.length).toBeGreaterThan(0);
  for (const row of rows) {
    expect(row.blocked).toMatchObject({
      gate: 'staleness',
      input: 'quote 6000 ms old',
      threshold: 'quote at most 5000 ms old',
    });
  }
  const late = await saveInstrument(stores.marketData, 'LATE');
  await run(walk(late, start, swingingChanges(180)), { barDelayMs: 100_000 });
  const lateRows = await rowsOf(late);
  expect(lateRows.length).toBeGreaterThan(0);
  expect(new Set(lateRows.map((row) => row.blocked?.input))).toEqual(
    new Set(['bar closed 100000 ms ago']),
  );
});

test('bars that are missing block, as long as they are in reach', async () => {
  const instrument = await saveInstrument(stores.marketData, 'HOLED');
  const start = START + 3_000 * MINUTE;
  const gap = { from: start + 29 * MINUTE, to: start + 30 * MINUTE, bars: 2 };
  await recordLook(stores.marketData, {
    ...{ instrument: instrument.id, timeframe: '1m', fromTime: gap.from, checkedUntil: start },
    ...{ gaps: [gap], now: start },
  });
  await run(walk(instrument, start, swingingChanges(300)));
  const rows = await rowsOf(instrument);
  const reach = gap.to + 120 * MINUTE;
  const gateOf = (inReach: boolean): unknown[] =>
    rows.filter((row) => row.decidedAt <= reach === inReach).map((row) => row.blocked?.gate);
  expect(new Set(gateOf(true))).toEqual(new Set(['coverage']));
  expect(gateOf(false).length).toBeGreaterThan(0);
  expect(gateOf(false)).not.toContain('coverage');
});

test('equity too small for one lot blocks in sizing', async () => {
  const instrument = await saveInstrument(stores.marketData, 'SMALL');
  const start = START + 1_800 * MINUTE;
  const riskFraction = '0.000000000000000001';
  await run(walk(instrument, start, swingingChanges(180)), { riskFraction });
  const rows = await rowsOf(instrument);
  expect(rows.length).toBeGreaterThan(0);
  expect(rows.every((row) => row.blocked?.gate === 'sizing')).toBe(true);
});

test('every signal has one command or one blocked row; repeats change nothing', async () => {
  let runs = 0;
  let signalCount = 0;
  const changes = fc.array(fc.integer({ min: -25, max: 25 }), { minLength: 130, maxLength: 220 });
  const drift = fc.integer({ min: 0, max: 9 });
  await fc.assert(
    fc.asyncProperty(changes, drift, async (steps, slope) => {
      runs += 1;
      const instrument = await saveInstrument(stores.marketData, `RUN${runs}`);
      const sloped = swingingChanges(steps.length, slope).map((base, i) => base + (steps[i] ?? 0));
      const bars = walk(instrument, START + 2_000 * MINUTE, sloped);
      await run(bars);
      const rows = await rowsOf(instrument);
      signalCount += rows.length;
      for (const row of rows) {
        expect([row.commandId !== null, row.blocked !== undefined].filter(Boolean)).toHaveLength(1);
        expect(row.commandId === null).toBe(row.tradeId === null);
      }
      const asking = rows.flatMap((row) => (row.commandId === null ? [] : [row.commandId]));
      const commands = await commandsFor(instrument, asking.length);
      expect(commands.map(({ command }) => command.id).toSorted()).toEqual(asking.toSorted());

      await run(bars);
      expect(await rowsOf(instrument), 'the same bars again, after a restart').toEqual(rows);
    }),
    { numRuns: 12 },
  );
  expect(signalCount, 'walks without signals would check nothing').toBeGreaterThan(10);
  const ids = received.map((entry) => parseCommand(entry.payload).id);
  expect(new Set(ids).size, 'no command was sent twice').toBe(ids.length);
});

test('a bar that is decided again after a restart asks no second time', async () => {
  const instrument = await saveInstrument(stores.marketData, 'AGAIN');
  const bars = walk(instrument, START + 3_500 * MINUTE, swingingChanges(150));
  // No pause at all: nothing but the stored signal itself stands against a second command.
  const noPause = { cooldownMs: Number.NEGATIVE_INFINITY, answerWaitMs: Number.NEGATIVE_INFINITY };
  await run(bars, { limits: noPause });
  const asking = (await rowsOf(instrument)).filter((row) => row.commandId !== null);
  expect(asking.length).toBeGreaterThan(0);
  await commandsFor(instrument, asking.length);
  await run(bars, { limits: noPause });
  await run(
    walk(
      await saveInstrument(stores.marketData, 'MARK'),
      bars[0]?.openTime ?? 0,
      swingingChanges(150),
    ),
  );
  await vi.waitFor(() =>
    expect(received.some((entry) => entry.payload.includes('linear:MARK'))).toBe(true),
  );
  await commandsFor(instrument, asking.length);
});

test('a batch that comes twice in one process is counted, not decided again', async () => {
  const instrument = await saveInstrument(stores.marketData, 'TWICE');
  const bars = walk(instrument, START + 3_000 * MINUTE, swingingChanges(150));
  const { host, metrics, at } = hostWith({});
  await host.warmUp();
  for (const bar of bars) {
    await at(bar, host);
    await at(bar, host);
  }
  const counts = await metrics.counts();
  expect(counts['ballast_strategy_worker_bars_total']).toBe(300);
  expect(counts['ballast_strategy_worker_bars_repeated_total']).toBe(150);
  const rows = await rowsOf(instrument);
  expect(new Set(rows.map((row) => `${row.strategy} ${row.barOpenTime}`)).size).toBe(rows.length);
});

test('after a hole the strategies go on from the stored bars as if there were none', async () => {
  const start = START + 4_000 * MINUTE;
  const whole = await saveInstrument(stores.marketData, 'WHOLE');
  const holed = await saveInstrument(stores.marketData, 'HOLED');
  const changes = swingingChanges(240);
  await run(walk(whole, start, changes));

  const bars = walk(holed, start, changes);
  await saveBars(stores.marketData, bars.slice(0, 150));
  const { host, metrics, at } = hostWith({});
  for (const [i, bar] of bars.entries()) if (i < 120 || i >= 150) await at(bar, host);
  expect((await metrics.counts())['ballast_strategy_worker_bar_holes_total']).toBe(1);
  const key = (row: { strategy: string; barOpenTime: number; direction: string }) =>
    `${row.strategy} ${row.barOpenTime} ${row.direction}`;
  const later = (await rowsOf(whole)).filter((row) => row.barOpenTime >= start + 150 * MINUTE);
  expect(later.length).toBeGreaterThan(0);
  const seen = (await rowsOf(holed)).filter((row) => row.barOpenTime >= start + 150 * MINUTE);
  expect(seen.map(key).toSorted()).toEqual(later.map(key).toSorted());
});

test('bars of unknown instruments and bars that contradict themselves are counted', async () => {
  const instrument = await saveInstrument(stores.marketData, 'COUNTED');
  const [bar] = walk(instrument, START, [5]);
  if (bar === undefined) throw new Error('no bar');
  const { host, metrics, at } = hostWith({});
  await at({ ...bar, instrument: parseInstrumentId('bybit.linear:NOBODY') }, host);
  await at({ ...bar, high: '1' }, host);
  const counts = await metrics.counts();
  expect(counts['ballast_strategy_worker_bars_unknown_instrument_total']).toBe(1);
  expect(counts['ballast_strategy_worker_bars_malformed_total']).toBe(1);
});

const hostWith = (timing: Timing) => clockedHost({ db: stores.worker, bus, log, key: KEY }, timing);

async function run(bars: readonly Bar[], timing: Timing = {}): Promise<void> {
  const { host, at } = hostWith(timing);
  for (const bar of bars) await at(bar, host);
}

async function rowsOf(instrument: Instrument) {
  const blocked = new Map(
    (await stores.worker.select().from(blockedSignals)).map((row) => [row.signalId, row]),
  );
  return (await stores.worker.select().from(signals))
    .filter((row) => row.instrument === instrument.id)
    .map((row) => ({ ...row, blocked: blocked.get(row.id) }));
}

async function commandsFor(instrument: Instrument, count: number) {
  return vi.waitFor(() => {
    const own = received
      .map((entry) => ({ entry, command: parseCommand(entry.payload) }))
      .filter(
        ({ command }) =>
          command.type === 'openTrade' && command.body.plan.instrument === instrument.id,
      );
    expect(own).toHaveLength(count);
    return own;
  });
}
