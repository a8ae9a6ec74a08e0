import { BrokenInvariant } from '@ballast/domain';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { opened } from './sample-trade.fixture.ts';
import { fromJson, toJson, tradeFromJson } from './state-wire.ts';

test('an amount is readable text in the database', () => {
  expect(toJson({ cost: -15n * 10n ** 17n, n: 3, t: [true, null] })).toEqual({
    cost: '#-1.5',
    n: 3,
    t: [true, null],
  });
});

const bound = 10n ** 38n - 1n;
const { value } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    fc.oneof(
      fc.bigInt({ min: -bound, max: bound }),
      fc.constantFrom('#', '##', '#1', '##1', '# ', '#x'),
      fc.string(),
      fc.integer(),
      fc.boolean(),
      fc.constant(null),
    ),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(
      fc.string({ maxLength: 8 }).filter((key) => key !== '__proto__'),
      tie('value'),
      {
        maxKeys: 4,
        noNullPrototype: true,
      },
    ),
  ),
}));

test('any plain data comes back as it was', () => {
  fc.assert(
    fc.property(value, (data) => {
      const text = JSON.stringify(toJson(data));
      expect(fromJson(JSON.parse(text))).toEqual(data);
    }),
  );
});

test('a trade comes back as it was; reached states are held by the interleavings', () => {
  const { trade } = opened();
  expect(tradeFromJson(JSON.parse(JSON.stringify(toJson(trade))))).toEqual(trade);
});

test.each([[null], ['#1'], [{}], [{ version: 1 }], [[]]])('%j is no trade', (json) => {
  expect(() => tradeFromJson(json)).toThrow(BrokenInvariant);
});
