import { argon2Sync } from 'node:crypto';
import { expect, test } from 'vitest';
import { hashPassword, verifyPassword } from './password-hash.ts';

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

test('a password fits its own hash alone, and no hash fits none', async () => {
  const hash = await hashPassword('ünï pass phrase');
  expect(await verifyPassword('ünï pass phrase', hash)).toBe(true);
  expect(await verifyPassword('u\u0308ni\u0308 pass phrase', hash), 'another keyboard').toBe(true);
  expect(await verifyPassword('üni pass phrase', hash)).toBe(false);
  expect(await verifyPassword('ünï pass phrase', null)).toBe(false);
});

test('a stored hash that would tie up the process is not checked', async () => {
  const costly = `$argon2id$v=19$m=9999999,t=2,p=1$c2FsdHNhbHQ$${'a'.repeat(43)}`;
  await expect(verifyPassword('x', costly)).rejects.toThrow('9999999 KiB and 2 passes');
  await expect(verifyPassword('x', 'plain')).rejects.toThrow('not argon2id PHC text');
});
