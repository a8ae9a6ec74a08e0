import { randomBytes } from 'node:crypto';
import { openBus } from '@ballast/bus';
import {
  blockedSignals,
  commandRefusals,
  commands,
  removeFromUniverse,
  saveBars,
  signals,
} from '@ballast/db';
import { type Bar, type CommandOf, commandRefusal, type Instrument } from '@ballast/domain';
import { createLogger } from '@ballast/observability';
import { numericBar, SAYS, startRun, strategyNamed } from '@ballast/strategies';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestRedis, type TestRedis } from '../../../tools/stores/test-stores.ts';
import { createLeaveAnswers } from '../src/leave-answers.ts';
import { clockedHost } from './clocked-host.fixture.ts';
import { gatewayHand } from './gateway-hand.fixture.ts';
import { BEGIN, HOUR, hours } from './hours.fixture.ts';
import { ACCOUNT, openWorkerStores, saveInstrument } from './worker-stores.fixture.ts';

const CROSS = { fastPeriod: 5, slowPeriod: 15, short: true } as const;
const KEY = 'a5c1e2f34b7d8869';
const KNOWN = 200;
const log = createLogger('test', 'fatal');

let stores: Awaited<ReturnType<typeof openWorkerStores>>;
let redis: TestRedis;
let bus: ReturnType<typeof openBus>;
let hand: ReturnType<typeof gatewayHand>;
const instruments: Instrument[] = [];

beforeAll(async () => {
  [stores, redis] = await Promise.all([openWorkerStores(), createTestRedis()]);
  bus = openBus(redis.urls['strategy-worker'], 'test', log);
  const { gateway, worker } = stores;
  const redisUrl = redis.urls['order-gateway'];
  hand = gatewayHand({ gateway, worker, redisUrl, log }, () => instruments);
  await stores.setParameters('sma-cross', CROSS, BEGIN);
  await stores.setSwitch('sma-cross', true, BEGIN);
  await stores.setSwitch('sma-cross', true, BEGIN, 'sell');
  await stores.saveBrake('released');
  await stores.saveEquity('100000', BEGIN);
});
afterAll(async () => {
  await hand?.stop();
  await bus?.close();
  await redis?.stop();
  await stores?.close();
});

const hostWith = () => clockedHost({ db: stores.worker, bus, log, key: KEY }, {});

/**
 * An instrument of which the strategy enters long on the bar `entry`, and leaves on `leave`; the
 * bars before are stored.
 */
async function turning(symbol: string) {
  const instrument = await saveInstrument(stores.marketData, symbol, 'bybit.index');
  instruments.push(instrument);
  const bars = hours(instrument, 280);
  const run = startRun(strategyNamed('sma-cross'), CROSS);
  const says = bars.map((bar) => {
    run.step(numericBar(bar));
    return run.says();
  });
  const after = (word: number, from: number): number =>
    says.findIndex((said, at) => at >= from && (said & word) !== 0);
  const entry = after(SAYS.enterLong, KNOWN);
  const leave = after(SAYS.leaveLong, entry);
  if (entry === -1 || leave === -1) throw new Error('bars without an entry and a leave');
  await saveBars(stores.marketData, bars.slice(0, entry));
  return { instrument, bars, entry, leave };
}

type Host = ReturnType<typeof hostWith>;

/** The bars from the first to the last are stored and heard one by one. */
async function hear(host: Host, bars: readonly Bar[]): Promise<void> {
  for (const bar of bars) {
    await saveBars(stores.marketData, [bar]);
    await host.look(bar.openTime + HOUR, { quoteOf: bar });
    await hand.take();
  }
}

async function leavesOf({ id }: Instrument) {
  const blocked = await stores.worker.select().from(blockedSignals);
  return (await stores.worker.select().from(signals))
    .filter(({ instrument, word }) => instrument === id && word === 'leave')
    .map((row) => ({ ...row, blocked: blocked.find(({ signalId }) => signalId === row.id) }));
}

const closesOf = (tradeId: string | null | undefined): CommandOf<'closeTrade'>[] =>
  hand.received.flatMap((command) =>
    command.type === 'closeTrade' && command.body.tradeId === tradeId ? [command] : [],
  );

async function tradeIn({ id }: Instrument): Promise<string> {
  const rows = await stores.worker.select().from(signals);
  const asked = rows.find(
    ({ instrument, word, tradeId }) => instrument === id && word === 'enter' && tradeId !== null,
  );
  if (asked?.tradeId == null) throw new Error('no trade was asked for');
  return asked.tradeId;
}

