import { randomBytes } from 'node:crypto';
import {
  type Database,
  openDatabase,
  saveBars,
  saveAskingSignal,
  saveBlockedSignal,
  saveCounterfactual,
  saveInstruments,
  saveStrategyScores,
  takeConfigurationCommand,
} from '@ballast/db';
import { type Bar, type CommandId, parseUuid, type SignalId, uuidV7 } from '@ballast/domain';
import { numericBar, startRun, strategyNamed } from '@ballast/strategies';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../tools/stores/test-stores.ts';
import { decisionReplay } from '../src/commands/decision-replay.ts';
import { gatesScorecard } from '../src/commands/gates-scorecard.ts';
import { signalExplained, signalsBlocked } from '../src/commands/signals-blocked.ts';
import { watchlistScores } from '../src/commands/watchlist-scores.ts';
import { bars, BTC, ETH, MINUTE, START } from './stored-bars.fixture.ts';

const id = (): string => uuidV7(START, randomBytes(10));
const FASTER = { fastPeriod: 8 };
let database: TestDatabase;
let db: Database;
let marketData: Database;
let owner: Database;
let signalIds: SignalId[];

async function setParameters(from: number, parameters: Record<string, number>): Promise<void> {
  const supervisor = openDatabase(database.urls.supervisor, { max: 1 });
  const commandId = parseUuid<CommandId>(id());
  const body = { strategy: 'momentum', parameters, reason: 'test', from };
  await takeConfigurationCommand(
    supervisor,
    {
      ...{ version: 1, id: commandId, producer: 'cli', actor: 'operator', account: 'paper' },
      ...{ mode: 'paper', issuedAt: START, expiresAt: START + 1 },
      nonce: randomBytes(16).toString('hex'),
      ...{ type: 'setStrategyParameters', body },
    },
    commandId,
    START,
  );
  await supervisor.close();
}

beforeAll(async () => {
  database = await createTestDatabase();
  db = openDatabase(database.urls.cli, { max: 1 });
  owner = openDatabase(database.ownerUrl, { max: 1 });
  marketData = openDatabase(database.urls['market-data'], { max: 1 });
  await saveInstruments(marketData, [BTC, ETH], START);
  await saveBars(marketData, bars());
  const changed = START + 900 * MINUTE;
  await setParameters(changed, FASTER);
  signalIds = [
    ...(await storeSignals(bars(), undefined, (at) => at < changed)),
    ...(await storeSignals(bars(), FASTER, (at) => at >= changed)),
  ];
});
afterAll(async () => {
  await Promise.all([db, owner, marketData].map((one) => one.close()));
  await database.drop();
});

/** What the worker would have stored, of the decisions at the times that are wanted. */
async function storeSignals(
  through: readonly Bar[],
  parameters: Record<string, number> | undefined,
  isWanted: (decidedAt: number) => boolean,
): Promise<SignalId[]> {
  const worker = openDatabase(database.urls['strategy-worker'], { max: 1 });
  const stored: SignalId[] = [];
  const run = startRun(strategyNamed('momentum'), parameters);
  for (const bar of through) {
    const opinion = run.step(numericBar(bar));
    const decidedAt = bar.openTime + MINUTE;
    if (opinion === null || !isWanted(decidedAt)) continue;
    const signalId = parseUuid<SignalId>(id());
    const { instrument, openTime: barOpenTime } = bar;
    const about = { strategy: 'momentum', instrument, barOpenTime } as const;
    const refusal = { gate: 'spread', input: 'spread 0.2 %', threshold: '0.1 %' } as const;
    await saveBlockedSignal(
      worker,
      { id: signalId, decidedAt, timeframe: '1m', word: 'enter', ...about, ...opinion },
      { signalId, ...refusal, settingsId: null, regime: 'bull', blockedAt: decidedAt },
    );
    stored.push(signalId);
  }
  await worker.close();
  return stored;
}

test('stored signals are made again from bars and the parameters of their time, all equal', async () => {
  expect(signalIds.length).toBeGreaterThan(15);
  const { ok, data } = await decisionReplay({ db }, { sample: 1_000, seed: '1' });
  expect({ ok, ...data }).toEqual({
    ...{ ok: true, signals: signalIds.length, equal: signalIds.length },
    ...{ explained: 0, unexplained: 0, differences: [] },
  });
  const some = await decisionReplay({ db }, { sample: 3, seed: 'a' });
  expect(some.data).toMatchObject({ signals: 3, equal: 3 });
});

