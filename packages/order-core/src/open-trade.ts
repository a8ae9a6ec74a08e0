import type { Instrument, Quantity, TradeId, TradePlan, VenueCapabilities } from '@ballast/domain';
import { approveEntry } from './approve.ts';
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
  capabilities: VenueCapabilities;
  verdicts: readonly RuleVerdict[];
  at: number;
}): StepResult {
  const { id, account, plan, instrument, capabilities, verdicts, at } = input;
  const planned: Trade = {
    version: 2,
    id,
    account,
    instrument,
    capabilities,
    plan,
    status: 'planned',
    createdAt: at,
    endedAt: null,
    endReason: null,
    closing: null,
    entryStopped: null,
    stopLevel: plan.stop,
    trailedFrom: null,
    scaleOutCum: 0n as Quantity,
    taking: [],
    orders: {},
    fills: [],
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
  return submitting(opened, approveEntry(planned), at);
}
