import { type Broker, BrokerError, type OrderReference } from '@ballast/brokers';
import { type RiskApproved, tradeOfClientOrderId } from '@ballast/domain';
import { toJson } from '@ballast/order-core';
import type { Journal } from '../journal/journal.ts';
import type { AuditRow } from '../journal/work.ts';

/** The requests of a Broker; its stream is not a call. */
export type BrokerCalls = Omit<Broker, 'openStream' | 'submit'> & {
  /** `leaveBefore` epoch ms. @throws BrokerError notSent WAITED_TOO_LONG from then on */
  submit(order: RiskApproved, leaveBefore: number): Promise<{ venueOrderId: string }>;
};

/**
 * The same broker with a row in the audit chain before and after each call. The row before is
 * durable before the request leaves; the row after is on its way before the caller sees the answer,
 * so it cannot be committed later than what the caller makes of it.
 */
export function auditedBroker(
  broker: Broker,
  journal: Pick<Journal, 'write'>,
  tools: { now: () => number; newId: () => string },
): BrokerCalls {
  async function call<T>(
    name: string,
    tradeId: string | null,
    request: unknown,
    send: () => Promise<T>,
    told: (answer: T) => unknown = (answer) => answer,
  ): Promise<T> {
    const callId = tools.newId();
    const row = (kind: string, data: unknown): AuditRow => {
      return {
        at: tools.now(),
        kind,
        callId,
        tradeId,
        data: toJson({ call: name, ...wrap(data) }),
      };
    };
    await journal.write({ type: 'audit', row: row('brokerRequest', { request }) });
    try {
      const answer = await send();
      after(journal, row('brokerResponse', { answer: told(answer) ?? null }));
      return answer;
    } catch (error) {
      const { kind, code, message } = brokerErrorOf(error);
      after(journal, row('brokerResponse', { error: { kind, code, message } }));
      throw error;
    }
  }
  return {
    venue: broker.venue,
    account: broker.account,
    capabilities: broker.capabilities,
    submit: (order, leaveBefore) =>
      call('submit', order.tradeId, order, async () => {
        // Looked at after the row before is durable: a database that was away may have taken long.
        if (tools.now() < leaveBefore) return broker.submit(order);
        throw new BrokerError('notSent', 'WAITED_TOO_LONG', 'not sent in time');
      }),
    cancel: (order) => call('cancel', tradeOf(order), order, () => broker.cancel(order)),
    findOrder: (order) => call('findOrder', tradeOf(order), order, () => broker.findOrder(order)),
    executionsOf: (order) =>
      call('executionsOf', tradeOf(order), order, () => broker.executionsOf(order)),
    openOrders: () => call('openOrders', null, null, () => broker.openOrders(), counted),
    executionsSince: (since) =>
      call('executionsSince', null, { since }, () => broker.executionsSince(since), counted),
    positions: () => call('positions', null, null, () => broker.positions()),
    balance: () => call('balance', null, null, () => broker.balance()),
  };
}

/**
 * A listing comes every few seconds and its news are audited one by one as they are booked: only
 * its size is kept.
 */
function counted(rows: readonly unknown[]): unknown {
  return { rows: rows.length };
}

/**
 * The journal ends the process itself when it cannot write;
 * there is nobody here to tell a second time.
 */
function after(journal: Pick<Journal, 'write'>, row: AuditRow): void {
  journal.write({ type: 'audit', row }).catch(() => undefined);
}

function tradeOf(order: OrderReference): string | null {
  return tradeOfClientOrderId(order.clientOrderId);
}

function wrap(data: unknown): object {
  return typeof data === 'object' && data !== null ? data : { data };
}

function brokerErrorOf(error: unknown): BrokerError {
  if (error instanceof BrokerError) return error;
  return new BrokerError('unknownOutcome', 'UNEXPECTED', String(error));
}
