import type { SignalId } from './ids.ts';
import type { InstrumentId } from './instrument.ts';
import type { TradeDirection } from './trade-plan.ts';

export const STRATEGIES = ['momentum', 'mean-reversion'] as const;
export type StrategyName = (typeof STRATEGIES)[number];

/**
 * A strategy's opinion on one closed bar, with everything it was made from. Levels are float64: not
 * yet prices.
 */
export type Signal = {
  readonly id: SignalId;
  readonly strategy: StrategyName;
  readonly instrument: InstrumentId;
  readonly direction: TradeDirection;
  readonly barOpenTime: number;
  readonly decidedAt: number;
  readonly level: { readonly entry: number; readonly stop: number; readonly target: number };
  readonly inputs: Readonly<Record<string, number>>;
};

/**
 * The gates between a signal and a trade, in the order they are passed. `command`: the command
 * could not be put on the stream; `gateway`: it was denied, refused or never answered.
 */
export const GATES = [
  'buy-switch',
  'stale-data',
  'coverage',
  'open-trade',
  'sizing',
  'command',
  'gateway',
] as const;
export type Gate = (typeof GATES)[number];

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
  readonly blockedAt: number;
};
