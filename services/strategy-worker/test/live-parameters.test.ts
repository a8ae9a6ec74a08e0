import { randomBytes } from 'node:crypto';
import { type ConfigurationCommand, takeConfigurationCommand } from '@ballast/db';
import { type CommandId, instrumentId, parseUuid, uuidV7 } from '@ballast/domain';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createLiveParameters } from '../src/live-parameters.ts';
import { ACCOUNT, openWorkerStores, START } from './worker-stores.fixture.ts';

const MARKET = {
  id: instrumentId('bybit', 'linear', 'ANYUSDT'),
  session: 'continuous',
} as const;

let stores: Awaited<ReturnType<typeof openWorkerStores>>;
beforeAll(async () => {
  stores = await openWorkerStores();
});
afterAll(() => stores.close());

async function set(parameters: Record<string, number>, at: number, from: number): Promise<void> {
  const id = parseUuid<CommandId>(uuidV7(at, randomBytes(10)));
  const command: ConfigurationCommand = {
    ...{ version: 1, id, producer: 'cli', actor: 'operator', account: ACCOUNT, mode: 'paper' },
    ...{ issuedAt: at, expiresAt: at + 1, nonce: randomBytes(16).toString('hex') },
    type: 'setStrategyParameters',
    body: { strategy: 'momentum', parameters, reason: 'test', from },
  };
  await takeConfigurationCommand(stores.supervisor, command, id, at);
}

test('strategies run by what is in force, from its moment on, and a look is kept for a while', async () => {
  let now = START;
  const parameters = createLiveParameters(stores.worker, () => now);
  const warmUp = (): number | undefined =>
    parameters.start(MARKET, '1m').find(({ name }) => name === 'momentum')?.warmUp;
  expect(await parameters.haveChanged()).toBe(false);
  const usual = warmUp();
  await set({ fastPeriod: 40, slowPeriod: 80 }, now, now + 60_000);
  now += 59_999;
  expect(await parameters.haveChanged(), 'announced').toBe(false);
  expect(warmUp()).toBe(usual);
  now += 1;
  expect(await parameters.haveChanged(), 'looked at a moment ago').toBe(false);
  now += 5_000;
  expect(await parameters.haveChanged()).toBe(true);
  expect(warmUp()).toBe(4 * 80);
  now += 5_000;
  expect(await parameters.haveChanged(), 'the same').toBe(false);
});

test('what is none of the strategy stops the host instead of its defaults being traded', async () => {
  await set({ fastPeriod: -1 }, START + 200_000, START + 200_000);
  const parameters = createLiveParameters(stores.worker, () => START + 200_000);
  await expect(parameters.haveChanged()).rejects.toThrow(/cannot be used: momentum: .*fastPeriod/s);
});
