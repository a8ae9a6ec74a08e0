import {
  COMMAND_LIFETIME_MAX_MS,
  parseScaled,
  QUOTE_STALE_AFTER_MS,
  SIGNAL_COVERAGE_MS,
} from '@ballast/domain';

/**
 * What the pre-trade rules hold a plan against. Data, so that a decision can be judged again by the
 * limits of its day. Shares are of the equity, at scale 18.
 */
export type RiskLimits = {
  /** What one trade may lose at its stop. */
  readonly riskPerTradeShareMax: bigint;
  /** One position's notional. */
  readonly positionShareMax: bigint;
  /** Notional of all open trades together, the planned one included. */
  readonly instrumentShareMax: bigint;
  readonly sectorShareMax: bigint;
  /** Of one strategy; tickets are no strategy. */
  readonly strategyShareMax: bigint;
  readonly accountShareMax: bigint;
  readonly openTradesMax: number;
  /** Furthest that a price of the plan may be from the last price, as a share of it. */
  readonly priceBand: bigint;
  readonly quoteStaleAfterMs: number;
  /** Realised loss of the UTC day at which no more is risked. */
  readonly dailyLossShareMax: bigint;
  /** A smaller loss is a scratch: it neither counts towards a streak nor ends one. */
  readonly scratchShare: bigint;
  /** This many losing trades in a row bring a pause of `lossCooldownMs` after the last of them. */
  readonly lossStreakMax: number;
  readonly lossCooldownMs: number;
  /** The same plan again within this time is a mistake. */
  readonly duplicateWithinMs: number;
  /** No new trade this long before the venue goes quiet: its exits need the venue. */
  readonly quietLeadMs: number;
  /** So far back no 1-minute bar may be missing: what a strategy has seen. */
  readonly signalCoverageMs: number;
  /** The same for a ticket: what the operator had before their eyes. */
  readonly ticketCoverageMs: number;
  /** Missing bars are known no later than this while market-data looks for them. */
  readonly coverageLookMaxMs: number;
};

export const DEFAULT_RISK_LIMITS: RiskLimits = {
  riskPerTradeShareMax: parseScaled('0.02'),
  positionShareMax: parseScaled('0.15'),
  instrumentShareMax: parseScaled('0.15'),
  sectorShareMax: parseScaled('0.3'),
  strategyShareMax: parseScaled('0.5'),
  accountShareMax: parseScaled('1'),
  openTradesMax: 10,
  priceBand: parseScaled('0.2'),
  quoteStaleAfterMs: QUOTE_STALE_AFTER_MS,
  dailyLossShareMax: parseScaled('0.06'),
  scratchShare: parseScaled('0.001'),
  lossStreakMax: 4,
  lossCooldownMs: 3_600_000,
  // As long as a command may live: a retry of the asker comes within it, under a new id.
  duplicateWithinMs: COMMAND_LIFETIME_MAX_MS,
  quietLeadMs: 60_000,
  signalCoverageMs: SIGNAL_COVERAGE_MS,
  ticketCoverageMs: 15 * 60_000,
  // A bar has a minute and its patience, and a look at hundreds of instruments takes its time.
  coverageLookMaxMs: 5 * 60_000,
};

/** The longest stretch in which a missing bar may matter. */
export function coverageSpanMs(limits: RiskLimits): number {
  return Math.max(limits.signalCoverageMs, limits.ticketCoverageMs);
}
