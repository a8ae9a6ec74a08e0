import type { Fill, OrderReport } from '@ballast/domain';
import { type Contract, EventName, type Order, type OrderState } from '@stoqey/ib';
import type { RateBudget } from '../rate-budget.ts';
import { type Answers, createAnswers } from './answers.ts';
import { CANCELLED, errorOfCode, meaningOf, ORDER_REJECTED, reasonOf, unclear } from './errors.ts';
import type { FeeBook } from './fee-book.ts';
import type { Link } from './link.ts';
import { attachListings, type Listings } from './listings.ts';
import type { OrderMemory } from './order-memory.ts';
import { createSentNumbers, type SentNumbers } from './sent-numbers.ts';
import { filledOf, type KnownOrder, readCommission, readExecution } from './wire.ts';
import { endStatusOf, readOrder, statusOf } from './wire.ts';

export type SessionHandlers = {
  onReport(report: OrderReport): void;
  onFill(fill: Fill): void;
  onBadMessage(code: string, detail: string): void;
  /** Of a listing; it is left out. */
  onBadRow(code: string, detail: string, raw?: string): void;
};

export type SessionOptions = {
  readonly clientId: number;
  readonly accountCode: string;
  readonly nextOrderId: number;
  /** What is not answered by then never will be. */
  readonly answerMs: number;
  /** Of TWS, for times written without a zone. */
  readonly timeZone: string;
  readonly budget: RateBudget;
  readonly fees: FeeBook;
  readonly orders: OrderMemory;
  now(): number;
};

/** What can be asked of the venue over one link, from its login to its end. */
export type Session = {
  readonly accountCode: string;
  /** The venue's own count; it may fall back, so it is only a lower bound. */
  readonly nextOrderId: number;
  readonly listings: Listings;
  /** A first listing: proves that questions are answered, and names the orders that are open. */
  prepare(): Promise<void>;
  /** Sends now; resolves with the venue's id once it shows the order. */
  place(orderId: number, contract: Contract, order: Order, known: KnownOrder): Promise<string>;
  cancel(orderId: number): Promise<void>;
  /** The venue surely has no order under this number, and would refuse it. */
  passedOver(orderId: number): boolean;
  onFault(id: number, code: number, text: string): void;
  stop(reason: string): void;
};

export function openSession(
  link: Link,
  options: SessionOptions,
  handlers: SessionHandlers & { onUnanswered(what: string): void },
): Session {
  const answers = createAnswers(options.answerMs, handlers.onUnanswered);
  const listings = attachListings(link, options, handlers);
  const numbers = createSentNumbers(options.nextOrderId, options.orders.highestShown());
  listenToOrders(link, options, handlers, { answers, listings, numbers });
  listenToExecutions(link, options, handlers, { answers, listings, numbers });
  return {
    accountCode: options.accountCode,
    nextOrderId: options.nextOrderId,
    listings,
    async prepare() {
      await listings.openOrders();
    },
    place(orderId, contract, order, known) {
      options.orders.placed(orderId, known);
      const answer = answers.acceptance(orderId);
      numbers.sent(orderId);
      link.api.placeOrder(orderId, contract, order);
      return answer;
    },
    cancel(orderId) {
      const answer = answers.cancellation(orderId);
      link.api.cancelOrder(orderId);
      return answer;
    },
    passedOver: (orderId) => numbers.passedOver(orderId),
    onFault(id, code, text) {
      if (listings.refuse(id, errorOfCode(code, text))) return;
      if (meaningOf(code) === 'notSent') numbers.turnedAway(id);
      const wasAwaited = answers.fault(id, code, text);
      const reason = reasonOf(code, text);
      if (code === ORDER_REJECTED || code === CANCELLED) options.orders.setReason(id, reason);
      if (wasAwaited || code === CANCELLED) return;
      if (code === ORDER_REJECTED) options.orders.setRefused(id);
      if (code === ORDER_REJECTED && tellRejected(id, reason, options, handlers)) return;
      handlers.onBadMessage(`IBKR_${code}`, text);
    },
    stop(reason) {
      const error = unclear('CONNECTION_LOST', reason);
      answers.stop(error);
      listings.stop(error);
    },
  };
}

