import { DrizzleQueryError } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { awayReason } from './away.ts';

const coded = (code: string, message = 'said'): Error =>
  Object.assign(new Error(message), { code });

test('a database that is not there is told from one that refuses what it is asked', () => {
  const away = [
    ...['57P01', '57P03', '08006', '25P03', '53300', 'ECONNREFUSED', 'ECONNRESET'].map((code) =>
      coded(code),
    ),
    new Error('Connection terminated unexpectedly'),
    new Error('timeout exceeded when trying to connect'),
  ];
  for (const error of away) {
    const asked = new DrizzleQueryError('select 1', [], error);
    expect(awayReason(asked), error.message).toBe(error.message);
  }
  expect(awayReason(coded('ECONNREFUSED', ''))).toBe('ECONNREFUSED');
  const others = [coded('23505'), coded('57014'), coded('57P04'), new Error('Query read timeout')];
  for (const error of others) {
    expect(awayReason(new DrizzleQueryError('select 1', [], error)), String(error)).toBeNull();
  }
  expect(awayReason('a text')).toBeNull();
});
