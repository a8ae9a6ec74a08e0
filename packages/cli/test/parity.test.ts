import { openBus, putHeartbeat } from '@ballast/bus';
import {
  barGaps,
  dataJobs,
  type Database,
  openDatabase,
  orders,
  saveAskingSignal,
  saveBars,
  saveBlockedSignal,
  saveInstruments,
  trades,
} from '@ballast/db';
import {
  parsePrice,
  parseQuantity,
  parseScaled,
  type Price,
  type Signal,
  tradePlanToWire,
} from '@ballast/domain';
import { createLogger } from '@ballast/observability';
import { marketPlan, sizeTrade } from '@ballast/order-core';
import { startRun, strategyNamed } from '@ballast/strategies';
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
import {
  BTC,
  configure,
  DAY,
  EQUITY,
  id,
  MINUTE,
  NOON,
  signalsOn,
  wave,
} from './parity-day.fixture.ts';

const PARTS = { riskFraction: parseScaled('0.0025'), notionalFraction: parseScaled('0.1') };
const TERMS = { riskFraction: '0.0025', notionalFraction: '0.1', gates: {} };

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
  await configure(database, { gateway, worker });
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
      ...{ asked: asking.length, compared: all.length, explained: {}, differences: [] },
      verdict: 'same',
    },
  });
  await expect(parity(platform, '2026-06-31', TERMS)).rejects.toMatchObject({
    code: 'DAY_MALFORMED',
  });
});

test('a day of which nothing could be compared says so, and is no fault', async () => {
  const lines = [
    expect.stringMatching(/^2026-05-01: nothing to compare, and nothing shown/),
    expect.anything(),
  ];
  const empty = await parity(platform, '2026-05-01', TERMS);
  expect(empty).toMatchObject({
    ok: true,
    data: { verdict: 'nothing to compare', compared: 0, signals: 0 },
    lines,
  });
  const count = [...said.values()].flat().length;
  const { lines: told } = await parity(platform, '2026-06-02', TERMS);
  expect(told[0]).toBe(`2026-06-02: ${count} decisions compared`);
});

