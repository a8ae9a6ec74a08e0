import { randomBytes } from 'node:crypto';
import { openBus, putHeartbeat } from '@ballast/bus';
import {
  brakeStates,
  type Database,
  openDatabase,
  orders,
  portfolioSnapshots,
  saveAskingSignal,
  saveBars,
  saveBlockedSignal,
  saveInstruments,
  saveRegime,
  takeConfigurationCommand,
  trades,
} from '@ballast/db';
import {
  type Bar,
  type CommandId,
  type Instrument,
  instrumentWire,
  parsePrice,
  parseQuantity,
  parseScaled,
  parseUuid,
  type Price,
  type Signal,
  type SignalId,
  tradePlanToWire,
  uuidV7,
} from '@ballast/domain';
import { createLogger } from '@ballast/observability';
import { marketPlan, sizeTrade } from '@ballast/order-core';
import { numericBar, startRun, strategyNamed } from '@ballast/strategies';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  createTestDatabase,
  createTestRedis,
  type TestDatabase,
  type TestRedis,
} from '../../../tools/stores/test-stores.ts';
import { parity } from '../src/commands/parity.ts';
import type { Difference } from '../src/parity/replay-decisions.ts';
import type { Platform } from '../src/platform.ts';

const MINUTE = 60_000;
const DAY = Date.UTC(2026, 5, 2);
const BARS_BEFORE = 1_100;
/** From then on the switch is on. */
const NOON = DAY + 720 * MINUTE;
const BTC: Instrument = instrumentWire.parse({
  ...{ id: 'bybit.linear:BTCUSDT', baseCurrency: 'BTC', quoteCurrency: 'USDT', tickSize: '0.1' },
  ...{ lotSize: '0.001', minQuantity: '0.001', maxQuantity: '1000', minNotional: '5' },
  ...{ multiplier: '1', session: 'continuous' },
});
const EQUITY = { amount: parseScaled('10000'), currency: 'USDT' };
const PARTS = { riskFraction: parseScaled('0.0025'), notionalFraction: parseScaled('0.1') };
const TERMS = { riskFraction: '0.0025', notionalFraction: '0.1', gates: {} };
const id = (at = DAY): string => uuidV7(at, randomBytes(10));

let database: TestDatabase;
let redis: TestRedis;
let platform: Pick<Platform, 'db' | 'bus' | 'access'>;
let owner: Database;
let worker: Database;
let gateway: Database;
const COOLDOWN_MS = 900_000;
const said = new Map<string, Signal[]>();
/** Those of them that have asked for a trade. */
const asking: Signal[] = [];

beforeAll(async () => {
  [database, redis] = await Promise.all([createTestDatabase(), createTestRedis()]);
  owner = openDatabase(database.ownerUrl, { max: 1 });
  worker = openDatabase(database.urls['strategy-worker'], { max: 1 });
  gateway = openDatabase(database.urls['order-gateway'], { max: 1 });
  const marketData = openDatabase(database.urls['market-data'], { max: 1 });
  await saveInstruments(marketData, [BTC], DAY);
  const bars = wave();
  await saveBars(marketData, bars);
  await marketData.close();
  for (const name of ['momentum', 'mean-reversion'] as const) said.set(name, signalsOn(bars, name));
  await configure();
  const log = createLogger('test', 'silent');
  const access = { account: 'paper', mode: 'paper', dashboardUrl: null, databaseUrl: '' } as const;
  const keys = { redisUrl: '', commandKey: '', loginKey: null };
  platform = {
    db: openDatabase(database.urls.cli, { max: 1 }),
    bus: openBus(redis.urls.cli, 'cli', log),
    access: { ...access, ...keys },
  };
  await heard(DAY - MINUTE);
  for (const signal of [...said.values()].flat()) await asLive(signal);
});
afterAll(async () => {
  await platform.bus.close();
  await Promise.all([platform.db, owner, worker, gateway].map((one) => one.close()));
  await Promise.all([database.drop(), redis.stop()]);
});

