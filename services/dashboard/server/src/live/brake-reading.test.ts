import type { BrakeRow } from '@ballast/db';
import { createLogger } from '@ballast/observability';
import { expect, test } from 'vitest';
import { createAccountWatch } from './account-watch.ts';

const beat = { service: 'order-gateway', at: 1, startedAt: 1, pid: 1, version: '0' };
const released: BrakeRow = {
  ...{ id: '1', seq: 1, account: 'paper', engaged: false, state: 'released', reason: 'start' },
  ...{ actor: 'ballast', at: 1, engagedAt: null, verifiedFlatAt: null, coolingUntil: null },
  ...{ peak: null, currency: null, drawdown: null, progress: [] },
};

/** An account whose brake is read as `state.brake` says. */
function watched() {
  const state = { now: 0, asked: 0, brake: async (): Promise<BrakeRow | null> => released };
  const watch = createAccountWatch({
    ...{ account: 'paper', now: () => state.now, log: createLogger('test', 'silent') },
    ...{ portfolio: async () => null, feed: async () => null, missingBars: async () => null },
    heartbeats: async () => [{ ...beat, loopDelayP99Ms: 0, counts: {} }],
    brake() {
      state.asked += 1;
      return state.brake();
    },
  });
  return { state, watch };
}

test('a database that hangs holds back nothing of what services say of themselves', async () => {
  const { state, watch } = watched();
  expect(await watch.read()).toMatchObject({ brake: { state: 'released' }, faults: [] });
  const { promise, resolve } = Promise.withResolvers<BrakeRow>();
  state.brake = () => promise;
  const slow = await watch.read();
  expect(slow).toMatchObject({ heartbeats: [beat], brake: { state: 'released' }, faults: [] });
  state.now = 5_001;
  const hung = await watch.read();
  expect(hung).toMatchObject({
    ...{ heartbeats: [beat], faults: ['brake cannot be read'] },
    brake: { state: 'unreadable', engaged: true },
  });
  expect(state.asked).toBe(2);
  resolve({ ...released, state: 'engaging', engaged: true });
  expect(await watch.read()).toMatchObject({ brake: { state: 'engaging' }, faults: [] });
});

test('a brake that could not be read is not shown as it was before', async () => {
  const { state, watch } = watched();
  await watch.read();
  state.brake = () => Promise.reject(new Error('no connection'));
  expect(await watch.read()).toMatchObject({ brake: { state: 'unreadable' } });
  state.brake = () => new Promise(() => undefined);
  expect(await watch.read()).toMatchObject({ brake: { state: 'unreadable' } });
});
