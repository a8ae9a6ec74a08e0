import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatPrice, type Price, type Quantity } from './amounts.ts';
import { formatScaled, parseScaled, type Rounding } from './decimal.ts';
import {
  type Instrument,
  instrumentId,
  instrumentWire,
  isOnLot,
  isOnTick,
  parseInstrumentId,
  roundToLot,
  snapToTick,
  symbolOf,
  venueOf,
} from './instrument.ts';

const wire = {
  id: 'bybit.linear:BTCUSDT',
  baseCurrency: 'BTC',
  quoteCurrency: 'USDT',
  tickSize: '0.1',
  lotSize: '0.001',
  minQuantity: '0.001',
  maxQuantity: '1190',
  minNotional: '5',
  multiplier: '1',
};
const instrument: Instrument = instrumentWire.parse(wire);

describe('id', () => {
  test('names venue, market and symbol', () => {
    const id = instrumentId('bybit', 'linear', '1000PEPEUSDT');
    expect(id).toBe('bybit.linear:1000PEPEUSDT');
    expect([venueOf(id), symbolOf(id)]).toEqual(['bybit', '1000PEPEUSDT']);
    expect(symbolOf(parseInstrumentId('alpaca.us:BRK.B'))).toBe('BRK.B');
  });

  test.each([
    '',
    'BTCUSDT',
    'bybit:BTC',
    'bybit.linear:',
    'bybit.linear:btc',
    'Bybit.linear:BTC',
    'bybit.linear:BTC\n',
    `bybit.linear:${'A'.repeat(33)}`,
    'a.b:C:D',
  ])('"%s" is none', (text) => {
    expect(() => parseInstrumentId(text)).toThrow(
      expect.objectContaining({ code: 'INSTRUMENT_ID_MALFORMED' }),
    );
  });
});

test('decimal text on the wire, and nothing else', () => {
  expect(instrument.tickSize).toBe(10n ** 17n);
  for (const bad of [0.1, '1e-1', '', null]) {
    expect(instrumentWire.safeParse({ ...wire, tickSize: bad }).success).toBe(false);
  }
});

const steps = fc.constantFrom('0.000001', '0.0001', '0.05', '0.1', '0.25', '0.5', '1', '5', '0.03');
const mode = fc.constantFrom<Rounding>('floor', 'ceil', 'halfEven');

describe('ticks and lots', () => {
  test('a level becomes a price on the tick, on the named side, less than a tick away', () => {
    // No level rounds down to zero at the widest step.
    const level = fc.double({ min: 5, max: 1e9, noNaN: true });
    fc.assert(
      fc.property(level, steps, mode, (value, tick, rounding) => {
        const tickSize = parseScaled(tick);
        const price = snapToTick(value, { ...instrument, tickSize }, rounding);
        expect(isOnTick(price, { ...instrument, tickSize })).toBe(true);
        const exact = parseScaled(String(value));
        if (rounding === 'floor') expect(price <= exact && exact - price < tickSize).toBe(true);
        if (rounding === 'ceil') expect(price >= exact && price - exact < tickSize).toBe(true);
        const away = price > exact ? price - exact : exact - price;
        if (rounding === 'halfEven') expect(away * 2n <= tickSize).toBe(true);
      }),
    );
  });

  test('a price that is on the tick stays, through a float and back', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10_000_000 }), mode, (count, rounding) => {
        const price = (BigInt(count) * instrument.tickSize) as Price;
        expect(snapToTick(Number(formatPrice(price)), instrument, rounding)).toBe(price);
      }),
    );
  });

  test.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])(
    '%d is no level',
    (level) => {
      expect(() => snapToTick(level, instrument, 'floor')).toThrow(
        expect.objectContaining({ code: 'LEVEL_NOT_A_PRICE' }),
      );
    },
  );

  test('a level that rounds down to zero is no price', () => {
    expect(() => snapToTick(0.04, instrument, 'floor')).toThrow(
      expect.objectContaining({ code: 'LEVEL_NOT_A_PRICE' }),
    );
    expect(formatScaled(snapToTick(0.04, instrument, 'ceil'))).toBe('0.1');
  });

  test('small levels with more digits than the scale snap to the nearest tick', () => {
    const fine = { ...instrument, tickSize: parseScaled('0.00000001') };
    fc.assert(
      fc.property(fc.double({ min: 1e-5, max: 1, noNaN: true }), (level) => {
        const price = Number(formatScaled(snapToTick(level, fine, 'halfEven')));
        expect(Math.abs(price - level)).toBeLessThanOrEqual(0.5e-8 + 1e-12);
      }),
    );
  });

  test('an exponent in the float is no exponent in the price', () => {
    const fine = { ...instrument, tickSize: 10n ** 10n };
    expect(formatScaled(snapToTick(1.5e-7, fine, 'halfEven'))).toBe('0.00000015');
    expect(() => snapToTick(1e21, instrument, 'floor')).toThrow(
      expect.objectContaining({ code: 'NOT_A_DECIMAL' }),
    );
  });

  test('a quantity becomes whole lots', () => {
    const quantity = fc.bigInt({ min: 0n, max: 10n ** 24n }).map((value) => value as Quantity);
    fc.assert(
      fc.property(quantity, steps, (value, lot) => {
        const lots = { ...instrument, lotSize: parseScaled(lot) };
        const down = roundToLot(value, lots, 'floor');
        expect(isOnLot(down, lots)).toBe(true);
        expect(down <= value && value - down < lots.lotSize).toBe(true);
        expect(roundToLot(value, lots, 'ceil') - down <= lots.lotSize).toBe(true);
        expect(isOnLot(value, lots)).toBe(down === value);
      }),
    );
  });
});
