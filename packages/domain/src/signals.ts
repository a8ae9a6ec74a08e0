import type { Timeframe } from './bars/timeframe.ts';
import type { SignalId } from './ids.ts';
import type { InstrumentId } from './instrument.ts';
import type { TradeDirection } from './trade-plan.ts';

/** Every strategy that can be tried on stored bars. */
export const STRATEGIES = [
  'growth-potential',
  'momentum',
  'mean-reversion',
  'btc-trend-hybrid',
  'trend-breakdown',
  'momentum-short',
  'mean-reversion-short',
  'btc-trend-short',
  'range-fade',
  'btc-swing',
  'bounce-scanner',
  'sma-cross',
] as const;
export type StrategyName = (typeof STRATEGIES)[number];

type OfOneBar = {
  readonly id: SignalId;
  readonly strategy: StrategyName;
  readonly instrument: InstrumentId;
  readonly direction: TradeDirection;
  /** Of the bar that it was said of. */
  readonly timeframe: Timeframe;
  readonly barOpenTime: number;
  readonly decidedAt: number;
  readonly inputs: Readonly<Record<string, number>>;
};

/**
 * A strategy's opinion on one closed bar, with everything it was made from. Levels are float64: not
 * yet prices.
 */
export type Signal = OfOneBar & {
  readonly word: 'enter';
  readonly level: { readonly entry: number; readonly stop: number; readonly target: number };
};

/** A strategy's word that what it holds is to be left, said of one closed bar. */
export type LeaveSignal = OfOneBar & {
  readonly word: 'leave';
  readonly level: { readonly close: number };
};

/** The gates that judge a signal, in the order they are asked. */
export const JUDGING_GATES = [
  'switch',
  'soak',
  'regime',
  'coverage',
  'staleness',
  'cooldown',
  'position-cap',
  'exposure',
  'microstructure',
  'funding',
  'spread',
  'session',
  'brake',
  'duplicate',
] as const;
export type JudgingGate = (typeof JUDGING_GATES)[number];

/**
 * All that stands between a signal and a trade, in the order it is passed. `sizing`: the budgets
 * buy nothing that the venue takes; `command`: the command could not be put on the stream;
 * `gateway`: it was denied, refused or never answered.
 */
export const GATES = [...JUDGING_GATES, 'sizing', 'command', 'gateway'] as const;
export type Gate = (typeof GATES)[number];

/**
 * What stored rows may call a gate that has another name by now: `buy-switch` is `switch`,
 * `stale-data` is `staleness`, and `open-trade` was `cooldown`, `position-cap` and `duplicate` in
 * one. They stay as they were written.
 */
export const FORMER_GATES = ['buy-switch', 'stale-data', 'open-trade'] as const;
export type StoredGate = Gate | (typeof FORMER_GATES)[number];

/** What kind of market bitcoin is in, from the worst for who is long to the best. */
export const REGIMES = ['strong-bear', 'bear', 'neutral', 'bull', 'strong-bull'] as const;
export type Regime = (typeof REGIMES)[number];

/**
 * Why a signal did not become a trade: the gate, what it saw and what it wanted. Text,
 * as shown and stored.
 */
export type BlockedSignal = {
  readonly signalId: SignalId;
  readonly gate: Gate;
  readonly input: string;
  readonly threshold: string;
  /** Effective-dated settings row in force when the gate decided; null when the gate has none. */
  readonly settingsId: string | null;
  /** Regime as it was known then; null when the gate decided without knowing it. */
  readonly regime: Regime | null;
  readonly blockedAt: number;
};
