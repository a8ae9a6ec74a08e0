import type { StrategyName } from '@ballast/domain';
import { meanReversion } from './mean-reversion.ts';
import { momentum } from './momentum.ts';
import type { NumericBar, Opinion, Strategy } from './strategy.ts';

/** One strategy on one instrument, holding its own state: the same for every host. */
export type StrategyRun = {
  readonly name: StrategyName;
  readonly warmUpBars: number;
  step(bar: NumericBar): Opinion | null;
};

export function startRun<State>(strategy: Strategy<State>): StrategyRun {
  let state = strategy.initial();
  return {
    name: strategy.name,
    warmUpBars: strategy.warmUpBars,
    step(bar) {
      const result = strategy.step(state, bar);
      state = result.state;
      return result.opinion;
    },
  };
}

/** Every strategy with its default parameters, from its initial state; one set an instrument. */
export function startAllStrategies(): StrategyRun[] {
  return [startRun(momentum()), startRun(meanReversion())];
}