test('one that was altered differs without a cause; one whose bars have changed has one', async () => {
  const [altered] = signalIds.slice(-1);
  await owner.pool.query(`UPDATE signals SET level = level || '{"stop": 1}' WHERE id = $1`, [
    altered,
  ]);
  const one = await decisionReplay({ db }, { sample: 1_000, seed: '1' });
  expect(one).toMatchObject({
    ...{ ok: false, data: { unexplained: 1, explained: 0 } },
    data: { differences: [{ signalId: altered, cause: null, stored: { level: { stop: 1 } } }] },
  });
  const [last] = bars().slice(-300);
  if (last === undefined) throw new Error('no bar');
  const high = String(Number(last.high) + 500);
  await saveBars(marketData, [{ ...last, high, state: 'corrected' }]);
  const two = await decisionReplay({ db }, { sample: 1_000, seed: '1' });
  expect(two.data['explained']).toBeGreaterThan(1);
  expect(two.data['unexplained'], 'no bar as it was says what was altered').toBe(1);
});

test('a blocked signal is told with all that is stored of why', async () => {
  const [first = ''] = signalIds;
  const { lines, data } = await signalExplained({ db }, first);
  expect(data).toMatchObject({ blocked: { gate: 'spread', regime: 'bull' }, setBy: null });
  expect(lines.join('\n')).toContain('gate spread: saw spread 0.2 %; wants 0.1 %');
  const listed = await signalsBlocked({ db });
  expect(listed.data['signals']).toHaveLength(signalIds.length);
  for (const none of [id(), 'no-id']) {
    await expect(signalExplained({ db }, none)).rejects.toMatchObject({
      code: 'SIGNAL_NOT_BLOCKED',
    });
  }
});

test('that no gate has stopped anything is said, not an empty line', async () => {
  const fresh = await createTestDatabase();
  const reader = openDatabase(fresh.urls.cli, { max: 1 });
  const { lines } = await signalsBlocked({ db: reader });
  await reader.close();
  await fresh.drop();
  expect(lines).toEqual(['of the newest 200 signals no gate has stopped any']);
});

test('of slow parameters as many bars are read as their averages remember', async () => {
  const slow = { fastPeriod: 100, slowPeriod: 300 };
  const changed = START + 3_000 * MINUTE;
  await setParameters(changed, slow);
  const through = bars(ETH, 5_000);
  await saveBars(marketData, through);
  const stored = await storeSignals(through, slow, (at) => at >= changed);
  expect(stored.length).toBeGreaterThan(3);
  const { data } = await decisionReplay({ db }, { sample: 1_000, seed: '1' });
  expect(data['signals']).toBe(signalIds.length + stored.length);
  const differ = expect.arrayContaining([expect.objectContaining({ instrument: ETH.id })]);
  expect(data['differences']).not.toEqual(differ);
});

test('the watchlist says what each strategy would look at, why, and how old that is', async () => {
  const worker = openDatabase(database.urls['strategy-worker'], { max: 1 });
  const of = { strategy: 'momentum', timeframe: '1m', barOpenTime: START, scoredAt: START + 100 };
  const unranked = { score: null, rank: null };
  await saveStrategyScores(worker, [
    { ...of, instrument: 'bybit.linear:B', score: 40, rank: 2, parts: { nearness: 30, lead: 10 } },
    { ...of, instrument: 'bybit.linear:A', score: 60, rank: 1, parts: { nearness: 60, lead: 0 } },
    { ...of, instrument: 'bybit.linear:C', ...unranked, parts: { reason: 'NO_RANGE' } },
    { ...of, strategy: 'sma-cross', instrument: 'bybit.linear:A', ...unranked, parts: {} },
  ]);
  const late = { ...of, instrument: 'bybit.linear:A', barOpenTime: START - MINUTE };
  await saveStrategyScores(worker, [{ ...late, score: 1, rank: 9, parts: {} }]);
  await worker.close();
  const now = START + 5_100;
  const all = await watchlistScores({ db }, { strategy: null, top: 2, now });
  expect(all.data).toMatchObject({
    strategies: [
      {
        ...{ strategy: 'momentum', scored: 2, unscored: 1 },
        rows: [
          { instrument: 'bybit.linear:A', rank: 1, score: 60, ageMs: 5_000 },
          { instrument: 'bybit.linear:B', rank: 2, parts: { nearness: 30, lead: 10 } },
        ],
      },
      { strategy: 'sma-cross', scored: 0, unscored: 1 },
    ],
  });
  const one = await watchlistScores({ db }, { strategy: 'momentum', top: 3, now });
  const bar = '(1m bar of 2026-06-01T00:00:00.000Z, 5 s ago)';
  expect(one.lines).toEqual([
    'momentum: 2 scored, 1 without a score',
    `  1 bybit.linear:A 60.0 = nearness 60.0 + lead 0.0 ${bar}`,
    `  2 bybit.linear:B 40.0 = nearness 30.0 + lead 10.0 ${bar}`,
    `  - bybit.linear:C no score: the market stands still ${bar}`,
  ]);
  const none = watchlistScores({ db }, { strategy: 'luck', top: 1, now });
  await expect(none).rejects.toMatchObject({ code: 'STRATEGY_UNKNOWN' });
});

