import {
  type Bar,
  InvalidInput,
  parsePrice,
  parseQuantity,
  type Signal,
  type StrategyName,
  toNumber,
  type TradeDirection,
} from '@ballast/domain';

/** A closed bar as float64, for indicators. `openTime` epoch ms. */
export type NumericBar = {
  readonly openTime: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
};

/** What a strategy would do on a bar, with every number it was made from. */
export type Opinion = {
  readonly direction: TradeDirection;
  readonly level: Signal['level'];
  readonly inputs: Signal['inputs'];
};

/**
 * A strategy as a pure step over closed bars of one instrument, the same wherever it runs.
 * State is plain JSON data. The opinion on a bar depends on that bar and earlier ones alone.
 */
export type Strategy<State> = {
  readonly name: StrategyName;
  /**
   * Bars to see before the first opinion: enough for the averages to have forgotten their start.
   */
  readonly warmUpBars: number;
  initial(): State;
  step(state: State, bar: NumericBar): { readonly state: State; readonly opinion: Opinion | null };
};

/** @throws InvalidInput BAR_MALFORMED when the bar's own levels contradict each other. */
export function numericBar(bar: Bar): NumericBar {
  const price = (text: string): number => toNumber(parsePrice(text));
  const [open, high, low, close] = [bar.open, bar.high, bar.low, bar.close].map(price);
  if (open === undefined || high === undefined || low === undefined || close === undefined) {
    throw new InvalidInput('BAR_MALFORMED', `bar ${bar.openTime} lacks a price`);
  }
  if (high < Math.max(open, close) || low > Math.min(open, close)) {
    throw new InvalidInput(
      'BAR_MALFORMED',
      `bar ${bar.openTime} of ${bar.instrument}: open or close outside low to high`,
    );
  }
  const volume = toNumber(parseQuantity(bar.volume));
  return { openTime: bar.openTime, open, high, low, close, volume };
}

/**
 * The level on the losing and the winning side of `entry`, or null when a distance is not a real
 * one or takes a level to zero: no trade can be planned from that.
 */
export function levelsAround(
  direction: TradeDirection,
  entry: number,
  distance: { readonly stop: number; readonly target: number },
): Signal['level'] | null {
  const sign = direction === 'long' ? 1 : -1;
  const stop = entry - sign * distance.stop;
  const target = entry + sign * distance.target;
  const usable =
    Number.isFinite(stop) && Number.isFinite(target) && distance.stop > 0 && distance.target > 0;
  return usable && stop > 0 && target > 0 ? { entry, stop, target } : null;
}
