import type { Broker } from '@ballast/brokers';
import type { RiskApproved } from '@ballast/domain';
import { type BrakeReading, releasedBrake } from '@ballast/order-core';
import { expect, test, vi } from 'vitest';
import { REDUCE_ONLY } from '../../test/gateway.fixture.ts';
import { brakedBroker } from './braked-broker.ts';

const released = releasedBrake('first start', 'ballast');
const engaging: BrakeReading = { ...released, status: 'engaging', engagedAt: 1 };
const unreadable: BrakeReading = { status: 'unreadable', reason: 'no row' };
// Only the order core makes an approved order; what is asked here is when one leaves.
const order = (role: string): RiskApproved => JSON.parse(JSON.stringify({ role }));

function brokerOf() {
  const never = () => Promise.reject(new Error('was not to be asked'));
  const submit = vi.fn(async () => ({ venueOrderId: 'v' }));
  const broker: Broker = {
    ...{ venue: 'bybit', account: 'paper', capabilities: REDUCE_ONLY },
    ...{ submit, cancel: never, findOrder: never, executionsOf: never, openOrders: never },
    ...{ executionsSince: never, positions: never, balance: never },
    openStream: () => ({ close: () => undefined }),
  };
  return { broker, submit };
}

test.each([engaging, unreadable])('no entry leaves under $status; exits do', async (brake) => {
  const { broker, submit } = brokerOf();
  const held = brakedBroker(broker, () => brake);
  await expect(held.submit(order('entry'))).rejects.toMatchObject({
    ...{ kind: 'notSent', code: 'BRAKE_ENGAGED' },
  });
  expect(submit).not.toHaveBeenCalled();
  for (const role of ['stop', 'target', 'close']) await held.submit(order(role));
  expect(submit).toHaveBeenCalledTimes(3);
});

test('the state is looked at when the entry would leave, not before', async () => {
  const { broker, submit } = brokerOf();
  let brake: BrakeReading = released;
  const held = brakedBroker(broker, () => brake);
  await held.submit(order('entry'));
  brake = engaging;
  await expect(held.submit(order('entry'))).rejects.toThrow();
  expect(submit).toHaveBeenCalledTimes(1);
});