/** A strategy-worker that has run since then. */
async function heard(startedAt: number): Promise<void> {
  const bus = openBus(redis.urls['strategy-worker'], 'test', createLogger('test', 'silent'));
  const of = { service: 'strategy-worker', pid: 1, version: '1', loopDelayP99Ms: 1, counts: {} };
  await putHeartbeat(bus, { ...of, startedAt, at: DAY + 1_440 * MINUTE });
  await bus.close();
}

/** Waves of two lengths: both strategies speak on them again and again. */
function wave(): Bar[] {
  const priceAt = (at: number): number =>
    Math.round(100_000 + 6_000 * Math.sin(at / 40) + 2_000 * Math.sin(at / 9)) / 10;
  return Array.from({ length: BARS_BEFORE + 1_440 }, (_, at): Bar => {
    const [open, close] = [priceAt(at), priceAt(at + 1)];
    const [high, low] = [Math.max(open, close) + 1, Math.min(open, close) - 1];
    const openTime = DAY + (at - BARS_BEFORE) * MINUTE;
    return {
      ...{ instrument: BTC.id, timeframe: '1m', openTime, volume: '1' },
      ...{ open: String(open), high: high.toFixed(1), low: low.toFixed(1), close: String(close) },
      ...{ tradeCount: 1, state: 'closed', source: 'bybit', builtFrom: 'trades', missing: 0 },
    };
  });
}

function signalsOn(bars: readonly Bar[], strategy: 'momentum' | 'mean-reversion'): Signal[] {
  const run = startRun(strategyNamed(strategy));
  return bars.flatMap((bar) => {
    const opinion = run.step(numericBar(bar));
    const closed = bar.openTime + MINUTE;
    if (opinion === null || closed < DAY || closed >= DAY + 1_440 * MINUTE) return [];
    const signalId = parseUuid<SignalId>(id(closed));
    const word = { word: 'enter', timeframe: '1m' } as const;
    const of = { id: signalId, strategy, instrument: BTC.id, barOpenTime: bar.openTime, ...word };
    return [{ ...of, decidedAt: closed + 400, ...opinion }];
  });
}

/** At noon momentum may trade; the brake is released, the regime known. */
async function configure(): Promise<void> {
  const supervisor = openDatabase(database.urls.supervisor, { max: 1 });
  const commandId = parseUuid<CommandId>(id(NOON));
  await takeConfigurationCommand(
    supervisor,
    {
      ...{ version: 1, id: commandId, producer: 'cli', actor: 'operator', account: 'paper' },
      ...{ mode: 'paper', issuedAt: NOON, expiresAt: NOON + 1 },
      nonce: randomBytes(16).toString('hex'),
      type: 'setStrategySwitch',
      body: { strategy: 'momentum', switch: 'buy', on: true, override: true, reason: 'test' },
    },
    commandId,
    NOON,
  );
  await supervisor.close();
  const by = { actor: 'ballast', reason: 'test', progress: [], at: DAY - 1 };
  const state = { id: id(), account: 'paper', state: 'released' } as const;
  await gateway.insert(brakeStates).values({ ...state, ...by });
  const of = { account: 'paper', at: DAY - 1, currency: 'USDT', available: EQUITY.amount };
  await gateway.insert(portfolioSnapshots).values({ ...of, equity: EQUITY.amount });
  for (let at = DAY - 1; at < DAY + 1_440 * MINUTE; at += 240 * MINUTE) {
    const point = { instrument: BTC.id, at, knownAt: at, version: 1, inputs: {} };
    await saveRegime(worker, { ...point, regime: 1 });
  }
}

