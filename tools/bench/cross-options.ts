import type { BacktestOptions } from '@ballast/backtest-core';
import { type Instrument, instrumentId, parseQuantity, parseScaled } from '@ballast/domain';
import { DEFAULT_RISK_LIMITS } from '@ballast/order-core';
import { gateConfiguration, strategyNamed } from '@ballast/strategies';
import type { PlainTerms } from './backtest-plain.ts';

const CASH = 1_000_000;
const FEE = '0.0001';

/** A contract of ByBit whose prices are whole numbers. */
export function wholeInstrument(symbol: string): Instrument {
  return {
    id: instrumentId('bybit', 'linear', symbol),
    ...{ baseCurrency: symbol.slice(0, -4), quoteCurrency: 'USDT', sector: null },
    ...{ tickSize: parseScaled('1'), lotSize: parseScaled('0.001'), multiplier: parseScaled('1') },
    ...{ minQuantity: parseQuantity('0.001'), maxQuantity: parseQuantity('1000000') },
    ...{ minNotional: 0n, session: 'continuous' },
  };
}

/** Nothing of the account holds a trade back: engine and plain loop have to make the same. */
export function crossOptions(shares: { risk: string; notional: string }): BacktestOptions {
  const limits = { lossStreakMax: 1e9, dailyLossShareMax: parseScaled('1'), openTradesMax: 240 };
  return {
    ...{ strategy: 'sma-cross', account: 'bench' },
    cash: { amount: parseScaled(String(CASH)), currency: 'USDT' },
    costs: {
      ...{ makerFee: parseScaled(FEE), takerFee: parseScaled(FEE) },
      ...{ spread: 0, slippage: 0 },
    },
    capabilities: {
      markets: [{ market: 'bybit.linear', endings: null }],
      ...{ exits: 'reduceOnly', shorting: true, postOnly: true, timesInForce: ['gtc'] },
      ...{ requestSettlesMs: 5_000, executionsKeptMs: 86_400_000 },
    },
    limits: { ...DEFAULT_RISK_LIMITS, ...limits },
    gates: gateConfiguration({ cooldownMs: 0, openTradesMax: limits.openTradesMax }),
    sizing: {
      ...{ risk: parseScaled(shares.risk), notional: parseScaled(shares.notional), volume: null },
    },
  };
}

/** The same for a plain loop. */
export function plainTerms(shares: { risk: string; notional: string }): PlainTerms {
  const { warmUp } = strategyNamed('sma-cross').model();
  return {
    ...{ fast: 10, slow: 30, range: 14, warmUp, stopRanges: 3, targetRanges: 6 },
    ...{ makerFee: Number(FEE), takerFee: Number(FEE), cash: CASH, lotsToOne: 1_000 },
    ...{ risk: Number(shares.risk), notional: Number(shares.notional) },
  };
}
