import type { Price } from '@ballast/domain';
import { check, fails, filledOf, outcomeOf, referenceOf, statusOf, until } from './attempt.ts';
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
    name: 'an exit beyond what other exits leave is turned away until they are gone',
    excuse: ({ facts }) => (facts.holdsForExits ? null : 'holdsForExits is false'),
    async run(attempt) {
      const { broker, exit, hold, off, venue } = attempt;
      await hold();
      const stop = exit({ role: 'stop', kind: { type: 'stop', triggerPrice: off(-10) } });
      await broker.submit(stop);
      const target = exit({ role: 'target', kind: limitAt(off(10)) });
      await fails(attempt, broker.submit(target), 'notSent');
      const resting = async () => (await venue.state()).orders.filter(({ isOpen }) => isOpen);
      check((await resting()).length === 1, 'it rests');
      await broker.cancel(referenceOf(stop));
      await broker.submit(target);
      check((await resting()).length === 1, 'it was not taken once the other was gone');
    },
  },
];
