import type { Price, Quantity } from '@ballast/domain';
import { check, fails, ordersAtVenue, outcomeOf, referenceOf, statusOf, until } from './attempt.ts';
import type { ConformanceCase } from './case.ts';

const limitAt = (
  price: bigint,
  timeInForce: 'gtc' | 'day' | 'ioc' | 'fok' = 'gtc',
  postOnly = false,
) => ({ type: 'limit', price: price as Price, timeInForce, postOnly }) as const;

/** One id is one order; what ends it, and what the venue will not take. */
export const IDENTITY_CASES: readonly ConformanceCase[] = [
  {
    name: 'an id sent twice is never two orders',
    async run(attempt) {
      const { broker, order, off } = attempt;
      const entry = order({ kind: limitAt(off(-20)) });
      const first = await broker.submit(entry);
      const again = await outcomeOf(attempt, broker.submit(entry));
      const same = again.ok ? again.value.venueOrderId === first.venueOrderId : true;
      check(same, 'the second answer names another order');
      check(again.ok || again.kind !== 'notSent', 'the second was called not sent');
      check((await ordersAtVenue(attempt, entry)) === 1, 'there are two orders');
    },
  },
  {
    name: 'an id sent again after its order was filled trades no second time',
    async run(attempt) {
      const entry = await attempt.hold();
      await outcomeOf(attempt, attempt.broker.submit(entry));
      const { position } = await attempt.venue.state();
      check(position === entry.quantity, `the position is ${position}`);
    },
  },
  {
    name: 'a working order is cancelled, told and found so',
    async run({ broker, heard, order, off }) {
      const entry = order({ kind: limitAt(off(-20)) });
      const { venueOrderId } = await broker.submit(entry);
      await broker.cancel(referenceOf(entry, venueOrderId));
      await until('it is told as cancelled', () => statusOf(heard, entry) === 'cancelled');
      const found = await broker.findOrder(referenceOf(entry));
      check(found?.status === 'cancelled', `it is found ${found?.status}`);
    },
  },
  {
    name: 'an order can be cancelled by its client order id alone',
    async run({ broker, heard, order, off }) {
      const entry = order({ kind: limitAt(off(-20)) });
      await broker.submit(entry);
      await broker.cancel(referenceOf(entry));
      await until('it is told as cancelled', () => statusOf(heard, entry) === 'cancelled');
    },
  },
  {
    name: 'a resting stop can be cancelled',
    async run({ broker, exit, heard, hold, off }) {
      await hold();
      const stop = exit({ role: 'stop', kind: { type: 'stop', triggerPrice: off(-10) } });
      await broker.submit(stop);
      await broker.cancel(referenceOf(stop));
      await until('it is told as cancelled', () => statusOf(heard, stop) === 'cancelled');
    },
  },
  {
    name: 'a cancel of what has ended, or never was, is the venue’s no',
    async run(attempt) {
      const { broker, hold, order } = attempt;
      const entry = await hold();
      await fails(attempt, broker.cancel(referenceOf(entry)), 'rejected');
      await fails(attempt, broker.cancel(referenceOf(order())), 'rejected');
    },
  },
  {
    name: 'an order that was never sent is found nowhere',
    async run({ broker, order }) {
      const entry = order();
      check((await broker.findOrder(referenceOf(entry))) === null, 'it was found');
      check((await broker.executionsOf(referenceOf(entry))).length === 0, 'it has executions');
    },
  },
  {
    name: 'an order that the venue will not take is rejected and leaves nothing',
    async run(attempt) {
      const { broker, order, venue } = attempt;
      const entry = order({ quantity: (venue.quantity * 10_000n) as Quantity });
      const outcome = await outcomeOf(attempt, broker.submit(entry));
      if (outcome.ok) {
        await until('it is told as rejected', () => statusOf(attempt.heard, entry) === 'rejected');
      } else {
        check(outcome.kind === 'rejected', `${outcome.code} is ${outcome.kind}`);
      }
      check((await venue.state()).position === 0n, 'it traded');
    },
  },
  {
    name: 'a resting stop is in the listing of open orders, under its own id',
    async run({ broker, exit, hold, off }) {
      await hold();
      const stop = exit({ role: 'stop', kind: { type: 'stop', triggerPrice: off(-10) } });
      await broker.submit(stop);
      const listed = (await broker.openOrders()).filter(
        (report) => report.clientOrderId === stop.clientOrderId,
      );
      check(listed.length === 1 && listed[0]?.status === 'working', `${listed.length} times`);
    },
  },
];
