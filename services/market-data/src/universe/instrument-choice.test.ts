import { type Instrument, instrumentId, parseQuantity, parseScaled } from '@ballast/domain';
import { describe, expect, test } from 'vitest';
import { chooseInstruments, parseInstrumentChoice } from './instrument-choice.ts';

const BTC = instrumentId('bybit', 'linear', 'BTCUSDT');

const instrument: Instrument = {
  id: BTC,
  baseCurrency: 'BTC',
  quoteCurrency: 'USDT',
  tickSize: parseScaled('0.1'),
  lotSize: parseScaled('0.001'),
  minQuantity: parseQuantity('0.001'),
  maxQuantity: parseQuantity('100'),
  minNotional: parseScaled('5'),
  multiplier: parseScaled('1'),
  sector: 'crypto',
  session: 'continuous',
};

describe('choice of instruments', () => {
  test.each([
    ['BTCUSDT', 'INSTRUMENT_ID_MALFORMED'],
    ['bybit.linear:BTCUSDT,', 'INSTRUMENT_ID_MALFORMED'],
    ['alpaca.us:AAPL', 'INSTRUMENT_NOT_OF_THIS_FEED'],
    [
      Array.from({ length: 1_001 }, (_, index) => `bybit.linear:A${index}`).join(','),
      'TOO_MANY_INSTRUMENTS',
    ],
  ])('refuses %s', (text, code) => {
    expect(() => parseInstrumentChoice(text)).toThrow(expect.objectContaining({ code }));
  });

  test('takes all that the venue lists, or exactly the named ones', () => {
    expect(chooseInstruments(parseInstrumentChoice('all'), [instrument])).toEqual([instrument]);
    expect(chooseInstruments(parseInstrumentChoice(BTC), [instrument])).toEqual([instrument]);
    expect(() =>
      chooseInstruments(parseInstrumentChoice('bybit.linear:NOPEUSDT'), [instrument]),
    ).toThrow('bybit.linear:NOPEUSDT');
  });
});
