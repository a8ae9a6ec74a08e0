import type { OrderRequest } from '@ballast/domain';
import {
  type Attempt,
  check,
  fails,
  filledOf,
  ordersAtVenue,
  outcomeOf,
  referenceOf,
  SOON_MS,
  statusOf,
  until,
} from './attempt.ts';
import { type ConformanceCase, unless } from './case.ts';

const resting = ({ order, off }: Attempt): OrderRequest =>
  order({ kind: { type: 'limit', price: off(-20), timeInForce: 'gtc', postOnly: false } });

/** A placement is asked once and never again by the adapter. */
async function leftOnce({ venue }: Attempt, order: OrderRequest): Promise<void> {
  const placements = await venue.placementsOf(order.clientOrderId);
  check(placements === 1, `it was placed ${placements} times`);
}

/** Connections that a fault broke are made anew. */
async function found(attempt: Attempt, order: OrderRequest) {
  let report: Awaited<ReturnType<Attempt['broker']['findOrder']>> = null;
  await until(
    'the venue answers again',
    async () => {
      const outcome = await outcomeOf(attempt, attempt.broker.findOrder(referenceOf(order)));
      if (outcome.ok) report = outcome.value;
      return outcome.ok;
    },
    4 * SOON_MS,
  );
  return report as Awaited<ReturnType<Attempt['broker']['findOrder']>>;
}

const lostAck = (variant: 'broken' | 'never'): ConformanceCase => ({
  name: `an answer that is lost (${variant}) leaves the outcome open, and the order is found`,
  async run(attempt) {
    const { broker, venue } = attempt;
    const entry = resting(attempt);
    await venue.fault({ fault: 'lostAckExecuted', on: 'submit', variant });
    await fails(attempt, broker.submit(entry), 'unknownOutcome');
    const report = await found(attempt, entry);
    check(report?.status === 'working', `it is found ${report?.status}`);
    check((await ordersAtVenue(attempt, entry)) === 1, 'there is not exactly one order');
    await leftOnce(attempt, entry);
  },
});

const lostRequest = (variant: 'broken' | 'never'): ConformanceCase => ({
  name: `a request that is lost (${variant}) leaves the outcome open, and nothing is found`,
  async run(attempt) {
    const { broker, venue } = attempt;
    const entry = resting(attempt);
    await venue.fault({ fault: 'lostAckNotExecuted', on: 'submit', variant });
    await fails(attempt, broker.submit(entry), 'unknownOutcome', 'notSent');
    check((await found(attempt, entry)) === null, 'it was found');
    check((await ordersAtVenue(attempt, entry)) === 0, 'there is an order');
  },
});

