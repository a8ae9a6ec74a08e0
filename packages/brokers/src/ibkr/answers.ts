import { BrokerError } from '../broker-error.ts';
import { errorOfCode, meaningOf, unclear } from './errors.ts';

type Pending = {
  readonly timer: NodeJS.Timeout;
  /** What the venue said meanwhile that decides nothing. */
  remark: string;
  resolve(venueOrderId: string): void;
  reject(error: BrokerError): void;
};

export type Answers = {
  /** Resolves with the venue's order id once the venue shows the order. */
  acceptance(orderId: number): Promise<string>;
  /** Resolves once the venue has taken the cancel. */
  cancellation(orderId: number): Promise<void>;
  /** An order or an execution of ours, as the venue shows it; `status` in its own words. */
  seen(orderId: number, permId: number, status: string): void;
  /** @returns whether anybody waited for it */
  fault(orderId: number, code: number, text: string): boolean;
  stop(error: BrokerError): void;
};

/** Ended before the venue acknowledged it. */
const NEVER_TAKEN = 'ApiCancelled';
/** Refused, or taken and held back: only the code that comes with it says which. */
const HELD = 'Inactive';
/** The venue's refusals of a cancel; they say nothing about a placement. */
const ABOUT_CANCELS = new Set([135, 136, 161, 10147, 10148]);
const CANCEL_TAKEN = new Set(['PendingCancel', 'Cancelled', 'ApiCancelled']);

/**
 * Who waits for which order. The venue does not answer requests; it shows orders, and an answer is
 * what it shows of this one.
 */
export function createAnswers(answerMs: number, onUnanswered: (what: string) => void): Answers {
  const placed = new Map<number, Pending>();
  const cancelled = new Map<number, Pending>();

  const wait = async (
    waiters: Map<number, Pending>,
    orderId: number,
    what: string,
  ): Promise<string> => {
    // The same request twice: both get the answer of the second.
    settle(waiters, orderId)?.reject(unclear('ASKED_AGAIN', `${what} was sent again`));
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    const timer = setTimeout(() => {
      const remark = settle(waiters, orderId)?.remark ?? '';
      reject(unclear('NO_ANSWER', `${what} not answered within ${answerMs} ms${remark}`));
      // What was remarked on has arrived, and the venue is there: nothing is left to be cut off.
      if (remark === '') onUnanswered(what);
    }, answerMs);
    waiters.set(orderId, { timer, remark: '', resolve, reject });
    return promise;
  };

  return {
    acceptance: (orderId) => wait(placed, orderId, 'submit'),
    async cancellation(orderId) {
      await wait(cancelled, orderId, 'cancel');
    },
    seen(orderId, permId, status) {
      if (CANCEL_TAKEN.has(status)) settle(cancelled, orderId)?.resolve('');
      if (status === 'Filled') {
        settle(cancelled, orderId)?.reject(refusal('ORDER_FILLED', 'the order has filled'));
      }
      if (status === NEVER_TAKEN) {
        settle(placed, orderId)?.reject(refusal(`IBKR_${status}`, 'the venue did not take it'));
      }
      // Before the venue has given its own id, the order is nowhere but in its front end.
      if (permId > 0 && status !== HELD) settle(placed, orderId)?.resolve(String(permId));
    },
    fault(orderId, code, text) {
      const waiters = ABOUT_CANCELS.has(code) || !placed.has(orderId) ? cancelled : placed;
      const waiter = waiters.get(orderId);
      if (waiter === undefined) return false;
      const meaning = meaningOf(code);
      if (meaning === 'undecided') waiter.remark = ` (IBKR_${code}: ${text})`;
      else if (meaning !== 'cancelled') settle(waiters, orderId)?.reject(errorOfCode(code, text));
      else if (waiters === cancelled) settle(cancelled, orderId)?.resolve('');
      else settle(placed, orderId)?.reject(refusal(`IBKR_${code}`, text));
      return true;
    },
    stop(error) {
      for (const waiters of [placed, cancelled]) {
        for (const orderId of waiters.keys()) settle(waiters, orderId)?.reject(error);
      }
    },
  };
}

function settle(waiters: Map<number, Pending>, orderId: number): Pending | undefined {
  const waiter = waiters.get(orderId);
  if (waiter !== undefined) clearTimeout(waiter.timer);
  waiters.delete(orderId);
  return waiter;
}

function refusal(code: string, message: string): BrokerError {
  return new BrokerError('rejected', code, message);
}