test('a word to leave closes what its strategy has opened, once, over restarts too', async () => {
  const { instrument, bars, entry, leave } = await turning('LEFT');
  let host = hostWith();
  await host.warmUpAt(BEGIN + entry * HOUR + 120_000);
  await hear(host, bars.slice(entry, leave));
  const tradeId = await tradeIn(instrument);
  expect(closesOf(tradeId)).toEqual([]);
  await hear(host, bars.slice(leave, leave + 1));
  const [row, ...more] = await leavesOf(instrument);
  expect(more).toEqual([]);
  expect(row).toMatchObject({
    ...{ strategy: 'sma-cross', direction: 'long', timeframe: '1h', tradeId, blocked: undefined },
    barOpenTime: bars[leave]?.openTime,
    level: { close: Number(bars[leave]?.close) },
    inputs: { gap: expect.any(Number), averageTrueRange: expect.any(Number) },
  });
  const [command, ...others] = closesOf(tradeId);
  expect(others).toEqual([]);
  if (command === undefined) throw new Error('no command');
  const at = { producer: 'strategy-worker', account: ACCOUNT, mode: 'paper' } as const;
  expect(commandRefusal(command, { ...at, now: command.issuedAt })).toBeNull();
  expect(command).toMatchObject({ id: row?.commandId, actor: 'sma-cross' });
  expect(command.body.reason).toContain(row?.id ?? 'no row');

  // A gateway that has not closed it yet, and a worker that begins anew.
  const reopened = "UPDATE trades SET status = 'open' WHERE id = $1";
  await stores.gateway.pool.query(reopened, [tradeId]);
  host = hostWith();
  const close = BEGIN + (leave + 1) * HOUR;
  await host.warmUpAt(close + 20_000);
  const [bar] = bars.slice(leave);
  if (bar === undefined) throw new Error('no bar');
  await host.look(close, { quoteOf: bar, afterMs: 25_000 });
  await hand.take();
  expect(await leavesOf(instrument)).toHaveLength(1);
  expect(closesOf(tradeId)).toHaveLength(1);
  await hand.end(tradeId, close);
});

test("what the operator or another strategy has opened is not left on this one's word", async () => {
  const { instrument, bars, entry, leave } = await turning('OTHERS');
  const before = (bars[entry]?.openTime ?? 0) - HOUR;
  const others = await Promise.all(
    ([null, 'growth-potential'] as const).map((who) => hand.openFor(who, instrument, before)),
  );
  await stores.setSwitch('sma-cross', false, BEGIN + 1);
  const host = hostWith();
  await host.warmUpAt(BEGIN + entry * HOUR + 120_000);
  await hear(host, bars.slice(entry, leave + 1));
  expect(await leavesOf(instrument)).toEqual([]);
  expect(others.flatMap(closesOf)).toEqual([]);
  await Promise.all(others.map((id) => hand.end(id, before)));
  await stores.setSwitch('sma-cross', true, BEGIN + 2);
});

test('while the sell switch is off the word is kept as blocked, and stays so', async () => {
  const { instrument, bars, entry, leave } = await turning('KEPT');
  const host = hostWith();
  await host.warmUpAt(BEGIN + entry * HOUR + 120_000);
  await hear(host, bars.slice(entry, leave));
  const tradeId = await tradeIn(instrument);
  const settingsId = await stores.setSwitch('sma-cross', false, BEGIN + 3, 'sell');
  await hear(host, bars.slice(leave, leave + 1));
  const expected = { gate: 'switch', input: 'sell switch off', threshold: 'sell switch on' };
  const kept = await leavesOf(instrument);
  expect(kept).toMatchObject([
    { tradeId: null, commandId: null, blocked: { ...expected, settingsId } },
  ]);
  await stores.setSwitch('sma-cross', true, BEGIN + 4, 'sell');
  await hear(host, bars.slice(leave + 1, leave + 3));
  expect(await leavesOf(instrument)).toEqual(kept);
  expect(closesOf(tradeId)).toEqual([]);
  await hand.end(tradeId, BEGIN);
});

/** A trade whose strategy said that it is to be left while the worker was down, and its restart. */
async function missed(symbol: string, meanwhile: (leftAt: number) => Promise<void>) {
  const { instrument, bars, entry, leave } = await turning(symbol);
  const host = hostWith();
  await host.warmUpAt(BEGIN + entry * HOUR + 120_000);
  await hear(host, bars.slice(entry, entry + 1));
  const tradeId = await tradeIn(instrument);
  const down = bars.slice(entry + 1, leave + 3);
  await saveBars(stores.marketData, down);
  const [bar] = bars.slice(leave + 2);
  if (bar === undefined) throw new Error('no bar');
  await meanwhile(BEGIN + (leave + 1) * HOUR);
  const restarted = hostWith();
  await restarted.warmUpAt(bar.openTime + HOUR + 600_000);
  for (const afterMs of [601_000, 604_000]) {
    await restarted.look(bar.openTime + HOUR, { quoteOf: bar, afterMs });
    await hand.take();
  }
  await hand.end(tradeId, bar.openTime);
  const leaves = await leavesOf(instrument);
  return { tradeId, leaves, leftOn: bars[leave]?.openTime, at: bar.openTime + HOUR + 601_000 };
}

test('what was said to be left while nobody heard it is left at the next start', async () => {
  const { tradeId, leaves, leftOn, at } = await missed('MISSED', async () => undefined);
  expect(leaves).toMatchObject([{ barOpenTime: leftOn, decidedAt: at, tradeId }]);
  expect(closesOf(tradeId)).toHaveLength(1);
});

