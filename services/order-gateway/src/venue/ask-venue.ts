import { BrokerError } from '@ballast/brokers';
import type { ClientOrderId } from '@ballast/domain';
import { SUBMIT_ANSWER_MS, type TradeEffect, type TradeInput } from '@ballast/order-core';
import type { FillChannel } from '../journal/work.ts';
import type { BrokerCalls } from './audited-broker.ts';

/** An adapter's rate budget may hold a request for this long after it was let go. */
const BUDGET_WAIT_MAX_MS = 2_000;
/** So that no request leaves after the order core has begun to ask for its order. */
const LEAVE_WITHIN_MS = SUBMIT_ANSWER_MS - BUDGET_WAIT_MAX_MS;

/** What the order core is told of one request; a fill also says by which channel it came. */
export type Answer = { readonly input: TradeInput; readonly channel?: FillChannel };
type Submit = Extract<TradeEffect, { type: 'submit' }>;
type Cancel = Extract<TradeEffect, { type: 'cancel' }>;
type Query = Extract<TradeEffect, { type: 'query' }>;
type Tools = {
  readonly now: () => number;
  readonly log: { error(fields: object, message: string): void };
};

/**
 * Carries out one effect and says what came of it. Never decides anything: an unclear answer goes
 * back as unclear.
 * @param promisedAt when the commit promised it, epoch ms
 */
export async function askVenue(
  broker: BrokerCalls,
  effect: TradeEffect,
  promisedAt: number,
  tools: Tools,
): Promise<Answer[]> {
  switch (effect.type) {
    case 'submit':
      return [{ input: await submit(broker, effect, promisedAt, tools) }];
    case 'cancel':
      return cancel(broker, effect, tools);
    case 'query':
      return query(broker, effect, tools);
    default:
      return effect satisfies never;
  }
}

async function submit(
  broker: BrokerCalls,
  { order }: Submit,
  promisedAt: number,
  { now, log }: Tools,
): Promise<TradeInput> {
  const { clientOrderId } = order;
  // By now the order core has begun to ask for it: sending it after a proven "not found" would
  // make a ghost.
  if (now() - promisedAt >= LEAVE_WITHIN_MS) {
    return { type: 'submitNotSent', at: now(), clientOrderId, reason: 'WAITED_TOO_LONG' };
  }
  try {
    const { venueOrderId } = await broker.submit(order, promisedAt + LEAVE_WITHIN_MS);
    return { type: 'submitAccepted', at: now(), clientOrderId, venueOrderId };
  } catch (error) {
    tellUnexpected(error, clientOrderId, log);
    return submitFailure(error, clientOrderId, now());
  }
}

function submitFailure(error: unknown, clientOrderId: ClientOrderId, at: number): TradeInput {
  if (!(error instanceof BrokerError)) {
    return { type: 'submitUnclear', at, clientOrderId, reason: `UNEXPECTED: ${String(error)}` };
  }
  const reason = `${error.code}: ${error.message}`;
  switch (error.kind) {
    case 'rejected':
      return { type: 'submitRefused', at, clientOrderId, reason };
    case 'notSent':
      return { type: 'submitNotSent', at, clientOrderId, reason };
    case 'unknownOutcome':
      return { type: 'submitUnclear', at, clientOrderId, reason };
    default:
      return error.kind satisfies never;
  }
}

/**
 * A Broker rejects with a BrokerError only: anything else is a fault of ours. As text, since an
 * error of the SDK that came this far would hold key and secret.
 */
function tellUnexpected(error: unknown, clientOrderId: ClientOrderId, log: Tools['log']): void {
  if (error instanceof BrokerError) return;
  log.error({ reason: String(error), clientOrderId }, 'a request to the venue failed unexpectedly');
}

/** Whatever went wrong, the order itself has to be asked for. */
async function cancel(broker: BrokerCalls, effect: Cancel, { now, log }: Tools): Promise<Answer[]> {
  try {
    await broker.cancel(effect);
    return [];
  } catch (error) {
    const { clientOrderId } = effect;
    tellUnexpected(error, clientOrderId, log);
    return [{ input: { type: 'cancelUnclear', at: now(), clientOrderId } }];
  }
}

/** State, then executions; told in the other order, so that no end is booked before its fills. */
async function query(broker: BrokerCalls, effect: Query, { now, log }: Tools): Promise<Answer[]> {
  const { clientOrderId, instrument } = effect;
  const reference = { clientOrderId, instrument, venueOrderId: null };
  const askedAt = now();
  try {
    const report = await broker.findOrder(reference);
    if (report === null) {
      return [{ input: { type: 'notFound', at: now(), askedAt, clientOrderId } }];
    }
    const fills = report.filledQuantityCum > 0n ? await broker.executionsOf(reference) : [];
    const booked = fills.map((fill): Answer => {
      return { input: { type: 'fill', at: now(), fill }, channel: 'query' };
    });
    return [...booked, { input: { type: 'report', at: now(), report } }];
  } catch (error) {
    tellUnexpected(error, clientOrderId, log);
    // No answer proves nothing; the order core's clock asks again.
    return [];
  }
}
