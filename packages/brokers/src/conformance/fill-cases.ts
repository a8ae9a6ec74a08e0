import type { Fill, OrderRequest } from '@ballast/domain';
import {
  type Attempt,
  check,
  filledOf,
  fillsOf,
  newest,
  referenceOf,
  statusOf,
  until,
} from './attempt.ts';
import { type ConformanceCase, unless } from './case.ts';

/** A minute before the case: venues may tell executions in whole seconds. */
const SINCE_MS = 60_000;

async function listed({ broker }: Attempt, order: OrderRequest): Promise<Fill[]> {
  return fillsOf(await broker.executionsSince(Date.now() - SINCE_MS), order);
}

/** The listing brings each execution of the venue once, and no other. */
async function allListed(attempt: Attempt, order: OrderRequest): Promise<void> {
  const { executions } = await attempt.venue.state();
  const own = executions.filter((one) => one.clientOrderId === order.clientOrderId);
  check(own.length > 0, 'the venue has no execution of it');
  await until('every execution is listed', async () => {
    const rows = newest(await listed(attempt, order));
    return rows.size === own.length && sum(rows.values()) === order.quantity;
  });
}

function sum(fills: Iterable<Fill>): bigint {
  let total = 0n;
  for (const { quantity } of fills) total += quantity;
  return total;
}

const asText = ({ executionId, revision, price, quantity, fee, side }: Fill): string =>
  [executionId, revision, price, quantity, fee.amount, fee.currency, side].join(' ');

/** A fault of the stream about an order that fills; the stream may tell it in any way. */
async function filledUnder(
  attempt: Attempt,
  fault: Parameters<Attempt['venue']['fault']>[0],
): Promise<OrderRequest> {
  await attempt.venue.fault({ fault: 'partialFills', percent: 40, count: 2 });
  await attempt.venue.fault(fault);
  const price = attempt.off(5);
  const kind = { type: 'limit', price, timeInForce: 'gtc', postOnly: false } as const;
  const entry = attempt.order({ kind });
  await attempt.broker.submit(entry);
  await until('the venue has filled it', async () => {
    const { position } = await attempt.venue.state();
    if (position !== entry.quantity) await nudge(attempt);
    return position === entry.quantity;
  });
  return entry;
}

/** What is left of an order in parts trades with the next print. */
async function nudge({ venue, off, last }: Attempt): Promise<void> {
  await venue.price(off(1));
  await venue.price(last);
}

