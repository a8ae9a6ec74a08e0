import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Price, Quantity } from './amounts.ts';
import { InvalidInput } from './errors.ts';
import { TIMES_IN_FORCE } from './execution.ts';
import { parseUuid, type SignalId, uuidV7 } from './ids.ts';
import { instrumentId } from './instrument.ts';
import { parsed, type TradePlan, tradePlanToWire, tradePlanWire } from './trade-plan.ts';

const LARGEST = 10n ** 38n - 1n;
const price = fc.bigInt({ min: 1n, max: LARGEST }).map((value) => value as Price);
const plan: fc.Arbitrary<TradePlan> = fc.record({
  instrument: fc
    .stringMatching(/^[A-Z0-9._-]{1,32}$/)
    .map((symbol) => instrumentId('bybit', 'linear', symbol)),
  direction: fc.constantFrom('long', 'short'),
  entry: fc.oneof(
    fc.constant({ type: 'market' } as const),
    fc.record({
      type: fc.constant('limit' as const),
      price,
      timeInForce: fc.constantFrom(...TIMES_IN_FORCE),
      postOnly: fc.boolean(),
    }),
    fc.record({ type: fc.constant('stop' as const), triggerPrice: price }),
    fc.record({ type: fc.constant('stopLimit' as const), triggerPrice: price, price }),
  ),
  entryExpiresAt: fc.oneof(fc.constant(null), fc.integer({ min: 1 })),
  stop: price,
  takeProfit: fc.oneof(
    fc.record({ style: fc.constant('single' as const), target: price }),
    fc
      .tuple(price, price, fc.bigInt({ min: 1n, max: 10n ** 18n - 1n }), fc.boolean())
      .map(([first, second, fraction, breakEvenAfterFirst]) => ({
        style: 'scaled' as const,
        targets: [
          { price: first, fraction },
          { price: second, fraction: 10n ** 18n - fraction },
        ],
        breakEvenAfterFirst,
      })),
    fc.record({
      style: fc.constant('trailing' as const),
      distance: fc.oneof(
        fc.record({ by: fc.constant('amount' as const), amount: price }),
        fc.record({ by: fc.constant('percent' as const), percent: price }),
        fc.record({ by: fc.constant('atr' as const), multiple: price, atr: price }),
      ),
    }),
  ),
  quantity: fc.bigInt({ min: 0n, max: LARGEST }).map((value) => value as Quantity),
  origin: fc.oneof(
    fc.constant({ kind: 'ticket' } as const),
    fc.record({
      kind: fc.constant('signal' as const),
      signalId: fc
        .uint8Array({ minLength: 10, maxLength: 10 })
        .map((random) => parseUuid<SignalId>(uuidV7(1, random))),
      strategy: fc.string({ minLength: 1, maxLength: 64 }),
    }),
  ),
});

test('any plan comes back from the wire as it was', () => {
  fc.assert(
    fc.property(plan, (value) => {
      const text = JSON.stringify(tradePlanToWire(value));
      expect(tradePlanWire.parse(JSON.parse(text))).toEqual(value);
    }),
  );
});

const good = {
  instrument: 'bybit.linear:BTCUSDT',
  direction: 'long',
  entry: { type: 'limit', price: '100' },
  stop: '90',
  takeProfit: { style: 'single', target: '110' },
  quantity: '1',
  origin: { kind: 'ticket' },
};

describe('what is refused', () => {
  test('nothing of the good plan', () => {
    expect(tradePlanWire.safeParse(good).success).toBe(true);
  });

  test.each([
    ['a number for a price', { stop: 90 }],
    ['an exponent', { stop: '9e1' }],
    ['a price of nothing', { takeProfit: { style: 'single', target: '0' } }],
    ['a negative quantity', { quantity: '-1' }],
    ['more text than an amount has', { quantity: '0'.repeat(129) }],
    ['an unknown field', { leverage: '100' }],
    ['an unknown field inside', { entry: { type: 'market', price: '100' } }],
    ['a limit without its price', { entry: { type: 'limit' } }],
    ['an entry of another kind', { entry: { type: 'stop', price: '100' } }],
    ['an unknown direction', { direction: 'both' }],
    ['an instrument in lower case', { instrument: 'bybit.linear:btcusdt' }],
    ['a signal without its id', { origin: { kind: 'signal', strategy: 'momentum' } }],
    ['a missing quantity', { quantity: undefined }],
  ])('%s', (_, change) => {
    expect(tradePlanWire.safeParse({ ...good, ...change }).success).toBe(false);
  });

  test('the reason code is in the message', () => {
    const result = tradePlanWire.safeParse({ ...good, stop: '0' });
    expect(result.error?.issues[0]).toMatchObject({ path: ['stop'] });
    expect(result.error?.issues[0]?.message).toContain('PRICE_NOT_POSITIVE');
  });
});

test('a parser that fails for its own reasons is not taken for bad input', () => {
  const broken = parsed((): string => {
    throw new TypeError('a fault of ours');
  });
  expect(() => broken.safeParse('x')).toThrow(TypeError);
  const refusing = parsed((): string => {
    throw new InvalidInput('NO', 'no');
  });
  expect(refusing.safeParse('x').success).toBe(false);
});
