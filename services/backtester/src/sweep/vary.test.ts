import { expect, test } from 'vitest';
import { combinationsOf } from './vary.ts';

test('every combination, in a fixed order', () => {
  expect(combinationsOf(['a=1..2', 'b=0.1..0.3/0.1', 'c=true,x'])).toEqual([
    ...[0.1, 0.2, 0.3].flatMap((b) => [true, 'x'].map((c) => ({ a: 1, b, c }))),
    ...[0.1, 0.2, 0.3].flatMap((b) => [true, 'x'].map((c) => ({ a: 2, b, c }))),
  ]);
  expect(combinationsOf(['a=-3..-1/1'])).toEqual([{ a: -3 }, { a: -2 }, { a: -1 }]);
});

test.each([['a'], ['a='], ['=1'], ['a=3..1'], ['a=1..2/0'], ['a=1..2/-1']])(
  'refuses %s',
  (word) => {
    expect(() => combinationsOf([word])).toThrow('--vary');
  },
);

test('refuses a value twice, which would count as two trials', () => {
  expect(() => combinationsOf(['a=5,10,5.0'])).toThrow('--vary names a value twice: a=5,10,5.0');
  expect(combinationsOf(['a=5,x5'])).toHaveLength(2);
});

test('refuses a name twice, and more than anybody looks through', () => {
  expect(() => combinationsOf(['a=1', 'a=2'])).toThrow('names a parameter twice: a, a');
  expect(() => combinationsOf(['a=1..1000', 'b=1..1000'])).toThrow('1000000 combinations');
});