/** As the worker and the gateway would have stored it. */
async function asLive(signal: Signal): Promise<void> {
  const { id: signalId, strategy, decidedAt: blockedAt } = signal;
  const by = { signalId, settingsId: null, regime: 'bull', blockedAt } as const;
  if (strategy === 'momentum' && blockedAt >= NOON) {
    const agoMs = blockedAt - (asking.at(-1)?.decidedAt ?? 0);
    if (agoMs >= COOLDOWN_MS) {
      asking.push(signal);
      return asked(signal);
    }
    const told = `cooldown of ${COOLDOWN_MS} ms between asks of one strategy in the instrument`;
    const refusal = { gate: 'cooldown', input: `momentum asked ${agoMs} ms ago` } as const;
    await saveBlockedSignal(worker, signal, { ...by, ...refusal, threshold: told });
    return;
  }
  const off = { gate: 'switch', threshold: 'buy switch on' } as const;
  const input = `no switch was ever set for ${strategy}`;
  await saveBlockedSignal(worker, signal, { ...by, ...off, input });
}

/** @param moved from the close, in ticks: the quote at which it was sized */
async function asked(signal: Signal, moved = 0, change: { quantity?: string } = {}): Promise<void> {
  const { direction, level, strategy, id: signalId, decidedAt } = signal;
  const price: Price = parsePrice((level.entry + 0.1 * moved).toFixed(1));
  const given = {
    ...PARTS,
    instrument: BTC,
    direction,
    level,
    price,
    equity: EQUITY,
    volume: null,
  };
  const sized = sizeTrade(given);
  if (sized.kind === 'refused') throw new Error(sized.input);
  const { quantity: odd } = change;
  const quantity = odd === undefined ? sized.quantity : parseQuantity(odd);
  const plan = marketPlan({ ...sized, quantity }, given, { kind: 'signal', signalId, strategy });
  const tradeId = id(decidedAt);
  await saveAskingSignal(worker, signal, { tradeId, commandId: id(decidedAt) });
  const at = { createdAt: decidedAt + 50, updatedAt: decidedAt, endedAt: decidedAt + 1_000 };
  const of = { account: 'paper', instrument: BTC.id, direction, status: 'closed' };
  await gateway.insert(trades).values({
    ...{ id: tradeId, ...of, ...at, origin: strategy, signalId, plan: tradePlanToWire(plan) },
    ...{ state: {}, quantity, realisedCum: 0n, feesCum: 0n, epoch: 1 },
  });
  await gateway.insert(orders).values({
    ...{ clientOrderId: tradeId, tradeId, role: 'entry', instrument: BTC.id, side: 'buy' },
    ...{ type: 'market', quantity, reduceOnly: false, status: 'filled', reason: '' },
    ...{ filledQuantityCum: quantity, createdAt: decidedAt, updatedAt: decidedAt },
  });
}

const run = async () => {
  const report = await parity(platform, '2026-06-02', TERMS);
  const differences = report.data['differences'] as readonly Difference[];
  return { ok: report.ok, data: report.data, differences };
};

/** The day with one thing changed, and put back. */
async function changed(text: string, back: string) {
  await owner.execute(text);
  try {
    return await run();
  } finally {
    await owner.execute(back);
  }
}

function one(of: readonly Signal[] | undefined, at: number): Signal {
  const found = of?.at(at);
  if (found === undefined) throw new Error(`no signal ${at}`);
  return found;
}

test('a day that is replayed decides the same: words, gates, configuration of its hour, sizes', async () => {
  const all = [...said.values()].flat();
  expect(all.length).toBeGreaterThan(20);
  expect(asking.length).toBeGreaterThan(3);
  expect(await run()).toMatchObject({
    ok: true,
    data: {
      ...{ signals: all.length, equal: all.length, replayed: all.length, unexplained: 0 },
      ...{ asked: asking.length, explained: {}, differences: [] },
    },
  });
  await expect(parity(platform, '2026-06-31', TERMS)).rejects.toMatchObject({
    code: 'DAY_MALFORMED',
  });
});

