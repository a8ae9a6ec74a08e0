export type { Exposure, Fact, Facts, MissingBars } from './facts.ts';
export { GATE_CHECKS, type GateRefusal, judge, type Judgement, regimeOf } from './judge.ts';
export { limitFromText } from './limit-text.ts';
export {
  type GateConfiguration,
  gateConfiguration,
  type GateLimits,
  gateLimits,
} from './limits.ts';
export * from './scorecard.ts';
export { leaveRefusal } from './sell-switch.ts';
export { type SettingValue, withSettings } from './settings.ts';
