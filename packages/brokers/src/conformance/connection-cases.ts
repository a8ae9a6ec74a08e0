import { setTimeout as delay } from 'node:timers/promises';
import type { OrderRequest } from '@ballast/domain';
import {
  type Attempt,
  check,
  fails,
  filledOf,
  fillsOf,
  newest,
  ordersAtVenue,
  outcomeOf,
  referenceOf,
  SOON_MS,
  statusOf,
  until,
} from './attempt.ts';
import { type ConformanceCase, unless } from './case.ts';

/** A connection that tells nothing any more is left within this. */
const DETECTED_WITHIN_MS = 25_000;
/** A venue that is back is connected to within this. */
const BACK_WITHIN_MS = 45_000;
/** Longer than any adapter waits before it connects anew: what was queued would leave. */
const QUEUE_SHOWS_MS = 1_500;

const resting = ({ order, off }: Attempt, perMille = -20): OrderRequest =>
  order({ kind: { type: 'limit', price: off(perMille), timeInForce: 'gtc', postOnly: false } });

async function liveAgain({ heard }: Attempt, lives: number): Promise<void> {
  await until('the stream is live again', () => heard.lives > lives, BACK_WITHIN_MS);
}

/** A question is answered: whatever was broken is made anew. */
async function answers(attempt: Attempt): Promise<void> {
  const asked = async () => (await outcomeOf(attempt, attempt.broker.openOrders())).ok;
  await until('questions are answered', asked, BACK_WITHIN_MS);
}

/** All executions that the venue has of an order are in the listing. */
async function broughtBy(attempt: Attempt, order: OrderRequest): Promise<void> {
  const { broker } = attempt;
  await until('the listing brings what was missed', async () => {
    const rows = newest(fillsOf(await broker.executionsSince(Date.now() - 120_000), order));
    return [...rows.values()].reduce((sum, { quantity }) => sum + quantity, 0n) === order.quantity;
  });
}

const unheard = (fault: 'silentSocket' | 'halfOpenSocket', name: string): ConformanceCase => ({
  name,
  async run(attempt) {
    const { heard, venue } = attempt;
    const { lives } = heard;
    await venue.fault({ fault, ms: DETECTED_WITHIN_MS + 10_000 });
    // Something to be told of: a stream without news may be quiet.
    await outcomeOf(attempt, attempt.broker.submit(resting(attempt)));
    await until('it is left', () => heard.downs.length > 0, DETECTED_WITHIN_MS);
    await venue.clearFaults();
    await liveAgain(attempt, lives);
    await answers(attempt);
  },
});

async function restarted(attempt: Attempt, fault: string): Promise<OrderRequest> {
  const { broker, heard, venue } = attempt;
  const order = resting(attempt);
  await broker.submit(order);
  await until('it is working', () => statusOf(heard, order) === 'working');
  const { lives } = heard;
  await venue.fault({ fault, ms: 1_000 });
  await until('the stream is told as down', () => heard.downs.length > 0, DETECTED_WITHIN_MS);
  await liveAgain(attempt, lives);
  await answers(attempt);
  return order;
}

