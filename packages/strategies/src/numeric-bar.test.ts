import { parseInstrumentId } from '@ballast/domain';
import { expect, test } from 'vitest';
import { numericBar } from './numeric-bar.ts';

test('a stored bar becomes float64 once; contradicting levels are refused', () => {
  const bar = {
    instrument: parseInstrumentId('bybit.linear:BTCUSDT'),
    timeframe: '1m',
    openTime: 60_000,
    open: '10.5',
    high: '11',
    low: '10.25',
    close: '10.75',
    volume: '3.5',
    tradeCount: 4,
    state: 'closed',
    source: 'bybit',
    builtFrom: 'trades',
    missing: 0,
  } as const;
  expect(numericBar(bar)).toEqual({
    openTime: 60_000,
    open: 10.5,
    high: 11,
    low: 10.25,
    close: 10.75,
    volume: 3.5,
  });
  expect(() => numericBar({ ...bar, high: '10.6' })).toThrow(/outside low to high/);
  expect(() => numericBar({ ...bar, close: 'NaN' })).toThrow(/NaN/);
});
