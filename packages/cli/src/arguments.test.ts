import { expect, test } from 'vitest';
import { readCount, readInstant, readInstrumentId } from './arguments.ts';

test.each(['', '0', '-1', '1.5', '1e2', '0x10', ' 7', '101', '99999999999'])(
  '"%s" is no count up to 100',
  (text) => {
    const fault = { code: 'USAGE', exitCode: 64, message: '--days: a whole number from 1 to 100' };
    expect(() => readCount(text, '--days', 100)).toThrow(expect.objectContaining(fault));
  },
);

test.each(['', 'noon', '2026-11-18T12:00', '2026-13-01', '2026-02-31', '2026-02-30T00:00Z'])(
  '"%s" is no time',
  (text) => {
    const fault = { code: 'TIME_MALFORMED', exitCode: 64 };
    expect(() => readInstant(text)).toThrow(expect.objectContaining(fault));
  },
);

test('what is well-formed is read', () => {
  expect(readCount('100', '--days', 100)).toBe(100);
  expect(readInstant('2028-02-29')).toBe(Date.UTC(2028, 1, 29));
  expect(readInstant('2026-11-18T23:30:00-02:00')).toBe(Date.UTC(2026, 10, 19, 1, 30));
  expect(readInstrumentId('bybit.linear:BTCUSDT')).toBe('bybit.linear:BTCUSDT');
  const fault = { code: 'INSTRUMENT_ID_MALFORMED', exitCode: 64 };
  expect(() => readInstrumentId('BTC')).toThrow(expect.objectContaining(fault));
});
