import { expect, test } from 'vitest';
import { requestOf, type TrialWords } from './trial-words.ts';

const WORDS: TrialWords = {
  ...{ strategy: 'sma-cross', bars: ['BTCUSDT_1h.csv'], market: 'bybit.linear', set: [], gate: [] },
  ...{ cash: '100000', makerFee: '0', takerFee: '1', spread: '0', slippage: '0' },
  ...{ risk: '0.01', notional: '0.1', volume: '1.0', json: true },
};

test.each([
  ['makerFee', '--maker-fee'],
  ['takerFee', '--taker-fee'],
  ['risk', '--risk'],
  ['notional', '--notional'],
  ['volume', '--volume'],
])('%s is a part from 0 to 1, as over stored bars', (name, option) => {
  expect(requestOf(WORDS)).toMatchObject({ takerFee: '1', risk: '0.01', volume: '1.0' });
  for (const part of ['-0.1', '1.1', '2', 'x', '', '1e-3']) {
    expect(() => requestOf({ ...WORDS, [name]: part })).toThrow(`${option} must be a part from 0`);
  }
});