test('the scorecard adds up: entries and what each gate stopped are the signals', async () => {
  const backtester = openDatabase(database.urls.backtester, { max: 1 });
  const day = { from: START + 86_400_000 * 30, to: START + 86_400_000 * 31 };
  const worker = openDatabase(database.urls['strategy-worker'], { max: 1 });
  const signalAt = (minute: number) => {
    const at = day.from + minute * MINUTE;
    const level = { entry: 100, stop: 90, target: 120 };
    const bar = { word: 'enter', timeframe: '1m' } as const;
    const of = { strategy: 'momentum', instrument: BTC.id, direction: 'long', ...bar } as const;
    const signalId = parseUuid<SignalId>(id());
    return { ...of, id: signalId, barOpenTime: at - MINUTE, decidedAt: at, level, inputs: {} };
  };
  await saveAskingSignal(worker, signalAt(0), { tradeId: id(), commandId: id() });
  // The first that is not of the day.
  await saveAskingSignal(worker, signalAt(1_440), { tradeId: id(), commandId: id() });
  const earned = ['12.5', '-4', '-6', null, undefined];
  const stopped = earned.map((amount, at) => ({ amount, signal: signalAt(at + 1) }));
  for (const [at, { amount, signal }] of stopped.entries()) {
    const gate = at < 2 ? 'switch' : 'spread';
    const refusal = {
      gate,
      input: 'off',
      threshold: 'on',
      settingsId: null,
      regime: null,
    } as const;
    const { id: signalId, decidedAt: blockedAt } = signal;
    await saveBlockedSignal(worker, signal, { signalId, ...refusal, blockedAt });
    if (amount === undefined) continue;
    const end = { currency: 'USDT', exit: 'stop', leftAt: blockedAt, dataHash: 'a' };
    await saveCounterfactual(backtester, { signalId, earned: amount, ...end, computedAt: 1 });
  }
  await Promise.all([worker.close(), backtester.close()]);
  const card = await gatesScorecard({ db }, day);
  const usdt = (amount: string) => [{ amount, currency: 'USDT' }];
  expect(card).toMatchObject({
    ok: true,
    data: {
      ...{ signals: 6, entries: 1, unexplained: [] },
      gates: [
        { gate: 'switch', blocked: 2, saved: usdt('4'), missed: usdt('12.5'), unknown: 0 },
        { gate: 'spread', blocked: 3, saved: usdt('6'), missed: [], unknown: 2 },
      ],
    },
  });
  const explained = await Promise.all(
    [0, 3, 4].map((at) => signalExplained({ db }, stopped[at]?.signal.id ?? '')),
  );
  expect(explained.map(({ lines }) => lines.at(-1))).toEqual([
    expect.stringContaining('would have earned 12.5 USDT, out by stop at 2026-07-01'),
    expect.stringContaining('no amount: stop'),
    expect.stringContaining('not known yet'),
  ]);
  const backwards = gatesScorecard({ db }, { from: day.to, to: day.from });
  await expect(backwards).rejects.toMatchObject({ code: 'RANGE_EMPTY' });
});

test('a signal that neither entered nor was stopped fails the scorecard', async () => {
  const at = START + 86_400_000 * 40;
  await owner.execute(
    `INSERT INTO signals (id, strategy, instrument, direction, bar_open_time, decided_at, level,
       inputs) VALUES ('${id()}', 'momentum', '${ETH.id}', 'long', ${at}, ${at}, '{}', '{}')`,
  );
  const card = await gatesScorecard({ db }, { from: at, to: at + 1 });
  expect(card).toMatchObject({ ok: false, data: { signals: 1, entries: 0 } });
});
