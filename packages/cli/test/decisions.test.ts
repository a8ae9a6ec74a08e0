import { randomBytes } from 'node:crypto';
import {
  type Database,
  openDatabase,
  saveBars,
  saveBlockedSignal,
  saveInstruments,
  takeConfigurationCommand,
} from '@ballast/db';
import { type Bar, type CommandId, parseUuid, type SignalId, uuidV7 } from '@ballast/domain';
import { numericBar, startRun, strategyNamed } from '@ballast/strategies';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../tools/stores/test-stores.ts';
import { decisionReplay } from '../src/commands/decision-replay.ts';
import { signalExplained, signalsBlocked } from '../src/commands/signals-blocked.ts';
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
  expect(two.data['unexplained']).toBe(0);
  expect(two.data['explained']).toBeGreaterThan(1);
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
