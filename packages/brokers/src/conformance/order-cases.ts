import type { Price, Quantity } from '@ballast/domain';
import {
  check,
  fails,
  filledOf,
  ordersAtVenue,
  outcomeOf,
  referenceOf,
  statusOf,
  until,
} from './attempt.ts';
import type { ConformanceCase } from './case.ts';

const limitAt = (
  price: bigint,
  timeInForce: 'gtc' | 'day' | 'ioc' | 'fok' = 'gtc',
  postOnly = false,
) => ({ type: 'limit', price: price as Price, timeInForce, postOnly }) as const;

/** Every kind of order, how it rests, trades and ends. */
export const ORDER_CASES: readonly ConformanceCase[] = [
  {
    name: 'a market order is filled, told, listed and held',
    async run({ broker, heard, hold, venue }) {
      const entry = await hold();
      await until('its report is filled', () => statusOf(heard, entry) === 'filled');
      const found = await broker.findOrder(referenceOf(entry));
      check(found?.status === 'filled', `it is found ${found?.status}`);
      check(found.filledQuantityCum === entry.quantity, 'its filled quantity is not its quantity');
      const held = (await broker.positions()).find(
        ({ instrument }) => instrument === venue.instrument,
      );
      check(held?.quantity === entry.quantity, `the position is ${held?.quantity}`);
    },
  },
  {
    name: 'a limit order that crosses is filled at its price or better',
    async run({ broker, heard, order, off }) {
      const entry = order({ kind: limitAt(off(5)) });
      await broker.submit(entry);
      await until('it is filled', () => filledOf(heard, entry) === entry.quantity);
      check(
        heard.fills.every(({ price }) => price <= off(5)),
        'a fill is above its price',
      );
    },
  },
  {
    name: 'a limit order away from the market rests, is told and listed',
    async run({ broker, heard, order, off }) {
      const entry = order({ kind: limitAt(off(-20)) });
      const { venueOrderId } = await broker.submit(entry);
      await until('it is told as working', () => statusOf(heard, entry) === 'working');
      const listed = (await broker.openOrders()).filter(
        (report) => report.clientOrderId === entry.clientOrderId,
      );
      check(
        listed.length === 1 && listed[0]?.status === 'working',
        `listed ${listed.length} times`,
      );
      check(listed[0].venueOrderId === venueOrderId, 'the listing has another venue order id');
      check(listed[0].quantity === entry.quantity, 'the listing has another quantity');
    },
  },
  {
    name: 'a resting limit order is filled when the market comes to it',
    async run({ broker, heard, order, off, venue }) {
      const entry = order({ kind: limitAt(off(-5)) });
      await broker.submit(entry);
      await venue.price(off(-10));
      await until('it is filled', () => filledOf(heard, entry) === entry.quantity);
    },
  },
  {
    name: 'a stop rests until its trigger, then trades',
    async run({ broker, exit, heard, hold, off, venue }) {
      await hold();
      const stop = exit({ role: 'stop', kind: { type: 'stop', triggerPrice: off(-10) } });
      await broker.submit(stop);
      const found = await broker.findOrder(referenceOf(stop));
      check(found?.status === 'working', `it is found ${found?.status}`);
      await venue.price(off(-12));
      await until('it is filled', () => filledOf(heard, stop) === stop.quantity);
    },
  },
  {
    name: 'a stop-limit order becomes a limit order at its trigger',
    async run({ broker, heard, order, off, venue }) {
      const kind = { type: 'stopLimit', triggerPrice: off(5), price: off(9) } as const;
      const entry = order({ kind });
      await broker.submit(entry);
      check((await venue.state()).position === 0n, 'it traded before its trigger');
      await venue.price(off(6));
      await until('it is filled', () => filledOf(heard, entry) === entry.quantity);
      check(
        heard.fills.every(({ price }) => price <= off(9)),
        'a fill is above its price',
      );
    },
  },
  {
    name: 'a post-only order that would take ends without a fill',
    excuse: ({ capabilities }) => (capabilities.postOnly ? null : 'postOnly is false'),
    async run(attempt) {
      const { broker, heard, order, off, venue } = attempt;
      const entry = order({ kind: limitAt(off(5), 'gtc', true) });
      const outcome = await outcomeOf(attempt, broker.submit(entry));
      if (outcome.ok) {
        await until('it has ended', () =>
          ['cancelled', 'rejected'].includes(statusOf(heard, entry) ?? ''),
        );
      }
      check((await venue.state()).position === 0n, 'it traded');
    },
  },
  {
    name: 'a post-only order is refused before it leaves where the venue has none',
    excuse: ({ capabilities }) => (capabilities.postOnly ? 'postOnly is true' : null),
    async run(attempt) {
      const entry = attempt.order({ kind: limitAt(attempt.off(-5), 'gtc', true) });
      await fails(attempt, attempt.broker.submit(entry), 'rejected', 'notSent');
      check((await attempt.venue.placementsOf(entry.clientOrderId)) === 0, 'it left');
    },
  },
  {
    name: 'an immediate-or-cancel order that cannot trade ends at once',
    excuse: ({ capabilities }) => (capabilities.timesInForce.includes('ioc') ? null : 'no ioc'),
    async run({ broker, heard, order, off }) {
      const entry = order({ kind: limitAt(off(-20), 'ioc') });
      await broker.submit(entry);
      const ends: unknown[] = ['cancelled', 'expired'];
      await until('it has ended', () => ends.includes(statusOf(heard, entry)));
      const found = await broker.findOrder(referenceOf(entry));
      check(ends.includes(found?.status), `it is found ${found?.status}`);
    },
  },
  {
    name: 'a day order is taken',
    excuse: ({ capabilities }) =>
      capabilities.timesInForce.includes('day') ? null : 'no day orders',
    async run({ broker, heard, order, off }) {
      const entry = order({ kind: limitAt(off(-20), 'day') });
      await broker.submit(entry);
      await until('it is working', () => statusOf(heard, entry) === 'working');
    },
  },
  {
    name: 'a sale from flat is a short position, told as negative',
    excuse: ({ capabilities }) => (capabilities.shorting ? null : 'shorting is false'),
    async run({ broker, heard, order, venue }) {
      const entry = order({ side: 'sell' });
      await broker.submit(entry);
      await until('it is filled', () => filledOf(heard, entry) === entry.quantity);
      const held = (await broker.positions()).find(
        ({ instrument }) => instrument === venue.instrument,
      );
      check(held?.quantity === -entry.quantity, `the position is ${held?.quantity}`);
    },
  },
  {
    name: 'reduce-only exits together cannot exceed the position',
    excuse: ({ capabilities }) =>
      capabilities.exits === 'reduceOnly' ? null : `exits are ${capabilities.exits}`,
    async run(attempt) {
      const { broker, exit, hold, off, venue } = attempt;
      await hold();
      await broker.submit(exit({ role: 'stop', kind: { type: 'stop', triggerPrice: off(-10) } }));
      await broker.submit(exit({ role: 'target', kind: limitAt(off(10)) }));
      await venue.price(off(12));
      await venue.price(off(-15));
      await until('flat', async () => (await venue.state()).position === 0n);
      await fails(attempt, broker.submit(exit()), 'rejected');
    },
  },
  {
    name: 'an exit beyond what other exits leave of the position is refused',
    excuse: ({ facts }) => (facts.holdsForExits ? null : 'holdsForExits is false'),
    async run(attempt) {
      const { broker, exit, hold, off, venue } = attempt;
      await hold();
      await broker.submit(exit({ role: 'stop', kind: { type: 'stop', triggerPrice: off(-10) } }));
      const target = exit({ role: 'target', kind: limitAt(off(10)) });
      await fails(attempt, broker.submit(target), 'rejected');
      check((await venue.state()).orders.filter(({ isOpen }) => isOpen).length === 1, 'it rests');
    },
  },
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