test('what live has decided otherwise is found, and is without a cause', async () => {
  const first = one(said.get('momentum'), 0);
  const level = JSON.stringify({ ...first.level, stop: first.level.stop - 1 });
  const set = (json: string) => `UPDATE signals SET level = '${json}' WHERE id = '${first.id}'`;
  const word = await changed(set(level), set(JSON.stringify(first.level)));
  expect(word).toMatchObject({
    ok: false,
    data: { verdict: 'different' },
    differences: [{ what: 'signal', cause: null }],
  });
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
  const [last, count] = [one(asking, -1), [...said.values()].flat().length];
  await owner.execute(`DELETE FROM signals WHERE id = '${last.id}'`);
  const missed = await run();
  expect(missed).toMatchObject({
    ...{ ok: false, data: { compared: count } },
    differences: [{ what: 'signal', signalId: null, live: 'nothing', cause: null }],
  });
  await heard(last.decidedAt + MINUTE);
  const later = await run();
  expect(later).toMatchObject({
    ok: true,
    data: { compared: count - 1, explained: { notRunning: 1 }, verdict: 'same' },
  });
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

/** A bar that live has not seen so, in this state; what is noted of how it came is `noted`. */
async function otherBar(state: string, barsBefore: number, noted = '', forgotten = '') {
  const last = one(said.get('momentum'), -1);
  const at = `WHERE open_time = ${last.barOpenTime - barsBefore * MINUTE}`;
  const found = await changed(
    `UPDATE bars SET state = '${state}', close = close + 100, high = high + 100 ${at}; ${noted}`,
    `UPDATE bars SET state = 'closed', close = close - 100, high = high - 100 ${at}; ${forgotten}`,
  );
  return { ...found, own: found.differences.find(({ signalId }) => signalId === last.id) };
}

test('a bar that was backfilled is a cause where it is noted as stored after the decision', async () => {
  const last = one(said.get('momentum'), -1);
  const openTime = last.barOpenTime - 5 * MINUTE;
  const of = { instrument: BTC.id, timeframe: '1m', fromTime: openTime };
  const gap = { ...of, toTime: openTime, bars: 1, foundAt: openTime, outcome: 'filled' };
  const marketData = openDatabase(database.urls['market-data'], { max: 1 });
  const own = async () => (await otherBar('backfilled', 5)).own?.cause;
  expect(await own(), 'nothing says when it came').toBeNull();
  await marketData.insert(barGaps).values({ ...gap, endedAt: last.decidedAt - 1 });
  expect(await own(), 'the gap was closed before').toBeNull();
  await owner.execute(`UPDATE bar_gaps SET ended_at = ended_at + 2`);
  expect(await own()).toMatchObject({ code: 'dataCorrection' });
  await owner.execute(`DELETE FROM bar_gaps`);
  const job = { ...of, id: id(), kind: 'backfill', origin: 'manual', toTime: openTime + MINUTE };
  const done = { input: {}, status: 'done', doneUntil: job.toTime, barsExpected: 1, barsStored: 1 };
  const by = { attempts: 1, actor: 'operator', reason: 'test', createdAt: openTime };
  const ended = { startedAt: openTime, updatedAt: openTime, endedAt: last.decidedAt - 1 };
  await marketData.insert(dataJobs).values({ ...job, ...done, ...by, ...ended });
  expect(await own(), 'the job had ended before').toBeNull();
  await owner.execute(`UPDATE data_jobs SET ended_at = ended_at + 2`);
  expect(await own()).toMatchObject({ code: 'dataCorrection' });
  await owner.execute(`UPDATE data_jobs SET bars_stored = 0`);
  expect(await own(), 'the job has stored nothing').toBeNull();
  await owner.execute(`DELETE FROM data_jobs`);
  await marketData.close();
});

test('a corrected bar that is forgotten by then is no cause', async () => {
  const first = one(said.get('momentum'), 0);
  const level = JSON.stringify({ ...first.level, stop: first.level.stop - 1 });
  const set = (json: string) => `UPDATE signals SET level = '${json}' WHERE id = '${first.id}'`;
  const { warmUp } = startRun(strategyNamed('momentum'));
  const corrected = async (barsBefore: number) => {
    const at = `WHERE open_time = ${first.barOpenTime - barsBefore * MINUTE}`;
    const found = await changed(
      `${set(level)}; UPDATE bars SET state = 'corrected' ${at}`,
      `${set(JSON.stringify(first.level))}; UPDATE bars SET state = 'closed' ${at}`,
    );
    return found.differences[0]?.cause?.code;
  };
  expect(6 * warmUp + 1).toBeLessThan(1_000);
  expect(await corrected(6 * warmUp)).toBe('dataCorrection');
  expect(await corrected(6 * warmUp + 1)).toBeUndefined();
});

test('a block by what is not kept is explained where the limit that it names was in force', async () => {
  const blocked = async (gate: string, input: string, threshold: string, settingsId = 'NULL') => {
    const last = one(asking, -1);
    const { id: signalId, decidedAt } = last;
    const values = `'${signalId}', '${gate}', '${input}', '${threshold}', ${settingsId}, 'bull'`;
    const found = await changed(
      `WITH untold AS (UPDATE signals SET trade_id = NULL, command_id = NULL
         WHERE id = '${signalId}')
       INSERT INTO blocked_signals (signal_id, gate, input, threshold, settings_id, regime,
         blocked_at) VALUES (${values}, ${decidedAt})`,
      `DELETE FROM blocked_signals WHERE signal_id = '${signalId}'`,
    );
    await owner.execute(`DELETE FROM orders`);
    await owner.execute(`DELETE FROM trades WHERE signal_id = '${signalId}'`);
    await owner.execute(`DELETE FROM signals WHERE id = '${signalId}'`);
    await asked(last);
    return found.differences.map(({ cause }) => cause?.code);
  };
  const spread = 'spread of at most';
  expect(await blocked('spread', 'spread of 0.2 %', `${spread} 0.1 %`)).toEqual(['latency']);
  expect(await blocked('spread', 'spread of 0.2 %', `${spread} 0.05 %`)).toEqual([undefined]);
  const cases: [string, string, string, string | undefined][] = [
    ['staleness', 'quote 6000 ms old', 'quote at most 5000 ms old', 'latency'],
    ['staleness', 'quote 6000 ms old', 'quote at most 4000 ms old', undefined],
    ['staleness', 'bar closed 90001 ms ago', 'bar closed at most 90000 ms ago', undefined],
    ['exposure', 'the sector holds 31 %', 'the sector holds less than 30 %', 'notKept'],
    ['exposure', 'the sector holds 31 %', 'the sector holds less than 20 %', undefined],
    ['coverage', '1 bars missing', 'none missing in the last 120 min', 'dataCorrection'],
    ['coverage', '1 bars missing', 'none missing in the last 60 min', undefined],
    ['sizing', 'no price on the side of the entry', 'a price above zero', 'latency'],
    ['sizing', 'quantity 0 for risk', 'quantity at least 0.001', undefined],
    ['sizing', 'price 1', 'price between 1 and 2 (stop and target)', undefined],
  ];
  for (const [gate, input, threshold, cause] of cases) {
    expect(await blocked(gate, input, threshold), `${input}; ${threshold}`).toEqual([cause]);
  }
  const odd = `'${id()}'`;
  expect(await blocked('spread', 'spread of 0.2 %', `${spread} 0.1 %`, odd)).toEqual([undefined]);
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
  expect(await again(300)).toMatchObject({
    ok: true,
    data: { explained: { latency: 1 }, verdict: 'explained' },
  });
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
