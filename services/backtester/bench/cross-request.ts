import type { TrialRequest } from '../src/trial.ts';

/** The moving average cross over the bars of one file. */
export const crossRequest = (file: string): TrialRequest => ({
  ...{ strategy: 'sma-cross', bars: [{ file, instrument: 'bybit.linear:BTCUSDT' }] },
  ...{ parameters: {}, gates: {}, finer: null, btc: null, funding: null, cash: '1000000' },
  ...{ makerFee: '0.0001', takerFee: '0.0001', spread: 0, slippage: 0 },
  ...{ risk: '0.001', notional: '0.01', volume: null },
});
