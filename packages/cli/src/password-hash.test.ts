import { argon2Sync } from 'node:crypto';
import { expect, test } from 'vitest';
import { hashPassword } from './password-hash.ts';
import { checked } from './password-input.ts';

test('a hash is salted argon2id PHC text that the same password gives again', async () => {
  const phc = await hashPassword('correct horse battery');
  const [, salt = '', tag] =
    /^\$argon2id\$v=19\$m=19456,t=2,p=1\$([^$=]+)\$([^$=]+)$/.exec(phc) ?? [];
  const again = argon2Sync('argon2id', {
    message: 'correct horse battery',
    nonce: Buffer.from(salt, 'base64'),
    memory: 19_456,
    passes: 2,
    parallelism: 1,
    tagLength: 32,
  });
  expect(again.toString('base64').replace(/=+$/, '')).toBe(tag);
  expect(await hashPassword('correct horse battery'), 'another salt').not.toBe(phc);
});

test('a password has 10 to 200 characters', () => {
  expect(checked('x'.repeat(10))).toHaveLength(10);
  expect(checked('x'.repeat(200))).toHaveLength(200);
  expect(() => checked('x'.repeat(9))).toThrow(/10 to 200/);
  expect(() => checked('x'.repeat(201))).toThrow(/10 to 200/);
  expect(() => checked('')).toThrow(/10 to 200/);
});
