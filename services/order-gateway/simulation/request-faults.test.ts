import {
  type RiskApproved,
  clientOrderId,
  parsePrice,
  parseQuantity,
  parseUuid,
  type TradeId,
} from '@ballast/domain';
import { CLEAN_REQUEST, createPrng, type RequestFate } from '@ballast/sim-core';
import { expect, test } from 'vitest';
import { simulatedBroker } from './broker.ts';
import { FaultPlan } from './fault-plan.ts';
import { INSTRUMENTS, TRADED_MARKETS } from './market.ts';
import { SimulatedVenue } from './venue.ts';
import { VirtualTime } from './virtual-time.ts';

const TRADE = parseUuid<TradeId>('01936c1e-0000-7000-8000-000000000001');

/** A fault that is counted and does nothing proves nothing: each has to show at the venue. */
function worldWith(fate: Partial<RequestFate>) {
  const [instrument] = INSTRUMENTS;
  if (instrument === undefined) throw new Error('no instrument');
  const time = new VirtualTime(1_767_571_200_000);
  const faults = new FaultPlan(createPrng('none'), []);
  faults.request = (kind) =>
    kind === 'submit' || kind === 'cancel' ? { ...CLEAN_REQUEST, ...fate } : CLEAN_REQUEST;
  const capabilities = {
    markets: TRADED_MARKETS,
    exits: 'reserved',
    shorting: true,
    postOnly: true,
    timesInForce: ['gtc'],
    requestSettlesMs: 5_000,
    executionsKeptMs: 86_400_000,
  } as const;
  const venue = new SimulatedVenue('request-faults', INSTRUMENTS, capabilities, () => undefined);
  const [price, size] = [parsePrice('100'), parseQuantity('10')];
  venue.open(instrument.id, { price, size, taker: 'buy', bid: price, ask: price, depth: size });
  const prng = createPrng('network');
  const onRepeated = (): void => undefined;
  const broker = simulatedBroker({ account: 'model', venue, time, faults, prng, onRepeated });
  const id = clientOrderId(TRADE, 'entry', 0, 0);
  const kind = { type: 'limit', price: parsePrice('99'), timeInForce: 'gtc', postOnly: false };
  const order: RiskApproved = Object.assign(JSON.parse('{}'), {
    ...{ clientOrderId: id, tradeId: TRADE, role: 'entry', slot: 0, instrument: instrument.id },
    ...{ side: 'buy', quantity: parseQuantity('2'), reduceOnly: false, kind },
  });
  const answered = async <T>(call: Promise<T>): Promise<T | string> => {
    const settled = call.catch((error: unknown) => String(Reflect.get(Object(error), 'kind')));
    await time.run(time.now() + 10_000, () => undefined);
    return settled;
  };
  return { broker, venue, order, answered };
}

test('rejectAfterAccept: the venue takes the order, and ends it as rejected', async () => {
  const { broker, venue, order, answered } = worldWith({ rejectedLater: true });
  expect(await answered(broker.submit(order))).toMatchObject({ venueOrderId: expect.any(String) });
  const found = await answered(broker.findOrder({ ...order, venueOrderId: null }));
  expect(found).toMatchObject({ status: 'rejected' });
  expect(venue.account.open.size).toBe(0);
});

test('cancelRacesFill: the order is filled as its cancel arrives, which comes too late', async () => {
  const { broker, venue, order, answered } = worldWith({ fillsFirst: true });
  await answered(broker.submit(order));
  expect(venue.account.open.size).toBe(1);
  expect(await answered(broker.cancel({ ...order, venueOrderId: null }))).toBe('rejected');
  expect(venue.executions.map(({ quantity }) => quantity)).toEqual([order.quantity]);
});
