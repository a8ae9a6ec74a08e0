import { InvalidInput, parseMoney, parsePrice, type Price, type Quantity } from '@ballast/domain';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { INSTRUMENT } from '../sample-trade.fixture.ts';
import { sizeByRisk } from './sizing.ts';

const ONE = 10n ** 18n;
const size = (entry: string, stop: string, risk: string, lotSize = ONE): bigint =>
  sizeByRisk(
    { ...INSTRUMENT, lotSize },
    parsePrice(entry),
    parsePrice(stop),
    parseMoney(risk, 'USDT'),
  );

test.each([
  ['100', '90', '100', 10n * ONE],
  ['100', '90', '99.999999999999999999', 9n * ONE],
  ['90', '100', '100', 10n * ONE],
  ['100', '90', '9', 0n],
  ['100', '90', '0', 0n],
  ['100', '90', '-50', 0n],
])('entry %s, stop %s, budget %s', (entry, stop, risk, quantity) => {
  expect(size(entry, stop, risk)).toBe(quantity);
});

test('a stop at the entry has no size', () => {
  expect(() => size('100', '100', '100')).toThrow(InvalidInput);
});

test('never risks more than the budget, and one more lot would', () => {
  const scaled = (max: bigint) => fc.bigInt({ min: 1n, max });
  fc.assert(
    fc.property(
      scaled(10n ** 23n),
      scaled(10n ** 23n),
      scaled(10n ** 23n),
      scaled(10n ** 18n),
      scaled(10n ** 20n),
      (entry, stop, amount, lotSize, multiplier) => {
        fc.pre(entry !== stop);
        const risk = { amount, currency: 'USDT' };
        const instrument = { ...INSTRUMENT, lotSize, multiplier };
        const quantity: Quantity = sizeByRisk(instrument, entry as Price, stop as Price, risk);
        const distance = entry > stop ? entry - stop : stop - entry;
        const loss = (held: bigint): bigint => distance * multiplier * held;
        expect(quantity % lotSize).toBe(0n);
        expect(loss(quantity) <= amount * ONE * ONE).toBe(true);
        const perUnit = (distance * multiplier + ONE - 1n) / ONE;
        expect(perUnit * (quantity + lotSize) > amount * ONE).toBe(true);
      },
    ),
  );
});