/** Executions by every channel: each once, with the same name and amounts. */
export const FILL_CASES: readonly ConformanceCase[] = [
  {
    name: 'stream and listings tell an execution by the same id, with the same amounts',
    async run(attempt) {
      const { broker, heard, hold } = attempt;
      const entry = await hold();
      await until('the stream and the listing agree', async () => {
        const told = [...newest(fillsOf(heard.fills, entry)).values()].map(asText);
        const since = [...newest(await listed(attempt, entry)).values()].map(asText);
        const own = [...newest(await broker.executionsOf(referenceOf(entry))).values()].map(asText);
        return [since, own].every((rows) => rows.toSorted().join() === told.toSorted().join());
      });
    },
  },
  {
    name: 'fees and currency of an execution are told',
    async run(attempt) {
      const entry = await attempt.hold();
      const currency = (await attempt.broker.balance()).currency;
      await allListed(attempt, entry);
      const fills = [...newest(await listed(attempt, entry)).values()];
      check(
        fills.every(({ fee }) => fee.currency === currency),
        'a fee is in another currency',
      );
    },
  },
  {
    name: 'an order filled in parts: each part is an execution, the sum is the order',
    async run(attempt) {
      const { broker, heard, order, off, venue } = attempt;
      await venue.fault({ fault: 'partialFills', percent: 40, count: 1_000 });
      const kind = { type: 'limit', price: off(5), timeInForce: 'gtc', postOnly: false } as const;
      const entry = order({ kind });
      await broker.submit(entry);
      await until('it is filled in parts', async () => {
        if (filledOf(heard, entry) < entry.quantity) await nudge(attempt);
        return filledOf(heard, entry) === entry.quantity;
      });
      check(newest(fillsOf(heard.fills, entry)).size > 1, 'there was only one part');
      await until('it is told as filled', () => statusOf(heard, entry) === 'filled');
      const parts = heard.reports.map(({ filledQuantityCum }) => filledQuantityCum);
      check(
        parts.every((part) => part <= entry.quantity),
        'a report has more than the order',
      );
      await allListed(attempt, entry);
    },
  },
  {
    name: 'a partly filled order that is cancelled ends with what was filled',
    async run(attempt) {
      const { broker, heard, order, off, venue } = attempt;
      await venue.fault({ fault: 'partialFills', percent: 40, count: 1_000 });
      const kind = { type: 'limit', price: off(5), timeInForce: 'gtc', postOnly: false } as const;
      const entry = order({ kind });
      await broker.submit(entry);
      await until('a part is filled', () => filledOf(heard, entry) > 0n);
      await broker.cancel(referenceOf(entry));
      await until('it is told as cancelled', () => statusOf(heard, entry) === 'cancelled');
      const found = await broker.findOrder(referenceOf(entry));
      const { position } = await venue.state();
      check(
        found?.filledQuantityCum === position,
        `filled is found as ${found?.filledQuantityCum}`,
      );
      check(filledOf(heard, entry) === position, 'the stream told of less');
    },
  },
  {
    name: 'a fill told twice has one id',
    async run(attempt) {
      const entry = await filledUnder(attempt, { fault: 'duplicateFill', on: 'fill', count: 9 });
      const { heard } = attempt;
      await until('all is told', () => filledOf(heard, entry) === entry.quantity);
      await allListed(attempt, entry);
    },
  },
  {
    name: 'fills told out of their order are all told',
    async run(attempt) {
      const entry = await filledUnder(attempt, { fault: 'reorderedFills', on: 'fill' });
      const { heard } = attempt;
      await until('all is told', () => filledOf(heard, entry) === entry.quantity);
      await allListed(attempt, entry);
    },
  },
  {
    name: 'a fill that the stream drops is in the listings',
    async run(attempt) {
      const entry = await filledUnder(attempt, { fault: 'droppedFill', on: 'fill', count: 9 });
      await allListed(attempt, entry);
      const own = newest(await attempt.broker.executionsOf(referenceOf(entry)));
      check(sum(own.values()) === entry.quantity, 'executions of the order lack one');
    },
  },
  {
    name: 'a late fill is told, under the id that the listing gave before',
    async run(attempt) {
      const { heard } = attempt;
      const late = { fault: 'lateFill', on: 'fill', ms: 700, count: 9 } as const;
      const entry = await filledUnder(attempt, late);
      const before = newest(await listed(attempt, entry));
      await until('all is told', () => filledOf(heard, entry) === entry.quantity);
      const told = newest(fillsOf(heard.fills, entry));
      check(
        [...before.keys()].every((id) => told.has(id)),
        'the ids differ',
      );
    },
  },
  {
    name: 'a corrected price comes as a higher revision of the same execution',
    excuse: unless('corrects'),
    async run(attempt) {
      const { broker, heard, order, venue } = attempt;
      await venue.fault({ fault: 'correctedFill', on: 'fill', variant: 'price' });
      const entry = order();
      await broker.submit(entry);
      const own = (): Fill[] => fillsOf(heard.fills, entry);
      await until('a price is corrected', () =>
        own().some((fill) => own().some((other) => isCorrection(other, fill))),
      );
      check(filledOf(heard, entry) === entry.quantity, 'the quantity has changed');
    },
  },
  {
    name: 'an execution taken back comes as a revision of quantity 0',
    excuse: unless('corrects'),
    async run(attempt) {
      const { broker, heard, order, venue } = attempt;
      await venue.fault({ fault: 'correctedFill', on: 'fill', variant: 'bust' });
      const entry = order();
      await broker.submit(entry);
      const isBust = (fill: Fill): boolean => fill.quantity === 0n && fill.revision > 0;
      await until('it is taken back', () => fillsOf(heard.fills, entry).some(isBust));
    },
  },
  {
    name: 'a state that nobody knows is told as unrecognised, with the venue’s word',
    async run(attempt) {
      const { broker, heard, order, off, venue } = attempt;
      venue.oddWords(true);
      const kind = { type: 'limit', price: off(-20), timeInForce: 'gtc', postOnly: false } as const;
      const entry = order({ kind });
      await broker.submit(entry);
      await until('the stream tells it', () => statusOf(heard, entry) === 'unrecognised');
      const found = await broker.findOrder(referenceOf(entry));
      check(found?.status === 'unrecognised', `it is found ${found?.status}`);
      check(found.reason !== '', 'the word is lost');
      const open = await broker.openOrders();
      const isListed = open.some(({ clientOrderId }) => clientOrderId === entry.clientOrderId);
      check(isListed, 'it is left out of the listing');
    },
  },
];

function isCorrection(later: Fill, fill: Fill): boolean {
  const sameOne = later.executionId === fill.executionId && later.revision > fill.revision;
  return sameOne && later.price !== fill.price && later.quantity === fill.quantity;
}
