import type { StrategyName, TradeDirection } from '@ballast/domain';
import type { Columns } from '@ballast/indicators';
import { numbersAt } from './levels.ts';
import { KNOWN_SIZE, type LeaveWord, type Opinion, SAYS, type Strategy } from './model.ts';
import type { NumericBar } from './numeric-bar.ts';

/** One strategy on one instrument with its state, fed with one closed bar after the other. */
export type StrategyRun = {
  readonly name: StrategyName;
  readonly warmUp: number;
  /**
   * The entry that the strategy speaks for on the bar, null for none.
   * @param known what was known when the bar closed, as in KNOWN; nothing when it is not given
   */
  step(bar: NumericBar, known?: Float64Array): Opinion | null;
  /** What was said of the newest bar, a sum of SAYS. */
  says(): number;
  /** What the newest bar's word to leave was made of; null where that was not said. */
  leaves(direction: TradeDirection): LeaveWord | null;
  /** How much speaks for an entry, 0 to 100; NaN while it warms up. */
  score(): number;
  /** The points that the score is the sum of. */
  parts(): Record<string, number>;
};

/** @throws InvalidInput PARAMETERS_INVALID */
export function startRun(strategy: Strategy, parameters: unknown = {}): StrategyRun {
  const model = strategy.model(parameters);
  const state = new Float64Array(model.size);
  model.start(state, 0);
  const bars = oneBar();
  const nothing = new Float64Array(KNOWN_SIZE).fill(NaN);
  let says = 0;
  return {
    name: strategy.name,
    warmUp: model.warmUp,
    step(bar, known = nothing) {
      write(bars, bar);
      says = model.step(state, 0, bars, 0, known);
      if ((says & SAYS.enterLong) !== 0) return model.opinion(state, 0, 'long', bars, 0);
      if ((says & SAYS.enterShort) !== 0) return model.opinion(state, 0, 'short', bars, 0);
      return null;
    },
    says: () => says,
    leaves(direction) {
      if ((says & (direction === 'long' ? SAYS.leaveLong : SAYS.leaveShort)) === 0) return null;
      const close = bars.close[0] ?? NaN;
      const numbers = Object.entries(numbersAt(state, 0, model.seen));
      // What was not known is not among them: a row keeps numbers only.
      const inputs = Object.fromEntries(numbers.filter(([, value]) => Number.isFinite(value)));
      return { direction, level: { close }, inputs: { close, ...inputs } };
    },
    score: () => state[model.score] ?? NaN,
    parts: () => numbersAt(state, 0, model.parts),
  };
}

function oneBar(): Columns {
  const column = (): Float64Array => new Float64Array(1);
  return {
    ...{ openTime: column(), open: column(), high: column(), low: column() },
    ...{ close: column(), volume: column() },
  };
}

function write(bars: Columns, bar: NumericBar): void {
  bars.openTime[0] = bar.openTime;
  bars.open[0] = bar.open;
  bars.high[0] = bar.high;
  bars.low[0] = bar.low;
  bars.close[0] = bar.close;
  bars.volume[0] = bar.volume;
}
