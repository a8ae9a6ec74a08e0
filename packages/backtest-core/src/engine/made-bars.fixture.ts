import { type Instrument, instrumentId, parseQuantity, parseScaled } from '@ballast/domain';
import type { Columns } from '@ballast/indicators';
import { DEFAULT_RISK_LIMITS } from '@ballast/order-core';
import { createPrng, nextUnit } from '@ballast/sim-core';
import { gateConfiguration, type Model } from '@ballast/strategies';
import type { BacktestOptions } from './run.ts';

export const HOUR = 3_600_000;
export const BEGIN = 1_699_999_200_000;

export function instrument(symbol = 'BTCUSDT'): Instrument {
  return {
    id: instrumentId('bybit', 'linear', symbol),
    ...{ baseCurrency: symbol.slice(0, -4), quoteCurrency: 'USDT', sector: 'crypto' },
    ...{ tickSize: parseScaled('0.1'), lotSize: parseScaled('0.001') },
    ...{ minQuantity: parseQuantity('0.001'), maxQuantity: parseQuantity('1000') },
    ...{ minNotional: parseScaled('5'), multiplier: parseScaled('1'), session: 'continuous' },
  };
}

/** Rows of open, high, low, close; an hour each. */
export function barsOf(rows: readonly (readonly [number, number, number, number])[]): Columns {
  const column = (at: number): Float64Array => Float64Array.from(rows, (row) => row[at] ?? NaN);
  return {
    openTime: Float64Array.from(rows, (_, index) => BEGIN + index * HOUR),
    ...{ open: column(0), high: column(1), low: column(2), close: column(3) },
    volume: new Float64Array(rows.length).fill(1_000),
  };
}

/** A walk of prices on the tick of a tenth. */
export function walk(seed: string, length: number, from = 10_000): Columns {
  const prng = createPrng(seed);
  let price = from;
  const move = (): number => {
    const next = price * (1 + (nextUnit(prng) - 0.5) * 0.01);
    price = Math.max(10, Math.round(next * 10) / 10);
    return price;
  };
  return barsOf(
    Array.from({ length }, () => {
      const open = price;
      const way = [open, move(), move(), move(), move()];
      return [open, Math.max(...way), Math.min(...way), price] as const;
    }),
  );
}

/** The first `length` bars. */
export function firstOf(bars: Columns, length: number): Columns {
  const cut = (column: Float64Array): Float64Array => column.slice(0, length);
  return {
    ...{ openTime: cut(bars.openTime), open: cut(bars.open), high: cut(bars.high) },
    ...{ low: cut(bars.low), close: cut(bars.close), volume: cut(bars.volume) },
  };
}

export const FREE = { makerFee: 0n, takerFee: 0n, spread: 0, slippage: 0 } as const;

export function options(change: Partial<BacktestOptions> = {}): BacktestOptions {
  return {
    ...{ strategy: 'sma-cross', account: 'backtest', costs: FREE },
    cash: { amount: parseScaled('100000'), currency: 'USDT' },
    capabilities: {
      markets: [{ market: 'bybit.linear', endings: null }],
      ...{ exits: 'reduceOnly', shorting: true, postOnly: true, timesInForce: ['gtc'] },
      ...{ requestSettlesMs: 5_000, executionsKeptMs: 86_400_000 },
    },
    limits: { ...DEFAULT_RISK_LIMITS, lossStreakMax: 1_000 },
    gates: gateConfiguration(),
    sizing: { risk: parseScaled('0.01'), notional: parseScaled('0.1'), volume: null },
    ...change,
  };
}

/** Says what it is told to say, bar by bar; levels are distances from the close. */
export function scripted(
  says: Readonly<Record<number, number>>,
  distance = { stop: 10, target: 20 },
): Model {
  return {
    ...{ warmUp: 0, size: 2, score: 1, parts: {}, seen: {} },
    start(state, at) {
      state.fill(0, at, at + 2);
    },
    step(_state, _at, _bars, row) {
      return says[row] ?? 0;
    },
    opinion(_state, _at, direction, { close }, row) {
      const entry = close[row] ?? NaN;
      const sign = direction === 'long' ? 1 : -1;
      const [stop, target] = [entry - sign * distance.stop, entry + sign * distance.target];
      return { direction, level: { entry, stop, target }, inputs: {} };
    },
  };
}
