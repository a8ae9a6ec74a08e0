import { randomBytes } from 'node:crypto';
import {
  type CommandId,
  parseUuid,
  SETTING_KEYS,
  type SettingKey,
  settingOf,
  uuidV7,
} from '@ballast/domain';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { queryOnce } from '../../../tools/stores/query-once.ts';
import { createTestDatabase, type TestDatabase } from '../../../tools/stores/test-stores.ts';
import { type Database, openDatabase } from '../src/database.ts';
import {
  settingHistory,
  settingsToCome,
  strategyParametersHistory,
  strategyParametersInForce,
  systemSettingsInForce,
} from '../src/queries/configuration-in-force.ts';
import { takeConfigurationCommand } from '../src/queries/supervisor.ts';

const SOAK = 'strategy.soak_days';

let database: TestDatabase;
let supervisor: Database;
let reader: Database;
beforeAll(async () => {
  database = await createTestDatabase();
  supervisor = openDatabase(database.urls.supervisor);
  reader = openDatabase(database.urls.dashboard);
});
afterAll(async () => {
  await Promise.all([supervisor.close(), reader.close()]);
  await database.drop();
});

function header(at: number) {
  return {
    version: 1,
    id: parseUuid<CommandId>(uuidV7(at, randomBytes(10))),
    producer: 'cli',
    actor: 'operator',
    account: 'paper',
    mode: 'paper',
    issuedAt: at,
    expiresAt: at + 1,
    nonce: randomBytes(16).toString('hex'),
  } as const;
}

async function set(key: SettingKey, value: number, at: number, from?: number): Promise<string> {
  const body = { key, value, reason: `set at ${at}`, ...(from === undefined ? {} : { from }) };
  const command = { ...header(at), type: 'setSystemSetting', body } as const;
  expect(await takeConfigurationCommand(supervisor, command, command.id, at)).toBe('taken');
  return command.id;
}

test('a setting that nobody has set has its declared fallback, and says so', async () => {
  const settings = await systemSettingsInForce(reader, 1_000);
  expect(settings.all.map(({ key }) => key)).toEqual(SETTING_KEYS);
  for (const { key, value, row } of settings.all) {
    expect({ key, value, row }).toEqual({ key, value: settingOf(key).fallback, row: null });
  }
});

test('a change holds from its time on, with who, when, why; an announced one from then', async () => {
  const now = await set('gate.spread_max_bps', 7.5, 2_000);
  const later = await set('gate.spread_max_bps', 5, 2_001, 3_000);
  const at = async (moment: number) =>
    (await systemSettingsInForce(reader, moment)).inForce('gate.spread_max_bps');
  expect(await at(1_999)).toMatchObject({ value: 10, row: null });
  expect(await at(2_000)).toMatchObject({
    value: 7.5,
    row: { id: now, actor: 'operator', reason: 'set at 2000', effectiveFrom: 2_000, setAt: 2_000 },
  });
  expect(await at(2_999)).toMatchObject({ value: 7.5 });
  expect(await settingsToCome(reader, 2_999)).toMatchObject([{ id: later, value: 5 }]);
  expect(await at(3_000)).toMatchObject({ value: 5, row: { id: later, setAt: 2_001 } });
  expect(await settingsToCome(reader, 3_000)).toEqual([]);
  // What was announced is taken back by another word from the same moment on.
  await set('gate.spread_max_bps', 9, 2_500, 3_000);
  expect(await at(3_000)).toMatchObject({ value: 9 });
  expect((await settingHistory(reader, 'gate.spread_max_bps')).map(({ value }) => value)).toEqual([
    7.5, 5, 9,
  ]);
});

test('the parameters of a strategy are dated in the same way, each strategy by itself', async () => {
  const put = async (strategy: string, parameters: object, at: number, from = at) => {
    const body = { strategy, parameters: { ...parameters }, from, reason: 'test' };
    const command = { ...header(at), type: 'setStrategyParameters', body } as const;
    expect(await takeConfigurationCommand(supervisor, command, command.id, at)).toBe('taken');
  };
  await put('momentum', { fastPeriod: 9, short: true }, 10);
  await put('momentum', { fastPeriod: 8 }, 11, 20);
  await put('sma-cross', { fastPeriod: 7 }, 12);
  const at = async (moment: number) =>
    (await strategyParametersInForce(reader, 'momentum', moment))?.parameters ?? null;
  expect(await at(9)).toBeNull();
  expect(await at(19)).toEqual({ fastPeriod: 9, short: true });
  expect(await at(20)).toEqual({ fastPeriod: 8 });
  const history = await strategyParametersHistory(reader, 'momentum');
  expect(history).toMatchObject([
    { effectiveFrom: 10, setAt: 10, actor: 'operator', reason: 'test' },
    { effectiveFrom: 20, setAt: 11 },
  ]);
});

