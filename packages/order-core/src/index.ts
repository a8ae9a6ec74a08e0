export * from './ledger.ts';
export * from './messages.ts';
export { openTrade, type StepResult } from './open-trade.ts';
export {
  isLive,
  isSettled,
  leavesQuantity,
  type Order,
  type OrderStatus,
  venueOrderIdOf,
} from './order.ts';
export { assess, expectedEntry, isDenied, type RuleCode, type RuleVerdict } from './risk/assess.ts';
export type { RiskFacts } from './risk/facts.ts';
export { sizeByRisk } from './risk/sizing.ts';
export { step } from './step.ts';
export * from './timing.ts';
export * from './trade.ts';
export { dueAt } from './due.ts';
export { type Drift, positionDrift } from './reconcile.ts';
export { fromJson, toJson, tradeFromJson } from './state-wire.ts';
