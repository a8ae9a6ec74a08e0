import { expect, test } from 'vitest';
import { checked } from './password-input.ts';

test('a password has 10 to 200 characters', () => {
  expect(checked('x'.repeat(10))).toHaveLength(10);
  expect(checked('x'.repeat(200))).toHaveLength(200);
  expect(() => checked('x'.repeat(9))).toThrow(/10 to 200/);
  expect(() => checked('x'.repeat(201))).toThrow(/10 to 200/);
  expect(() => checked('')).toThrow(/10 to 200/);
});
