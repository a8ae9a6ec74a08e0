import { gateConfiguration } from '@ballast/strategies';
import { Command } from 'commander';
import { expect, test, vi } from 'vitest';
import { requestOf, type TrialWords, withTrialOptions } from './trial-words.ts';

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

test('limits that are lists of names are told by commas, as over stored bars', () => {
  const gate = ['longRegimes=bull,strong-bull', 'required=funding', 'spreadMax=0.002'];
  const { gates } = requestOf({ ...WORDS, gate: [...gate, 'regularHoursOnly=false'] });
  expect(gateConfiguration(gates).limits).toMatchObject({
    ...{ longRegimes: ['bull', 'strong-bull'], required: ['funding'] },
    ...{ spreadMax: 0.002, regularHoursOnly: false },
  });
});

test('a market that Ballast does not trade is refused with those that it does', () => {
  const refused = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  const given = ['--strategy', 'sma-cross', '--bars', 'BTCUSDT_1h.csv', '--market'];
  const market = (name: string): unknown =>
    withTrialOptions(new Command())
      .parse([...given, name], { from: 'user' })
      .opts()['market'];
  expect(['bybit.spot', 'ibkr.stock'].map(market)).toEqual(['bybit.spot', 'ibkr.stock']);
  expect(() => market('binance.linear')).toThrow(
    'Allowed choices are bybit.linear, bybit.spot, alpaca.stock, ibkr.stock',
  );
  refused.mockRestore();
});