/** What becomes of requests, and what the adapter says of it. */
export const ANSWER_CASES: readonly ConformanceCase[] = [
  lostAck('broken'),
  lostAck('never'),
  lostRequest('broken'),
  lostRequest('never'),
  {
    name: 'a lost answer is resolved by the same id sent again: still one order',
    async run(attempt) {
      const { broker, venue } = attempt;
      const entry = resting(attempt);
      await venue.fault({ fault: 'lostAckExecuted', on: 'submit' });
      await fails(attempt, broker.submit(entry), 'unknownOutcome');
      const report = await found(attempt, entry);
      const again = await outcomeOf(attempt, broker.submit(entry));
      const same = !again.ok || again.value.venueOrderId === report?.venueOrderId;
      check(same, 'the second answer names another order');
      check((await ordersAtVenue(attempt, entry)) === 1, 'there is not exactly one order');
    },
  },
  {
    name: 'a cancel whose answer is lost leaves its outcome open, and the end is found',
    async run(attempt) {
      const { broker, venue } = attempt;
      const entry = resting(attempt);
      await broker.submit(entry);
      await venue.fault({ fault: 'lostAckExecuted', on: 'cancel' });
      await fails(attempt, broker.cancel(referenceOf(entry)), 'unknownOutcome');
      const report = await found(attempt, entry);
      check(report?.status === 'cancelled', `it is found ${report?.status}`);
    },
  },
  {
    name: 'a cancel that is lost leaves its outcome open, and the order is found working',
    async run(attempt) {
      const { broker, venue } = attempt;
      const entry = resting(attempt);
      await broker.submit(entry);
      await venue.fault({ fault: 'lostAckNotExecuted', on: 'cancel' });
      await fails(attempt, broker.cancel(referenceOf(entry)), 'unknownOutcome', 'notSent');
      const report = await found(attempt, entry);
      check(report?.status === 'working', `it is found ${report?.status}`);
    },
  },
  {
    name: 'a late answer is an answer',
    async run(attempt) {
      const entry = resting(attempt);
      await attempt.venue.fault({ fault: 'lateAck', on: 'submit', ms: 800 });
      const { venueOrderId } = await attempt.broker.submit(entry);
      check(venueOrderId !== '', 'it names no order');
      await leftOnce(attempt, entry);
    },
  },
  {
    name: 'a fill that comes before the answer is told, and the answer still counts',
    async run(attempt) {
      const { broker, heard, order, venue } = attempt;
      const entry = order();
      await venue.fault({ fault: 'fillBeforeAck', on: 'submit' });
      const { venueOrderId } = await broker.submit(entry);
      await until('it is filled', () => filledOf(heard, entry) === entry.quantity);
      check(
        heard.fills.every((fill) => fill.venueOrderId === venueOrderId),
        'another order’s id',
      );
      await leftOnce(attempt, entry);
    },
  },
  {
    name: 'a cancel that loses the race against a fill hides no fill',
    async run(attempt) {
      const { broker, heard, order, off, venue } = attempt;
      const kind = { type: 'limit', price: off(-2), timeInForce: 'gtc', postOnly: false } as const;
      const entry = order({ kind });
      await broker.submit(entry);
      await venue.fault({ fault: 'cancelRacesFill', on: 'cancel' });
      await outcomeOf(attempt, broker.cancel(referenceOf(entry)));
      await until('the fill is told', () => filledOf(heard, entry) === entry.quantity);
      const report = await broker.findOrder(referenceOf(entry));
      check(report?.status === 'filled', `it is found ${report?.status}`);
    },
  },
  {
    name: 'an order rejected after it was taken is told and found so',
    async run(attempt) {
      const { broker, heard, venue } = attempt;
      const entry = resting(attempt);
      await venue.fault({ fault: 'rejectAfterAccept', on: 'submit' });
      await outcomeOf(attempt, broker.submit(entry));
      const ends: unknown[] = ['rejected', 'cancelled'];
      await until('its end is told', () => ends.includes(statusOf(heard, entry)));
      const report = await broker.findOrder(referenceOf(entry));
      check(report === null || ends.includes(report.status), `it is found ${report?.status}`);
    },
  },
  {
    name: 'over the venue’s rate: not sent, not tried again, and taken later',
    async run(attempt) {
      const { broker, venue } = attempt;
      const entry = resting(attempt);
      await venue.fault({ fault: 'rateLimit', on: 'submit' });
      await fails(attempt, broker.submit(entry), 'notSent');
      check((await ordersAtVenue(attempt, entry)) === 0, 'there is an order');
      await leftOnce(attempt, entry);
      await broker.submit(attempt.order({ ...entry }));
    },
  },
  ...(['notExecuted', 'executed'] as const).map((variant): ConformanceCase => ({
    name: `a server error (${variant}) decides nothing, and the placement is not tried again`,
    excuse: unless('answersHttp'),
    async run(attempt) {
      const { broker, venue } = attempt;
      const entry = resting(attempt);
      await venue.fault({ fault: 'serverError', on: 'submit', variant });
      await fails(attempt, broker.submit(entry), 'unknownOutcome');
      const report = await found(attempt, entry);
      const expected = variant === 'executed' ? 'working' : undefined;
      check(report?.status === expected, `it is found ${report?.status}`);
      await leftOnce(attempt, entry);
    },
  })),
  {
    name: 'a question that fails on a server error can be asked again',
    excuse: unless('answersHttp'),
    async run(attempt) {
      await attempt.venue.fault({ fault: 'serverError', on: 'listing', count: 10 });
      await fails(attempt, attempt.broker.openOrders(), 'unknownOutcome', 'notSent');
      await attempt.venue.clearFaults();
      await attempt.broker.openOrders();
    },
  },
  {
    name: 'clocks apart: not sent, and the text says so',
    excuse: unless('checksClock'),
    async run(attempt) {
      const entry = resting(attempt);
      await attempt.venue.fault({ fault: 'clockSkew', on: 'submit' });
      await fails(attempt, attempt.broker.submit(entry), 'notSent');
      check(attempt.said.at(-1)?.includes('clock') === true, 'the text does not name the clock');
      check((await ordersAtVenue(attempt, entry)) === 0, 'there is an order');
    },
  },
  {
    name: 'an expired key: not sent, and with a good one all goes on',
    excuse: unless('keysExpire'),
    async run(attempt) {
      const entry = resting(attempt);
      await attempt.venue.fault({ fault: 'tokenExpired', on: 'submit' });
      await fails(attempt, attempt.broker.submit(entry), 'notSent');
      check((await ordersAtVenue(attempt, entry)) === 0, 'there is an order');
      await attempt.broker.submit(resting(attempt));
    },
  },
  {
    name: 'a burst of questions makes no exit wait',
    async run(attempt) {
      const { broker, exit, hold, heard } = attempt;
      await hold();
      const asked = Array.from({ length: 60 }, () => outcomeOf(attempt, broker.openOrders()));
      const close = exit();
      const from = performance.now();
      await broker.submit(close);
      check(performance.now() - from < SOON_MS / 2, 'the exit waited');
      await until('it is filled', () => filledOf(heard, close) === close.quantity);
      await Promise.all(asked);
    },
  },
];
