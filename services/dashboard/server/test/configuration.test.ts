import { signals, strategySwitches, systemSettings } from '@ballast/db';
import { parseCommand } from '@ballast/domain';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Fixture, startDashboard } from './dashboard.fixture.ts';
import { sampleId } from './sample/rows.ts';

const DAY = 86_400_000;

let fixture: Fixture;
let redis: Redis;
let headers: Record<string, string>;
beforeAll(async () => {
  fixture = await startDashboard();
  redis = new Redis(fixture.redis.administratorUrl);
  headers = await fixture.login();
});
afterAll(async () => {
  redis.disconnect();
  await fixture.stop();
});

async function newestCommand(): Promise<unknown> {
  const [newest] = await redis.xrevrange('cmd:dashboard', '+', '-', 'COUNT', 1);
  return newest === undefined ? null : parseCommand(newest[1][1] ?? '');
}

test('each strategy has its three switches, by whom and why, and its soak', async () => {
  const now = Date.now();
  const row = { strategy: 'momentum', on: true, actor: 'operator', reason: 'watch it' };
  const watched = { ...row, switch: 'watchlist' as const, effectiveFrom: now - 3 * DAY };
  await fixture.owner.insert(strategySwitches).values({ ...watched, id: sampleId(now, 1) });
  await fixture.owner.insert(signals).values({
    ...{ id: sampleId(now, 2), strategy: 'momentum', instrument: 'bybit.linear:BTCUSDT' },
    ...{ direction: 'long', barOpenTime: 1, decidedAt: now - 2 * DAY, level: {}, inputs: {} },
  });
  expect(await fixture.query('strategies.list', undefined, headers)).toMatchObject({
    result: {
      data: expect.arrayContaining([
        expect.objectContaining({
          strategy: 'momentum',
          switches: [
            { switch: 'watchlist', inForce: expect.objectContaining(row) },
            { switch: 'buy', inForce: null },
            { switch: 'sell', inForce: null },
          ],
          soak: expect.objectContaining({
            ...{ neededDays: 14, missingDays: 12, signals: 1 },
            text: expect.stringContaining('12 of 14 days'),
          }),
        }),
        expect.objectContaining({
          strategy: 'btc-swing',
          soak: expect.objectContaining({ missingDays: 14, watchedSince: null }),
        }),
      ]),
    },
  });
});

test('a switch is a signed command that names which one, and what is overridden', async () => {
  const asked = { strategy: 'momentum', switch: 'buy', on: true, reason: 'rehearsal' };
  const body = { ...asked, override: true };
  const commandId = sampleId(Date.now(), 10);
  const sent = await fixture.post('/trpc/strategies.setSwitch', { commandId, ...body }, headers);
  expect(sent.status).toBe(200);
  expect(await newestCommand()).toMatchObject({ id: commandId, type: 'setStrategySwitch', body });
  for (const wrong of [{ switch: 'hold' }, { strategy: 'martingale' }, { reason: ' ' }]) {
    const refused = await fixture.post(
      '/trpc/strategies.setSwitch',
      { ...asked, commandId: sampleId(Date.now(), 11), ...wrong },
      headers,
    );
    expect(refused.status).toBe(400);
  }
  expect(await newestCommand()).toMatchObject({ id: commandId });
});

test('settings are listed as in force and as announced, with what they may be', async () => {
  const now = Date.now();
  const by = { actor: 'operator', setAt: now - DAY };
  await fixture.owner.insert(systemSettings).values([
    {
      ...{ ...by, id: sampleId(now, 20), key: 'gate.spread_max_bps', value: 7.5 },
      ...{ effectiveFrom: now - DAY, reason: 'thin books' },
    },
    {
      ...{ ...by, id: sampleId(now, 21), key: 'gate.spread_max_bps', value: 6 },
      ...{ effectiveFrom: now + DAY, reason: 'thinner' },
    },
  ]);
  expect(await fixture.query('systemSettings.list', undefined, headers)).toMatchObject({
    result: {
      data: expect.arrayContaining([
        expect.objectContaining({
          ...{ key: 'gate.spread_max_bps', value: 7.5, unit: 'basis points', fallback: 10 },
          inForce: expect.objectContaining({ actor: 'operator', reason: 'thin books' }),
          toCome: [expect.objectContaining({ value: 6, reason: 'thinner' })],
        }),
        expect.objectContaining({ key: 'strategy.soak_days', value: 14, inForce: null }),
      ]),
    },
  });
  const key = 'gate.spread_max_bps';
  expect(await fixture.query('systemSettings.history', { key }, headers)).toMatchObject({
    result: { data: [{ value: 7.5 }, { value: 6 }] },
  });
});

test('a setting is a signed command, refused here already when it is none or out of range', async () => {
  const commandId = sampleId(Date.now(), 30);
  const body = { key: 'gate.position_cap', value: 5, reason: 'small account' };
  const post = (change: object) =>
    fixture.post('/trpc/systemSettings.set', { commandId, ...body, ...change }, headers);
  expect((await post({})).status).toBe(200);
  expect(await newestCommand()).toMatchObject({ id: commandId, type: 'setSystemSetting', body });
  for (const [change, code] of [
    [{ value: 5.5 }, 'a whole number from 0 to 1000'],
    [{ key: 'gate.luck' }, 'SETTING_UNKNOWN'],
    [{ value: '5' }, 'expected number'],
  ] as const) {
    const refused = await post(change);
    expect(refused.status).toBe(400);
    expect(await refused.text()).toContain(code);
  }
});