test('what has left the universe is left on the word of its strategy all the same', async () => {
  const { instrument, bars, entry, leave } = await turning('REMOVED');
  let host = hostWith();
  await host.warmUpAt(BEGIN + entry * HOUR + 120_000);
  await hear(host, bars.slice(entry, entry + 1));
  const tradeId = await tradeIn(instrument);
  const stamp = { at: BEGIN + 7, actor: 'anna', reason: 'enough' };
  await stores.marketData.transaction((tx) => removeFromUniverse(tx, [instrument.id], stamp));
  await hear(host, bars.slice(entry + 1, leave - 1));
  host = hostWith();
  await host.warmUpAt(BEGIN + (leave - 1) * HOUR + 120_000);
  await hear(host, bars.slice(leave - 1, leave + 1));
  expect(await leavesOf(instrument)).toMatchObject([{ barOpenTime: bars[leave]?.openTime }]);
  expect(closesOf(tradeId)).toHaveLength(1);
  await hand.end(tradeId, BEGIN);
});

/** A leave that was asked for, as the worker has left it. */
async function asked(symbol: string) {
  const { instrument, bars, entry, leave } = await turning(symbol);
  const host = hostWith();
  await host.warmUpAt(BEGIN + entry * HOUR + 120_000);
  await hear(host, bars.slice(entry, leave + 1));
  const [row] = await leavesOf(instrument);
  if (row?.tradeId == null || row.commandId === null) throw new Error('nothing was asked for');
  await stores.gateway.pool.query("UPDATE trades SET status = 'open' WHERE id = $1", [row.tradeId]);
  const { tradeId, commandId, decidedAt } = row;
  let now = decidedAt;
  const context = { db: stores.worker, bus, log, account: ACCOUNT, commandKey: KEY };
  const settle = createLeaveAnswers({ ...context, mode: 'paper', now: () => now });
  return {
    ...{ tradeId, commandId },
    async settleAfter(ms: number) {
      now = decidedAt + ms;
      await settle();
      const [newest] = await leavesOf(instrument);
      if (newest === undefined) throw new Error('the leave is gone');
      return newest;
    },
  };
}

async function takeCommand(id: string, tradeId: string): Promise<void> {
  const nonce = randomBytes(16).toString('hex');
  await stores.gateway.insert(commands).values({
    ...{ id, tradeId, nonce, producer: 'strategy-worker', type: 'closeTrade', actor: 'sma-cross' },
    ...{ body: {}, issuedAt: BEGIN, expiresAt: BEGIN, receivedAt: BEGIN },
  });
}

test('a leave that nobody took is asked for again, until it is taken', async () => {
  const { tradeId, commandId, settleAfter } = await asked('AGAIN');
  expect(await settleAfter(14_000)).toMatchObject({ commandId });
  const second = await settleAfter(14_001);
  expect(second).toMatchObject({ commandId: expect.not.stringMatching(commandId) });
  await hand.take();
  expect(closesOf(tradeId).map(({ id }) => id)).toEqual([commandId, second.commandId]);
  expect(await settleAfter(20_000), 'its answer is still out').toEqual(second);
  await takeCommand(second.commandId ?? '', tradeId);
  expect(await settleAfter(60_000)).toEqual(second);
  expect(await settleAfter(20 * 60_000)).toMatchObject({ blocked: undefined });
  await hand.end(tradeId, BEGIN);
});

test('a leave that was refused, or that nobody ever took, gets its blocked row', async () => {
  const refused = await asked('REFUSED');
  const of = { producer: 'strategy-worker', entryId: '1-1', detail: '', refusedAt: BEGIN };
  const { commandId } = refused;
  await stores.gateway.insert(commandRefusals).values({ ...of, commandId, code: 'NOT_PERMITTED' });
  const gateway = { gate: 'gateway', threshold: 'accepted' };
  const row = await refused.settleAfter(1_000);
  expect(row).toMatchObject({ commandId, blocked: { ...gateway, input: 'NOT_PERMITTED' } });
  await hand.end(refused.tradeId, BEGIN);

  const never = await asked('NEVER');
  const late = await never.settleAfter(15 * 60_000 + 1);
  expect(late).toMatchObject({ blocked: { ...gateway, input: 'expired unanswered' } });
  expect(closesOf(never.tradeId)).toHaveLength(1);
  await hand.end(never.tradeId, BEGIN);

  const off = await asked('OFF');
  const settingsId = await stores.setSwitch('sma-cross', false, BEGIN + 5, 'sell');
  const kept = await off.settleAfter(15_000);
  expect(kept).toMatchObject({ blocked: { gate: 'switch', input: 'sell switch off', settingsId } });
  expect(closesOf(off.tradeId)).toHaveLength(1);
  await stores.setSwitch('sma-cross', true, BEGIN + 6, 'sell');
  await hand.end(off.tradeId, BEGIN);
});

test('what parameters say of bars before they were in force was never said', async () => {
  const { tradeId, leaves } = await missed('CHANGED', (leftAt) =>
    stores.setParameters('sma-cross', CROSS, leftAt + 1),
  );
  expect(leaves).toEqual([]);
  expect(closesOf(tradeId)).toEqual([]);
});
