import type { StrategyName } from '@ballast/domain';
import * as ours from '@ballast/indicators';
import { parametersOf, STRATEGY_BY_NAME } from '@ballast/strategies';

type Placed = {
  readonly size: number;
  start(state: Float64Array, at: number): void;
};

/** Updates a strategy's indicators on one bar, and nothing else. */
type Update = (
  state: Float64Array,
  at: number,
  high: number,
  low: number,
  close: number,
  volume: number,
) => void;

/** The indicators of one strategy, one after the other in a stretch of numbers. */
export type PlainStrategy = {
  readonly size: number;
  readonly stretches: readonly { readonly at: number; readonly size: number }[];
  start(state: Float64Array, at: number): void;
  readonly update: Update;
};

type Numbers = (parameter: string) => number;
type Make = (
  value: Numbers,
  place: <One extends Placed>(one: One) => readonly [One, number],
) => Update;

/** Each written out as who had nothing else to do would write it. */
const MAKE: Readonly<Record<StrategyName, Make>> = {
  'growth-potential': (value, place) => {
    const [channel, CHANNEL] = place(ours.donchian(value('breakoutPeriod')));
    const [exit, EXIT] = place(ours.donchian(value('exitPeriod')));
    const [rate, RATE] = place(ours.roc(value('breakoutPeriod')));
    const [ratio, RATIO] = place(ours.efficiencyRatio(value('breakoutPeriod')));
    const [usual, USUAL] = place(ours.sma(value('volumePeriod')));
    const [range, RANGE] = place(ours.atr(value('rangePeriod')));
    return (state, at, high, low, close, volume) => {
      channel.step(state, at + CHANNEL, high, low);
      exit.step(state, at + EXIT, high, low);
      range.step(state, at + RANGE, high, low, close);
      rate.step(state, at + RATE, close);
      ratio.step(state, at + RATIO, close);
      usual.step(state, at + USUAL, volume);
    };
  },
  momentum: (value, place) => {
    const [fast, FAST] = place(ours.ema(value('fastPeriod')));
    const [slow, SLOW] = place(ours.ema(value('slowPeriod')));
    const [range, RANGE] = place(ours.atr(value('rangePeriod')));
    return (state, at, high, low, close) => {
      fast.step(state, at + FAST, close);
      slow.step(state, at + SLOW, close);
      range.step(state, at + RANGE, high, low, close);
    };
  },
  'mean-reversion': (value, place) => {
    const [distance, DISTANCE] = place(ours.zScore(value('meanPeriod')));
    const [strength, STRENGTH] = place(ours.rsi(value('strengthPeriod')));
    return (state, at, _high, _low, close) => {
      distance.step(state, at + DISTANCE, close);
      strength.step(state, at + STRENGTH, close);
    };
  },
  'btc-trend-hybrid': (value, place) => {
    const [fast, FAST] = place(ours.ema(value('fastPeriod')));
    const [slow, SLOW] = place(ours.ema(value('slowPeriod')));
    const [range, RANGE] = place(ours.atr(value('rangePeriod')));
    const [channel, CHANNEL] = place(ours.donchian(value('breakoutPeriod')));
    return (state, at, high, low, close) => {
      fast.step(state, at + FAST, close);
      slow.step(state, at + SLOW, close);
      range.step(state, at + RANGE, high, low, close);
      channel.step(state, at + CHANNEL, high, low);
    };
  },
  'trend-breakdown': (value, place) => {
    const [channel, CHANNEL] = place(ours.donchian(value('breakdownPeriod')));
    const [exit, EXIT] = place(ours.donchian(value('exitPeriod')));
    const [trend, TREND] = place(ours.ema(value('trendPeriod')));
    const [index, INDEX] = place(ours.adx(value('adxPeriod')));
    const [range, RANGE] = place(ours.atr(value('rangePeriod')));
    return (state, at, high, low, close) => {
      channel.step(state, at + CHANNEL, high, low);
      exit.step(state, at + EXIT, high, low);
      trend.step(state, at + TREND, close);
      index.step(state, at + INDEX, high, low, close);
      range.step(state, at + RANGE, high, low, close);
    };
  },
  'momentum-short': (value, place) => {
    const periods = { fast: value('fastPeriod'), slow: value('slowPeriod') };
    const [gap, GAP] = place(ours.macd({ ...periods, signal: value('signalPeriod') }));
    const [rate, RATE] = place(ours.roc(value('fallPeriod')));
    const [range, RANGE] = place(ours.atr(value('rangePeriod')));
    return (state, at, high, low, close) => {
      gap.step(state, at + GAP, close);
      rate.step(state, at + RATE, close);
      range.step(state, at + RANGE, high, low, close);
    };
  },
  'mean-reversion-short': (value, place) => {
    const [bands, BANDS] = place(ours.bollinger(value('bandPeriod'), value('bandDeviations')));
    const [strength, STRENGTH] = place(ours.rsi(value('strengthPeriod')));
    const [trend, TREND] = place(ours.sma(value('trendPeriod')));
    const [range, RANGE] = place(ours.atr(value('rangePeriod')));
    return (state, at, high, low, close) => {
      bands.step(state, at + BANDS, close);
      strength.step(state, at + STRENGTH, close);
      trend.step(state, at + TREND, close);
      range.step(state, at + RANGE, high, low, close);
    };
  },
  'btc-trend-short': (value, place) => {
    const [fast, FAST] = place(ours.ema(value('fastPeriod')));
    const [slow, SLOW] = place(ours.ema(value('slowPeriod')));
    const [range, RANGE] = place(ours.atr(value('rangePeriod')));
    const period = value('squeezePeriod');
    const [channel, CHANNEL] = place(ours.donchian(period));
    const [narrow, NARROW] = place(ours.squeeze({ period, deviations: 2, ranges: 1.5 }));
    return (state, at, high, low, close) => {
      fast.step(state, at + FAST, close);
      slow.step(state, at + SLOW, close);
      range.step(state, at + RANGE, high, low, close);
      channel.step(state, at + CHANNEL, high, low);
      narrow.step(state, at + NARROW, high, low, close);
    };
  },
  'range-fade': (value, place) => {
    const [bands, BANDS] = place(ours.bollinger(value('bandPeriod'), value('bandDeviations')));
    const [index, INDEX] = place(ours.adx(value('adxPeriod')));
    const [range, RANGE] = place(ours.atr(value('rangePeriod')));
    return (state, at, high, low, close) => {
      bands.step(state, at + BANDS, close);
      index.step(state, at + INDEX, high, low, close);
      range.step(state, at + RANGE, high, low, close);
    };
  },
  'btc-swing': (value, place) => {
    const [smoothing, range] = [value('smoothing'), value('rangeBars')];
    const [turn, TURN] = place(ours.stochastic({ range, smoothing, signal: smoothing }));
    const [trend, TREND] = place(ours.slope(value('trendPeriod')));
    const [ranges, RANGE] = place(ours.atr(value('rangePeriod')));
    return (state, at, high, low, close) => {
      turn.step(state, at + TURN, high, low, close);
      ranges.step(state, at + RANGE, high, low, close);
      trend.step(state, at + TREND, close);
    };
  },
  'bounce-scanner': (value, place) => {
    const [trend, TREND] = place(ours.sma(value('trendPeriod')));
    const [exit, EXIT] = place(ours.sma(value('exitPeriod')));
    const [strength, STRENGTH] = place(ours.rsi(value('strengthPeriod')));
    const [usual, USUAL] = place(ours.sma(value('volumePeriod')));
    const [range, RANGE] = place(ours.atr(value('rangePeriod')));
    return (state, at, high, low, close, volume) => {
      trend.step(state, at + TREND, close);
      exit.step(state, at + EXIT, close);
      strength.step(state, at + STRENGTH, close);
      usual.step(state, at + USUAL, volume);
      range.step(state, at + RANGE, high, low, close);
    };
  },
  'sma-cross': (value, place) => {
    const [fast, FAST] = place(ours.sma(value('fastPeriod')));
    const [slow, SLOW] = place(ours.sma(value('slowPeriod')));
    const [range, RANGE] = place(ours.atr(value('rangePeriod')));
    return (state, at, high, low, close) => {
      fast.step(state, at + FAST, close);
      slow.step(state, at + SLOW, close);
      range.step(state, at + RANGE, high, low, close);
    };
  },
};

export function plainStrategy(name: StrategyName): PlainStrategy {
  const defaults = new Map<string, unknown>(
    parametersOf(STRATEGY_BY_NAME[name]).map((row) => [row.name, row.byDefault]),
  );
  const placed: { one: Placed; at: number }[] = [];
  let size = 0;
  const update = MAKE[name](
    (parameter) => {
      const number = defaults.get(parameter);
      if (typeof number !== 'number') throw new Error(`${name} has no parameter ${parameter}`);
      return number;
    },
    (one) => {
      const at = size;
      placed.push({ one, at });
      size += one.size;
      return [one, at];
    },
  );
  return {
    size,
    stretches: placed.map(({ one, at }) => ({ at, size: one.size })),
    start(state, at) {
      for (const part of placed) part.one.start(state, at + part.at);
    },
    update,
  };
}
