import type { StoredRiskFacts } from '@ballast/db';
import { HEARTBEAT_LATE_MS, type InstrumentId, parseMoney, type Quote } from '@ballast/domain';
import {
  DEFAULT_RISK_LIMITS,
  holdingsOf,
  type RiskFacts,
  tradeFromJson,
  unattributedFromJson,
} from '@ballast/order-core';
import type { Portfolio } from '../live/portfolio.ts';

/** The limits that the gateway judges by. */
export const LIMITS = DEFAULT_RISK_LIMITS;

/**
 * The facts of this moment as the gateway would gather them: what is stored, and what the gateway
 * said of the account within the last seconds. One that has gone silent has said nothing.
 */
export function previewFacts(parts: {
  readonly stored: StoredRiskFacts;
  readonly portfolio: Portfolio | null;
  readonly quoteOf: (instrument: InstrumentId) => Quote | null;
  readonly now: number;
}): RiskFacts {
  const { stored, quoteOf, now } = parts;
  const { instrument, brake, history, coverage } = stored;
  const said = parts.portfolio;
  const portfolio = said === null || now - said.asOf > HEARTBEAT_LATE_MS ? null : said;
  const holdings = holdingsOf({
    trades: stored.openTradeStates.map(tradeFromJson),
    unattributed: stored.openUnattributedStates.flatMap(
      (state) => unattributedFromJson(state) ?? [],
    ),
    ledger: stored.ledger,
    instruments: new Map(stored.instruments.map((one) => [one.id, one])),
    quoteOf,
    balance: balanceOf(portfolio),
    balanceAt: portfolio?.balanceAt ?? 0,
  });
  return {
    ...holdings,
    ...{ now, limits: LIMITS, instrument, brake, history, coverage },
    quote: instrument === null ? null : quoteOf(instrument.id),
    frozen: stored.frozen ?? said?.behind ?? null,
    venue: portfolio?.venue ?? null,
  };
}

function balanceOf(portfolio: Portfolio | null): RiskFacts['balance'] {
  if (portfolio === null) return null;
  const { equity, available, currency } = portfolio;
  if (equity === null || available === null || currency === null) return null;
  return { equity: parseMoney(equity, currency), available: parseMoney(available, currency) };
}
