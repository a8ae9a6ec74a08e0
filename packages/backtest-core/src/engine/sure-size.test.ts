import { parseQuantity, parseScaled, toNumber } from '@ballast/domain';
import { sizeTrade } from '@ballast/order-core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { instrument } from './made-bars.fixture.ts';
import { exactOf } from './sized-ticks.ts';
import { sureSize } from './sure-size.ts';
import { floatOf, isExact, priceOf, quantityOf, termsOf } from './terms.ts';

const listed = fc
  .record({
    tick: fc.constantFrom('0.1', '0.05', '1', '0.0001', '25', '0.37'),
    lot: fc.constantFrom('0.001', '1', '0.02', '100'),
    most: fc.constantFrom('1000', '30'),
    minNotional: fc.constantFrom('0', '5', '2000'),
  })
  .map(({ tick, lot, most, minNotional }) => ({
    ...instrument(),
    ...{ tickSize: parseScaled(tick), lotSize: parseScaled(lot), minQuantity: parseQuantity(lot) },
    ...{ maxQuantity: parseQuantity(most), minNotional: parseScaled(minNotional) },
  }));

test('a size that a float is sure of is the size that is reckoned exactly', () => {
  let sure = 0;
  const made = fc.record({
    of: listed,
    isLong: fc.boolean(),
    price: fc.integer({ min: 1_000, max: 1_000_000 }),
    away: fc.tuple(fc.nat(900_000), fc.nat(900_000)),
    onTick: fc.boolean(),
    equity: fc.tuple(fc.nat(1e8), fc.nat(1e9)),
    shares: fc.constantFrom(['0.01', '0.1'] as const, ['0.5', '0.001'] as const),
  });
  fc.assert(
    fc.property(
      made,
      ({
        of,
        isLong,
        price,
        away,
        onTick,
        equity: [units, billionths],
        shares: [risk, notional],
      }) => {
        const equity = BigInt(units) * 10n ** 18n + BigInt(billionths) * 10n ** 9n;
        const terms = termsOf(of);
        const sign = isLong ? 1 : -1;
        const levelAt = (ticks: number): number =>
          (onTick ? Math.round(price + ticks) : price + ticks) * terms.tick;
        const level = {
          stop: levelAt((-sign * away[0]) / 1_000),
          target: levelAt((sign * away[1]) / 1_000),
        };
        const direction = isLong ? 'long' : 'short';
        const shares = { risk: Number(risk), notional: Number(notional) };
        const size = sureSize({ direction, level, price, equity: toNumber(equity) }, terms, shares);
        if (size === null) return;
        sure += 1;
        const exact = sizeTrade({
          ...{ instrument: of, direction, level, price: priceOf(price, terms), volume: null },
          ...{ riskFraction: parseScaled(risk), notionalFraction: parseScaled(notional) },
          equity: { amount: equity, currency: of.quoteCurrency },
        });
        expect(exactOf(size, terms)).toEqual(exact);
      },
    ),
    { numRuns: 2_000 },
  );
  expect(sure).toBeGreaterThan(200);
});

test('counts of ticks, lots and their values are the floats that their text reads as', () => {
  fc.assert(
    fc.property(listed, fc.nat(1e9), fc.nat(1e6), (of, ticks, lots) => {
      const terms = termsOf(of);
      fc.pre(isExact(ticks, terms.ofTick) && isExact(ticks * lots, terms.ofUnit));
      expect(floatOf(ticks, terms.ofTick)).toBe(toNumber(priceOf(ticks, terms)));
      expect(floatOf(lots, terms.ofLot)).toBe(toNumber(quantityOf(lots, terms)));
      if (terms.unit === 0n) return;
      const value = BigInt(ticks * lots) * terms.unit;
      expect(floatOf(ticks * lots, terms.ofUnit)).toBe(toNumber(value));
    }),
  );
});
