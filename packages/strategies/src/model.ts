import {
  InvalidInput,
  type LeaveSignal,
  type Signal,
  type StrategyName,
  type Timeframe,
  type TradeDirection,
} from '@ballast/domain';
import type { Columns } from '@ballast/indicators';
import { z } from 'zod';

/**
 * What a strategy says of a bar: a sum of these, or 0. Of a position that it does not hold it may
 * say that it would leave it; the host knows what is held.
 */
export const SAYS = { enterLong: 1, enterShort: 2, leaveLong: 4, leaveShort: 8 } as const;

/**
 * What is known beside the bars when a bar closes, each as it was published by then; NaN where it
 * is not known. Regime of bitcoin: -2 strong bear, -1 bear, 0 neutral, 1 bull, 2 strong bull.
 * Rates are parts: funding 0.0001 is a basis point each eight hours, paid by who is long. Open
 * interest in units of the instrument. Ratios of longs to shorts, and of the volume of takers that
 * bought.
 */
export const KNOWN = {
  regime: 0,
  fundingRate: 1,
  openInterest: 2,
  longShortRatio: 3,
  takerBuyRatio: 4,
} as const;
export const KNOWN_SIZE = 5;
export type Knowledge = keyof typeof KNOWN;

/** That a strategy's idea of a direction is over, with every number that was made from. */
export type LeaveWord = {
  readonly direction: TradeDirection;
  /** The close of the bar. */
  readonly level: LeaveSignal['level'];
  readonly inputs: LeaveSignal['inputs'];
};

/** What a strategy would do on a bar, with every number it was made from. */
export type Opinion = {
  readonly direction: TradeDirection;
  readonly level: Signal['level'];
  readonly inputs: Signal['inputs'];
};

/**
 * A strategy with its parameters, as a pure step over the closed bars of one instrument. Its state
 * is a stretch of numbers that the host owns, `size` of them from `at` on: a copy of it is a
 * snapshot. What is said of a bar depends on that bar and earlier ones, and on what was known then.
 * After a bar that is no bar (NaN) it may say nothing until `start`.
 */
export type Model = {
  /**
   * Bars of which nothing is said, the first ones: enough for all averages to have forgotten their
   * start.
   */
  readonly warmUp: number;
  readonly size: number;
  /**
   * Where the score lies: 0 to 100, how much speaks for an entry; NaN while it warms up, and where
   * there is nothing to measure by (a market without any range).
   */
  readonly score: number;
  /** Where the points lie that the score is the sum of. */
  readonly parts: Readonly<Record<string, number>>;
  /** Where the numbers lie that its words are made from. */
  readonly seen: Readonly<Record<string, number>>;
  start(state: Float64Array, at: number): void;
  /**
   * The bar in `row`, the one after the bar of the step before; of the columns only this row is
   * read, so that a host may hand over one bar at a time. Allocates nothing.
   * @returns a sum of SAYS
   */
  step(state: Float64Array, at: number, bars: Columns, row: number, known: Float64Array): number;
  /** The entry that was just spoken for; null when its levels are no prices. */
  opinion(
    state: Float64Array,
    at: number,
    direction: TradeDirection,
    bars: Columns,
    row: number,
  ): Opinion | null;
};

/** What a strategy trades: of `btc` one instrument each, of the others all of a kind. */
export type Market = 'btc' | 'crypto-spot' | 'crypto-linear' | 'stock' | 'any';

export type Strategy = {
  readonly name: StrategyName;
  /** Of the bars that it steps through. */
  readonly timeframe: Timeframe;
  readonly market: Market;
  readonly directions: readonly TradeDirection[];
  /** Without these it speaks for no entry, or not for every kind of entry. */
  readonly needs: readonly Knowledge[];
  /** The parameters as data, with their ranges; what is not given has its default. */
  readonly parameters: z.ZodType;
  /** @throws InvalidInput PARAMETERS_INVALID: which parameter, and what it may be */
  model(parameters?: unknown): Model;
};

/** A strategy from the schema of its parameters and what makes a model of them. */
export function strategyOf<Parameters>({
  parameters: schema,
  model,
  ...rest
}: Omit<Strategy, 'model' | 'parameters'> & {
  readonly parameters: z.ZodType<Parameters>;
  readonly model: (parameters: Parameters) => Model;
}): Strategy {
  return {
    ...rest,
    parameters: schema,
    model(parameters = {}) {
      const read = schema.safeParse(parameters);
      if (read.success) return model(read.data);
      throw new InvalidInput('PARAMETERS_INVALID', `${rest.name}: ${z.prettifyError(read.error)}`);
    },
  };
}