test('what live has decided otherwise is found, and is without a cause', async () => {
  const first = one(said.get('momentum'), 0);
  const level = JSON.stringify({ ...first.level, stop: first.level.stop - 1 });
  const set = (json: string) => `UPDATE signals SET level = '${json}' WHERE id = '${first.id}'`;
  const word = await changed(set(level), set(JSON.stringify(first.level)));
  expect(word).toMatchObject({ ok: false, differences: [{ what: 'signal', cause: null }] });
  const of = `WHERE signal_id = '${first.id}'`;
  const input = await changed(
    `UPDATE blocked_signals SET input = input || ' 7' ${of}`,
    `UPDATE blocked_signals SET input = replace(input, ' 7', '') ${of}`,
  );
  expect(input).toMatchObject({ ok: false, differences: [{ what: 'gate', cause: null }] });
  const gate = await changed(
    `UPDATE blocked_signals SET gate = 'spread', input = 'wide' ${of}`,
    `UPDATE blocked_signals SET gate = 'switch', input = 'no switch was ever set for momentum' ${of}`,
  );
  expect(gate, 'the switch is asked before the spread').toMatchObject({
    ok: false,
    differences: [
      { what: 'gate', live: 'spread: wide; wants buy switch on; regime bull', cause: null },
    ],
  });
  const other = await parity(platform, '2026-06-02', { ...TERMS, gates: { cooldownMs: 0 } });
  expect(other, 'a worker with another limit').toMatchObject({
    ok: false,
    data: { differences: [{ what: 'gate', again: 'asks' }, { again: 'asks' }, { again: 'asks' }] },
  });
});

test('a word that live has not said is found; it has a cause where nobody heard the bar', async () => {
  const last = one(asking, -1);
  await owner.execute(`DELETE FROM signals WHERE id = '${last.id}'`);
  const missed = await run();
  expect(missed).toMatchObject({
    ok: false,
    differences: [{ what: 'signal', signalId: null, live: 'nothing', cause: null }],
  });
  await heard(last.decidedAt + MINUTE);
  const later = await run();
  expect(later).toMatchObject({ ok: true, data: { explained: { notRunning: 1 } } });
  await heard(DAY - MINUTE);
  await owner.execute(`DELETE FROM orders`);
  await owner.execute(`DELETE FROM trades WHERE signal_id = '${last.id}'`);
  await asked(last);
  expect(await run()).toMatchObject({ ok: true });
});

test('a bar that was corrected since is a cause', async () => {
  const first = one(said.get('momentum'), 0);
  const at = `WHERE open_time = ${first.barOpenTime - 30 * MINUTE}`;
  const found = await changed(
    `UPDATE bars SET state = 'corrected', close = close + 100, high = high + 100 ${at}`,
    `UPDATE bars SET state = 'closed', close = close - 100, high = high - 100 ${at}`,
  );
  expect(found.ok).toBe(true);
  expect(found.differences.length).toBeGreaterThan(0);
  const codes = new Set(found.differences.map(({ cause }) => cause?.code));
  expect(codes).toEqual(new Set(['dataCorrection']));
});

test('another quantity is explained by a quote near the close, and by nothing else', async () => {
  const last = one(asking, -1);
  const again = async (moved: number, change = {}) => {
    await owner.execute(`DELETE FROM orders`);
    await owner.execute(`DELETE FROM trades WHERE signal_id = '${last.id}'`);
    await owner.execute(`DELETE FROM signals WHERE id = '${last.id}'`);
    await asked(last, moved, change);
    return run();
  };
  expect(await again(300)).toMatchObject({ ok: true, data: { explained: { latency: 1 } } });
  expect(await again(0, { quantity: '7' })).toMatchObject({
    ok: false,
    differences: [{ what: 'size', signalId: last.id, cause: null }],
  });
  await again(300);
  const price = last.level.entry + 30;
  const filled = await changed(
    `UPDATE trades SET entry_price = ${price} WHERE signal_id = '${last.id}'`,
    `UPDATE trades SET entry_price = NULL`,
  );
  expect(filled).toMatchObject({ ok: true, data: { explained: { fill: 1 } } });
  expect(await again(0)).toMatchObject({ ok: true, data: { explained: {} } });
  const more = (by: number) => `UPDATE orders SET quantity = quantity + ${by}`;
  expect(await changed(more(1), more(-1)), 'ordered what was not planned').toMatchObject({
    ok: false,
    differences: [{ what: 'size', live: expect.stringMatching(/^ordered /), cause: null }],
  });
});
