export { type AuditDifference, compareWithTables, type Span } from './audit-compare.ts';
export { type AuditFact, AuditFold, rebuildFromAudit } from './audit-rebuild.ts';
export * from './brake.ts';
export { brakeFromStored, storedBrake, type StoredBrake } from './brake-stored.ts';
export * from './ledger.ts';
export * from './messages.ts';
export { openTrade, type StepResult } from './open-trade.ts';
export { isNews } from './fill-news.ts';
export { isLongBehind } from './missing-fills.ts';
export { isLive, leavesQuantity, type Order, unbookedQuantity, venueOrderIdOf } from './order.ts';
export * from './unattributed.ts';
export { assess, isDenied, type RuleVerdict } from './risk/assess.ts';
export { expectedEntry, exposureOf, type HeldTrade } from './risk/exposure.ts';
export {
  type KnownCoverage,
  type OpenExposure,
  quotedPrice,
  type RecentPlan,
  type RiskFacts,
  type TradingHistory,
} from './risk/facts.ts';
export { holdingsOf } from './risk/holdings.ts';
export { coverageSpanMs, DEFAULT_RISK_LIMITS, type RiskLimits } from './risk/limits.ts';
export { sizeByRisk } from './risk/sizing.ts';
export { marketPlan, type SizedTrade, type SizingInput, sizeTrade } from './risk/trade-size.ts';
export { heedsPrice } from './market.ts';
export { isTakeable, nearestScaleOuts, restTooSmall, scaleOutRoom } from './scale-out.ts';
export { settleToTrade } from './settle-to-trade.ts';
export { slotsOf } from './slots.ts';
export { breakEvenLevel } from './stop-level.ts';
export { step } from './step.ts';
export * from './timing.ts';
export * from './trade.ts';
export { dueAt } from './due.ts';
export { type Drift, positionDrift } from './reconcile.ts';
export { fromJson, toJson, tradeFromJson } from './state-wire.ts';
