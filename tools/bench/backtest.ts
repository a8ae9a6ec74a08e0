import { cpus, loadavg } from 'node:os';
import { runBacktest, type BacktestOptions } from '@ballast/backtest-core';
import { type Instrument, instrumentId, parseQuantity, parseScaled } from '@ballast/domain';
import type { Columns } from '@ballast/indicators';
import { DEFAULT_RISK_LIMITS } from '@ballast/order-core';
import { gateConfiguration, strategyNamed } from '@ballast/strategies';
import { plainCross, type PlainTerms } from './backtest-plain.ts';

const ROWS = 1_000_000;
const HOUR_MS = 3_600_000;
/** What the engine may take: of the plain loop's bars a second it does so many. */
const RATIO_MIN = 0.18;
const CASH = 1_000_000;
const CENT = 0.01;

export const BTC: Instrument = {
  id: instrumentId('bybit', 'linear', 'BTCUSDT'),
  ...{ baseCurrency: 'BTC', quoteCurrency: 'USDT', sector: null, session: 'continuous' },
  ...{ tickSize: parseScaled('1'), lotSize: parseScaled('0.001'), multiplier: parseScaled('1') },
  ...{ minQuantity: parseQuantity('0.001'), maxQuantity: parseQuantity('1000000') },
  minNotional: 0n,
};

/** Nothing of the account holds a trade back: both have to make the same. */
export const OPTIONS: BacktestOptions = {
  ...{ strategy: 'sma-cross', account: 'bench' },
  cash: { amount: parseScaled(String(CASH)), currency: 'USDT' },
  costs: {
    ...{ makerFee: parseScaled('0.0001'), takerFee: parseScaled('0.0001') },
    ...{ spread: 0, slippage: 0 },
  },
  capabilities: {
    markets: [{ market: 'bybit.linear', endings: null }],
    ...{ exits: 'reduceOnly', shorting: true, postOnly: true, timesInForce: ['gtc'] },
    ...{ requestSettlesMs: 5_000, executionsKeptMs: 86_400_000 },
  },
  limits: { ...DEFAULT_RISK_LIMITS, lossStreakMax: 1e9, dailyLossShareMax: parseScaled('1') },
  gates: gateConfiguration({ cooldownMs: 0 }),
  sizing: { risk: parseScaled('0.001'), notional: parseScaled('0.01'), volume: null },
};

/** Whole prices that walk about 10,000 and come back to it. */
export function wholeBars(rows: number): Columns {
  let seed = 1;
  const random = (): number => {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
    return seed / 4_294_967_296 - 0.5;
  };
  let price = 10_000;
  const column = (): Float64Array => new Float64Array(rows);
  const bars = {
    ...{ openTime: column(), open: column(), high: column(), low: column(), close: column() },
    volume: column().fill(1_000),
  };
  for (let row = 0; row < rows; row += 1) {
    const from = price;
    let [top, bottom] = [from, from];
    for (let move = 0; move < 4; move += 1) {
      price = Math.max(100, Math.round(price + 40 * random() + (10_000 - price) * 0.0005));
      [top, bottom] = [Math.max(top, price), Math.min(bottom, price)];
    }
    bars.openTime[row] = row * HOUR_MS;
    bars.open[row] = from;
    [bars.high[row], bars.low[row], bars.close[row]] = [top, bottom, price];
  }
  return bars;
}

/** Engine and plain loop over the same bars; throws unless both end with the same money. */
export function compare(bars: Columns) {
  const model = strategyNamed('sma-cross').model();
  const terms: PlainTerms = {
    ...{ fast: 10, slow: 30, range: 14, warmUp: model.warmUp, stopRanges: 3, targetRanges: 6 },
    ...{ makerFee: 0.0001, takerFee: 0.0001, cash: CASH, risk: 0.001, notional: 0.01 },
    lotsToOne: 1_000,
  };
  const begun = performance.now();
  const engine = runBacktest([{ instrument: BTC, timeframe: '1h', bars, model }], OPTIONS);
  const engineMs = performance.now() - begun;
  let plain = plainCross(bars, terms);
  const again = performance.now();
  plain = plainCross(bars, terms);
  const plainMs = performance.now() - again;
  const ends = [engine.equity.value.at(-1) ?? NaN, plain.equity.at(-1) ?? NaN] as const;
  const isSame = engine.trades.length === plain.trades && Math.abs(ends[0] - ends[1]) < CENT;
  if (!isSame) {
    const both = `${engine.trades.length} and ${plain.trades} trades, ${ends.join(' and ')}`;
    throw new Error(`the engine and the plain loop differ: ${both}`);
  }
  return { engineMs, plainMs, trades: plain.trades, equity: ends[0] };
}

/**
 * A million bars of one instrument through strategy, gates, sizing, order core, fills and equity
 * curve, beside the loop over typed arrays that makes the same trades.
 */
export function run() {
  compare(wholeBars(20_000));
  const { engineMs, plainMs, trades, equity } = compare(wholeBars(ROWS));
  const ratio = plainMs / engineMs;
  return Promise.resolve({
    ok: ratio >= RATIO_MIN,
    bench: 'backtest',
    ...{ rows: ROWS, trades, equity, ratio, ratioMin: RATIO_MIN },
    engine: { ms: engineMs, barsPerSecond: (ROWS * 1_000) / engineMs },
    plain: { ms: plainMs, barsPerSecond: (ROWS * 1_000) / plainMs },
    microsecondsPerTrade: ((engineMs - plainMs) * 1_000) / trades,
    machine: { cores: cpus().length, cpu: cpus()[0]?.model, load: loadavg()[0] },
  });
}