type Inside = {
  readonly answers: Answers;
  readonly listings: Listings;
  readonly numbers: SentNumbers;
};

function listenToOrders(
  { api, safely }: Link,
  options: SessionOptions,
  handlers: SessionHandlers,
  { answers, listings, numbers }: Inside,
): void {
  const { orders, clientId, accountCode, now } = options;
  const onOrder = (id: number, contract: Contract, sent: Order, state: OrderState): void => {
    const order = readOrder(contract, sent);
    if (order.clientId === clientId && id > 0) numbers.shown(id);
    if (order.account !== '' && order.account !== accountCode) return;
    const ownId = order.clientId === clientId && id > 0 ? id : null;
    orders.learn(order.permId, ownId, order);
    const { permId, clientId: sender } = order;
    listings.sawOrder({ order, permId, clientId: sender, orderId: id });
    if (ownId !== null) answers.seen(ownId, order.permId, state.status);
  };
  api.on(EventName.openOrder, safely('openOrder', listings.readingOrders(onOrder)));
  const onStatus = (
    id: number,
    word: string,
    filledNow: number,
    _remaining: number,
    _average: number,
    permId = 0,
    _parent = 0,
    _lastPrice = 0,
    client = -1,
  ): void => {
    const filled = filledOf(filledNow);
    const ownId = client === clientId && id > 0 ? id : null;
    if (ownId !== null) answers.seen(ownId, permId, word);
    listings.sawOrder({ permId, clientId: client, orderId: id, word, filled });
    const known = orders.find(permId, ownId);
    // Another account's, or one that the next listing will name.
    if (known === undefined || permId <= 0) return;
    const read = orders.isRefused(ownId) ? endStatusOf : statusOf;
    const { status, raw } = read(word, filled);
    if (!orders.note(permId, ownId, { status, filled })) return;
    handlers.onReport({
      ...plain(known),
      venueOrderId: String(permId),
      status,
      filledQuantityCum: filled,
      reason: raw === '' ? orders.reasonOf(ownId) : raw,
      eventTime: now(),
    });
  };
  api.on(EventName.orderStatus, safely('orderStatus', onStatus));
}

function listenToExecutions(
  { api, safely }: Link,
  { fees, clientId, accountCode, timeZone }: SessionOptions,
  handlers: SessionHandlers,
  { answers, listings }: Inside,
): void {
  api.on(
    EventName.execDetails,
    safely('execDetails', (requestId: number, contract: Contract, told: object) => {
      const listed = listings.isExecutions(requestId);
      if (listed) return listings.sawExecution(contract, told);
      const execution = readExecution(contract, told, timeZone);
      if (execution.account !== accountCode) return undefined;
      if (execution.clientId === clientId) {
        answers.seen(execution.orderId, Number(execution.venueOrderId), 'Executed');
      }
      return handlers.onFill(fees.fill(execution));
    }),
  );
  api.on(
    EventName.commissionReport,
    safely('commissionReport', (report: object) => {
      const commission = readCommission(report);
      const fill = commission === null ? null : fees.commission(commission.id, commission.fee);
      if (fill !== null) handlers.onFill(fill);
    }),
  );
}

/** A message about an order that was shown before; false when it was not. */
function tellRejected(
  orderId: number,
  reason: string,
  { orders, now }: SessionOptions,
  handlers: SessionHandlers,
): boolean {
  const last = orders.lastTold(orderId);
  const known = last === undefined ? undefined : orders.find(last.permId, orderId);
  if (last === undefined || known === undefined) return false;
  const status = last.filled === 0n ? 'rejected' : 'cancelled';
  if (!orders.note(last.permId, orderId, { status, filled: last.filled })) return true;
  handlers.onReport({
    ...plain(known),
    venueOrderId: String(last.permId),
    status,
    filledQuantityCum: last.filled,
    reason,
    eventTime: now(),
  });
  return true;
}

/** Only what a report has: an order message holds more. */
function plain({ clientOrderId, instrument, side, quantity }: KnownOrder): KnownOrder {
  return { clientOrderId, instrument, side, quantity };
}