/** What becomes of connections, and that nothing is missed over them. */
export const CONNECTION_CASES: readonly ConformanceCase[] = [
  {
    name: 'no order leaves while the venue cannot be reached, nor afterwards',
    async run(attempt) {
      const { broker, heard, venue } = attempt;
      const [entry, { lives }] = [resting(attempt), heard];
      await venue.reachable(false);
      await until('the stream is told as down', () => heard.downs.length > 0, DETECTED_WITHIN_MS);
      await fails(attempt, broker.submit(entry), 'notSent');
      await fails(attempt, broker.cancel(referenceOf(entry)), 'notSent', 'unknownOutcome');
      await fails(attempt, broker.openOrders(), 'notSent', 'unknownOutcome');
      await venue.reachable(true);
      await liveAgain(attempt, lives);
      await delay(QUEUE_SHOWS_MS);
      check((await venue.placementsOf(entry.clientOrderId)) === 0, 'it left afterwards');
      check((await ordersAtVenue(attempt, entry)) === 0, 'there is an order');
    },
  },
  {
    name: 'a broken stream is told as down and live again; the listing brings what it missed',
    async run(attempt) {
      const { broker, heard, off, venue } = attempt;
      const entry = resting(attempt, -5);
      await broker.submit(entry);
      await until('it is working', () => statusOf(heard, entry) === 'working');
      const { lives } = heard;
      await venue.reachable(false);
      await until('the stream is told as down', () => heard.downs.length > 0, DETECTED_WITHIN_MS);
      await venue.price(off(-10));
      check((await venue.state()).position === entry.quantity, 'it was not filled');
      await venue.reachable(true);
      await liveAgain(attempt, lives);
      await answers(attempt);
      await broughtBy(attempt, entry);
    },
  },
  {
    name: 'a stream opened after an execution does not need to tell it: the listing does',
    connected: false,
    async run(attempt) {
      attempt.openStream();
      await until('the stream is live', () => attempt.heard.lives > 0, BACK_WITHIN_MS);
      const entry = await attempt.hold();
      attempt.closeStream();
      attempt.openStream();
      await until('the stream is live', () => attempt.heard.lives > 1, BACK_WITHIN_MS);
      await broughtBy(attempt, entry);
    },
  },
  {
    name: 'all connections break at once: live again, and orders are taken',
    async run(attempt) {
      const { heard, venue } = attempt;
      const { lives } = heard;
      await venue.breakConnections();
      await until('the stream is told as down', () => heard.downs.length > 0, DETECTED_WITHIN_MS);
      await liveAgain(attempt, lives);
      await attempt.hold();
    },
  },
  {
    name: 'a connection that breaks amid its news loses none: the listing has them',
    async run(attempt) {
      const { broker, heard, order, venue } = attempt;
      const { lives } = heard;
      await venue.fault({ fault: 'midBatchDisconnect', on: 'fill' });
      const entry = order();
      await outcomeOf(attempt, broker.submit(entry));
      await until('the stream is told as down', () => heard.downs.length > 0, DETECTED_WITHIN_MS);
      await liveAgain(attempt, lives);
      await answers(attempt);
      await broughtBy(attempt, entry);
    },
  },
  unheard('halfOpenSocket', 'a half-open connection is left within its bound'),
  unheard('silentSocket', 'a connection that is open and mute is left within its bound'),
  {
    name: 'the venue’s daily restart: down, live again, and what rested still rests',
    async run(attempt) {
      const order = await restarted(attempt, 'dailyRestart');
      const found = await attempt.broker.findOrder(referenceOf(order));
      check(found?.status === 'working', `it is found ${found?.status}`);
      await attempt.hold();
    },
  },
  {
    name: 'the venue’s own count falls back: a new order still gets an id of its own',
    excuse: unless('countsInSession'),
    async run(attempt) {
      const order = await restarted(attempt, 'sessionIdRollBack');
      const next = resting(attempt);
      await attempt.broker.submit(next);
      const open = (await attempt.broker.openOrders()).map(({ clientOrderId }) => clientOrderId);
      const both = [order, next].every(({ clientOrderId }) => open.includes(clientOrderId));
      check(both, 'one took the place of the other');
    },
  },
  {
    name: 'the venue lost its working orders: none is told as working',
    async run(attempt) {
      const order = await restarted(attempt, 'stateLost');
      const found = await attempt.broker.findOrder(referenceOf(order));
      check(found?.status !== 'working', 'it is found working');
      const open = await attempt.broker.openOrders();
      check(
        open.every(({ clientOrderId }) => clientOrderId !== order.clientOrderId),
        'it is listed',
      );
    },
  },
  {
    name: 'a listing that is behind is told as it is; the next one is fresh',
    async run(attempt) {
      const { broker, heard, venue } = attempt;
      const entry = resting(attempt);
      await broker.submit(entry);
      await until('it is working', () => statusOf(heard, entry) === 'working');
      const isListed = async (): Promise<boolean> =>
        (await broker.openOrders()).some(
          ({ clientOrderId }) => clientOrderId === entry.clientOrderId,
        );
      await venue.fault({ fault: 'staleListing', ms: 60_000, count: 1 });
      check(!(await isListed()), 'the stale listing has it');
      check(await isListed(), 'the fresh listing lacks it');
      check(statusOf(heard, entry) === 'working', 'its last state was changed by a stale listing');
    },
  },
  {
    name: 'a listing of executions that is behind brings the rest the next time',
    async run(attempt) {
      const { broker, heard, order, venue } = attempt;
      const entry = order();
      await broker.submit(entry);
      await until('it is filled', () => filledOf(heard, entry) === entry.quantity);
      await venue.fault({ fault: 'staleListing', ms: 60_000, count: 1 });
      const stale = fillsOf(await broker.executionsSince(Date.now() - 60_000), entry);
      check(stale.length === 0, 'the stale listing has it');
      await broughtBy(attempt, entry);
    },
  },
  {
    name: 'a login that the venue refuses sends nothing and is told',
    connected: false,
    async run(attempt) {
      const { order, said, venue } = attempt;
      const stranger = venue.openStranger((text) => void said.push(text));
      const entry = order();
      const news: string[] = [];
      const stream = stranger.openStream({
        onLive: () => void news.push('live'),
        onDown: (reason) => void news.push(reason),
        onReport: () => undefined,
        onFill: () => undefined,
        onBadMessage: (code, detail) => void news.push(`${code} ${detail}`),
      });
      try {
        await until('it is told', () => news.length > 0, 2 * SOON_MS);
        const broker: Attempt['broker'] = stranger;
        await fails(attempt, broker.submit(entry), 'notSent', 'unknownOutcome');
        await fails(attempt, broker.balance(), 'notSent', 'unknownOutcome');
      } finally {
        stream.close();
        said.push(...news);
      }
      check(!news.includes('live'), 'it became live');
      check((await ordersAtVenue(attempt, entry)) === 0, 'there is an order');
    },
  },
  {
    name: 'nothing that an adapter said in any case before holds a secret',
    async run({ said, venue }) {
      const told = said.join('\n');
      check(told.length > 0, 'nothing was said');
      const lost = venue.secrets.filter((secret) => told.includes(secret));
      check(lost.length === 0, `${lost.length} secrets were told`);
    },
  },
];
