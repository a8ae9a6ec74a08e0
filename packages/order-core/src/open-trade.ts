import type { Instrument, TradeId, TradePlan } from '@ballast/domain';
import { approveOrder } from './approve.ts';
import { flat } from './ledger.ts';
import type { TradeEffect, TradeEvent } from './messages.ts';
import { submitting } from './order-changes.ts';
import { isDenied, type RuleVerdict } from './risk/assess.ts';
import type { Trade } from './trade.ts';

export type StepResult = {
  readonly trade: Trade;
  readonly events: readonly TradeEvent[];
  readonly effects: readonly TradeEffect[];
};

/**
 * The first step of a trade. A plan that a rule denied becomes a `denied` trade with its verdicts
 * and nothing at the venue; one that passed has its entry order stored as intent and asks for it to
 * be sent.
 */
export function openTrade(input: {
  id: TradeId;
  account: string;
  plan: TradePlan;
  instrument: Instrument;
  verdicts: readonly RuleVerdict[];
  at: number;
}): StepResult {
  const { id, account, plan, instrument, verdicts, at } = input;
  const planned: Trade = {
    version: 1,
    id,
    account,
    instrument,
    plan,
    status: 'planned',
    createdAt: at,
    endedAt: null,
    endReason: null,
    closing: null,
    orders: {},
    executionIds: [],
    mismatchedExecutionIds: [],
    position: flat(instrument.quoteCurrency),
    unprotectedSince: null,
    incident: null,
  };
  if (isDenied(verdicts)) {
    const reason = verdicts
      .filter((verdict) => verdict.outcome === 'deny')
      .map((verdict) => verdict.rule)
      .join(', ');
    return {
      trade: { ...planned, status: 'denied', endedAt: at, endReason: reason },
      events: [
        { type: 'tradeDenied', verdicts },
        { type: 'statusChanged', from: 'planned', to: 'denied' },
      ],
      effects: [],
    };
  }
  const opened: StepResult = {
    trade: { ...planned, status: 'entering' },
    events: [
      { type: 'tradeOpened', verdicts },
      { type: 'statusChanged', from: 'planned', to: 'entering' },
    ],
    effects: [],
  };
  return submitting(opened, approveOrder(planned, 'entry', 0, plan.quantity), at);
}
