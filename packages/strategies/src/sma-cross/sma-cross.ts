import { atr, sma } from '@ballast/indicators';
import { Layout } from '../layout.ts';
import { rangedOpinion } from '../levels.ts';
import { type Model, SAYS, strategyOf } from '../model.ts';
import { points, share } from '../points.ts';
import { countBar, forgottenByWilder } from '../warm-up.ts';
import { type SmaCrossParameters, smaCrossParameters } from './parameters.ts';

/** Average true ranges between the averages that leave no points. */
const FAR = 4;

/** Long from the bar on which the fast average of closes crosses above the slow one. */
export const smaCross = strategyOf({
  name: 'sma-cross',
  timeframe: '1h',
  market: 'any',
  directions: ['long', 'short'],
  needs: [],
  parameters: smaCrossParameters,
  model,
});

function model(parameters: SmaCrossParameters): Model {
  const { fastPeriod, slowPeriod, rangePeriod, short } = parameters;
  const [fast, slow, range] = [sma(fastPeriod), sma(slowPeriod), atr(rangePeriod)];
  const layout = new Layout();
  const [FAST, SLOW, RANGE] = [layout.place(fast), layout.place(slow), layout.place(range)];
  const [GAP, LAST_RANGE, SCORE] = [layout.unknown(), layout.unknown(), layout.unknown()];
  const seen = { gap: GAP, averageTrueRange: LAST_RANGE };
  const BARS = layout.number();
  const warmUp = Math.max(slowPeriod + 1, forgottenByWilder(rangePeriod));
  return {
    warmUp,
    size: layout.size,
    start: layout.start,
    score: SCORE,
    parts: { nearness: SCORE },
    seen,
    step(state, at, { high, low, close }, row) {
      const price = close[row] ?? NaN;
      const gap = fast.step(state, at + FAST, price) - slow.step(state, at + SLOW, price);
      const ranged = range.step(state, at + RANGE, high[row] ?? NaN, low[row] ?? NaN, price);
      const before = state[at + GAP] ?? NaN;
      state[at + GAP] = gap;
      state[at + LAST_RANGE] = ranged;
      const crosses = (before <= 0 && gap > 0) || (short && before >= 0 && gap < 0);
      const near = points(share(Math.abs(gap) / ranged, FAR, 0), 100);
      state[at + SCORE] = crosses && ranged > 0 ? 100 : gap > 0 && !short ? 0 : near;
      if (!countBar(state, at + BARS, warmUp)) return 0;
      if (before <= 0 && gap > 0) return SAYS.enterLong + SAYS.leaveShort;
      if (before >= 0 && gap < 0) return SAYS.leaveLong + (short ? SAYS.enterShort : 0);
      return 0;
    },
    opinion: rangedOpinion(seen, parameters),
  };
}