test('a stored value that this build does not take is not passed over', async () => {
  await set('gate.position_cap', 5_000, 50);
  await expect(systemSettingsInForce(reader, 50)).rejects.toMatchObject({
    code: 'SETTING_INVALID',
  });
  await set('gate.position_cap', 5, 51);
  expect((await systemSettingsInForce(reader, 51)).inForce('gate.position_cap').value).toBe(5);
});

/** Changes as they come: each so long after the one before, for now or for so much later. */
const changes = fc.array(
  fc.record({
    after: fc.nat(5),
    ahead: fc.option(fc.nat(20), { nil: undefined }),
    value: fc.integer({ min: 0, max: 365 }),
  }),
  { minLength: 1, maxLength: 12 },
);

test('what is in force at any time follows from the history alone, and stays what it was', async () => {
  let base = 1_000_000;
  await fc.assert(
    fc.asyncProperty(changes, async (sequence) => {
      // Every run begins where nothing of the runs before is left to come.
      base += 1_000;
      await set(SOAK, settingOf(SOAK).fallback, base);
      const told: { effectiveFrom: number; value: number }[] = [];
      const seen: { moment: number; value: number }[] = [];
      let now = base;
      for (const { after, ahead, value } of sequence) {
        // Read before the next change is told: a moment that is over must not change any more.
        now += after + 1;
        seen.push({ moment: now - 1, value: await soakAt(now - 1) });
        const from = ahead === undefined ? undefined : now + ahead;
        await set(SOAK, value, now, from);
        told.push({ effectiveFrom: from ?? now, value });
      }
      for (let moment = base; moment <= now + 21; moment += 1) {
        expect(await soakAt(moment), `at ${moment - base}`).toBe(valueAt(told, moment));
      }
      for (const { moment, value } of seen) expect(await soakAt(moment)).toBe(value);
      const history = await settingHistory(reader, SOAK);
      expect(history.slice(-told.length)).toMatchObject(told);
    }),
    { numRuns: 15 },
  );
});

const soakAt = async (moment: number): Promise<number> =>
  (await systemSettingsInForce(reader, moment)).inForce(SOAK).value;

/** The last that was told of those with the latest time that is not after `moment`. */
function valueAt(
  told: readonly { effectiveFrom: number; value: number }[],
  moment: number,
): number {
  let held = { effectiveFrom: -1, value: settingOf(SOAK).fallback };
  for (const change of told) {
    if (change.effectiveFrom > moment || change.effectiveFrom < held.effectiveFrom) continue;
    held = change;
  }
  return held.value;
}

test.each([
  ['strategy_switches', 'reason'],
  ['strategy_configurations', 'reason'],
  ['system_settings', 'reason'],
  ['regime_history', 'instrument'],
])(
  'no row of %s is changed or removed, not even by the database’s owner',
  async (table, column) => {
    for (const statement of [
      `UPDATE ${table} SET ${column} = ''`,
      `DELETE FROM ${table}`,
      `TRUNCATE ${table}`,
    ]) {
      const done = queryOnce(database.ownerUrl, statement);
      await expect(done, statement).rejects.toMatchObject({ code: 'BA001' });
    }
  },
);

test.each([
  ['system_settings', 'key, value', "'strategy.soak_days', '1'"],
  ['strategy_configurations', 'strategy, parameters', "'momentum', '{}'"],
])('a row of %s cannot say that it held before it was told', async (table, names, values) => {
  const id = uuidV7(1, randomBytes(10));
  const insert = (from: number, setAt: number) =>
    queryOnce(
      database.urls.supervisor,
      `INSERT INTO ${table} (id, effective_from, set_at, actor, reason, ${names})
       VALUES ('${id}', ${from}, ${setAt}, 'a', 'r', ${values})`,
    );
  await expect(insert(9, 10)).rejects.toMatchObject({ code: '23514' });
  expect((await insert(10, 10)).rowCount).toBe(1);
});
