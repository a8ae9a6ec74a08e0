import { randomBytes, randomUUID } from 'node:crypto';
import { openBus } from '@ballast/bus';
import {
  blockedSignals,
  commandRefusals,
  saveAskingSignal,
  signals,
  trades,
  unfulfilledAsks,
} from '@ballast/db';
import {
  COMMAND_LIFETIME_MAX_MS,
  parseInstrumentId,
  parseUuid,
  type Signal,
  type SignalId,
  uuidV7,
} from '@ballast/domain';
import { createLogger } from '@ballast/observability';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createTestRedis } from '../../../tools/stores/test-stores.ts';
import { ANSWER_GRACE_MS, followAsked, settleAsked } from '../src/asked-signals.ts';
import { clockedHost } from './clocked-host.fixture.ts';
import {
  ACCOUNT,
  MINUTE,
  openWorkerStores,
  saveInstrument,
  START,
  swingingChanges,
  walk,
} from './worker-stores.fixture.ts';

const log = createLogger('test', 'fatal');
const UNANSWERED_MS = COMMAND_LIFETIME_MAX_MS + ANSWER_GRACE_MS;
const DAY_MS = 24 * 3_600_000;

let stores: Awaited<ReturnType<typeof openWorkerStores>>;
let asks = 0;

beforeAll(async () => {
  stores = await openWorkerStores();
});
afterAll(async () => {
  await stores?.close();
});

/** A signal of a bar of its own that has asked for a trade. */
async function ask(
  decidedAt: number,
): Promise<{ id: SignalId; commandId: string; tradeId: string }> {
  asks += 1;
  const signal: Signal = {
    id: parseUuid<SignalId>(uuidV7(decidedAt, randomBytes(10))),
    strategy: 'momentum',
    instrument: parseInstrumentId('bybit.linear:ASKED'),
    direction: 'long',
    word: 'enter',
    timeframe: '1m',
    barOpenTime: START + asks * MINUTE,
    decidedAt,
    level: { entry: 100, stop: 90, target: 110 },
    inputs: {},
  };
  const both = { commandId: randomUUID(), tradeId: randomUUID() };
  await saveAskingSignal(stores.worker, signal, both);
  return { id: signal.id, ...both };
}

async function answerWithTrade(id: string, status: string, endReason: string | null) {
  const [at, none] = [START, 0n];
  await stores.gateway.insert(trades).values({
    ...{ id, account: ACCOUNT, instrument: 'bybit.linear:ASKED', direction: 'long', status },
    ...{ origin: 'signal', plan: {}, state: {}, quantity: none, realisedCum: none, feesCum: none },
    ...{
      createdAt: at,
      updatedAt: at,
      endedAt: endReason === null ? null : at,
      endReason,
      epoch: 1,
    },
  });
}

async function refuse(commandId: string, code: string) {
  const entry = { producer: 'strategy-worker', entryId: '1-1', detail: '' };
  await stores.gateway
    .insert(commandRefusals)
    .values({ ...entry, commandId, code, refusedAt: START });
}

const settleAt = (at: number) =>
  settleAsked({ db: stores.worker, account: ACCOUNT, log, now: () => at });

async function blockedRow(id: string) {
  const rows = await stores.worker.select().from(blockedSignals);
  return rows.find(({ signalId }) => signalId === id) ?? null;
}

test('a trade that was denied blocks its signal with the rules', async () => {
  const { id, tradeId } = await ask(START);
  await answerWithTrade(tradeId, 'denied', 'brake, busy');
  await settleAt(START + 1_000);
  expect(await blockedRow(id)).toMatchObject({
    gate: 'gateway',
    input: 'denied: brake, busy',
    threshold: 'accepted',
    settingsId: null,
    blockedAt: START + 1_000,
  });
});

test('a command that was refused blocks its signal with the first code', async () => {
  const { id, commandId } = await ask(START);
  await refuse(commandId, 'EXPIRED');
  await refuse(commandId, 'NONCE_USED');
  await settleAt(START + 1_000);
  expect(await blockedRow(id)).toMatchObject({ gate: 'gateway', input: 'EXPIRED' });
});

test('a command without an answer blocks after its end and the grace, not a ms before', async () => {
  const { id } = await ask(START);
  await settleAt(START + UNANSWERED_MS);
  expect(await blockedRow(id)).toBeNull();
  await settleAt(START + UNANSWERED_MS + 1);
  const row = await blockedRow(id);
  expect(row).toMatchObject({ gate: 'gateway', input: 'expired unanswered' });
  await settleAt(START + UNANSWERED_MS + 2);
  expect(await blockedRow(id), 'said once').toEqual(row);
});

test('an accepted trade is no block, however it ended and whatever a repetition got', async () => {
  const opened = await ask(START);
  await answerWithTrade(opened.tradeId, 'open', null);
  await refuse(opened.commandId, 'DUPLICATE');
  const ended = await ask(START);
  await answerWithTrade(ended.tradeId, 'cancelled', 'ENTRY_EXPIRED: ');
  await settleAt(START + DAY_MS / 2);
  expect([await blockedRow(opened.id), await blockedRow(ended.id)]).toEqual([null, null]);
  // What it holds could not be read from its state, and would be asked for by later decisions.
  await stores.gateway.pool.query('UPDATE trades SET ended_at = $1 WHERE id = $2', [
    ...[START, opened.tradeId],
  ]);
});

test('at start the asks of the last day are looked at, as a process that died left them', async () => {
  const now = Date.now();
  const old = await ask(now - DAY_MS - MINUTE);
  const left = await ask(now - 3 * 3_600_000);
  const young = await ask(now);
  const follower = followAsked({ db: stores.worker, account: ACCOUNT, log, now: Date.now });
  await vi.waitFor(async () => expect(await blockedRow(left.id)).not.toBeNull());
  await follower.stop();
  expect(await blockedRow(young.id)).toBeNull();
  expect(await blockedRow(old.id)).toBeNull();
  const open = await unfulfilledAsks(stores.worker, ACCOUNT, now - DAY_MS);
  expect(open.map(({ signalId }) => signalId)).toEqual([young.id]);
});

test('a command that cannot be put on the stream blocks its signal at once', async () => {
  const redis = await createTestRedis();
  // This user may not write the command stream: Redis says no, so nothing has arrived.
  const bus = openBus(redis.urls['market-data'], 'test', log);
  try {
    await stores.saveEquity('10000', START - MINUTE);
    await stores.saveBrake('released');
    await stores.setSwitch('momentum', true, START);
    await stores.setSwitch('mean-reversion', true, START);
    const instrument = await saveInstrument(stores.marketData, 'UNSENT');
    const { host, at } = clockedHost({ db: stores.worker, bus, log, key: 'a5c1e2f34b7d8869' }, {});
    for (const bar of walk(instrument, START, swingingChanges(150))) await at(bar, host);
    const rows = await stores.worker.select().from(signals);
    const own = rows.filter((row) => row.instrument === instrument.id);
    const asking = own.filter((row) => row.commandId !== null);
    expect(asking.length).toBeGreaterThan(0);
    for (const { id } of asking) {
      const expected = { gate: 'command', input: 'BUS_REFUSED', threshold: 'on the stream' };
      expect(await blockedRow(id)).toMatchObject(expected);
    }
  } finally {
    await bus.close();
    await redis.stop();
  }
});
