import { argon2, randomBytes, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';

const derive = promisify(argon2);

/**
 * OWASP Password Storage Cheat Sheet: 19 MiB with two passes is the least for argon2id, and what we
 * write. Above the upper bounds a check would tie up the process.
 */
const MEMORY_KIB = { min: 19 * 1024, max: 64 * 1024 };
const PASSES = { min: 2, max: 8 };
const SALT_BYTES = 16;
const TAG_BYTES = 32;

/** argon2id in PHC text: memory KiB, passes, one lane, salt and tag in base64 without padding. */
const PHC =
  /^\$argon2id\$v=19\$m=(\d{1,7}),t=(\d{1,2}),p=1\$([A-Za-z0-9+/]{11,88})\$([A-Za-z0-9+/]{22,88})$/;

/** PHC text of a new salted argon2id hash. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(SALT_BYTES);
  const tag = await argon2id(password, salt, MEMORY_KIB.min, PASSES.min, TAG_BYTES);
  return `$argon2id$v=19$m=${MEMORY_KIB.min},t=${PASSES.min},p=1$${bare(salt)}$${bare(tag)}`;
}

/**
 * False for a wrong password, and for no stored hash after the same work, so that the time taken
 * does not tell whether there is one. @throws Error when the stored hash is not one of ours.
 */
export async function verifyPassword(password: string, stored: string | null): Promise<boolean> {
  if (stored === null) {
    await argon2id(password, Buffer.alloc(SALT_BYTES), MEMORY_KIB.min, PASSES.min, TAG_BYTES);
    return false;
  }
  const fault = passwordHashFault(stored);
  if (fault !== null) throw new Error(`stored ${fault}`);
  const [, memory = '', passes = '', salt = '', tag = ''] = PHC.exec(stored) ?? [];
  const expected = Buffer.from(tag, 'base64');
  const salted = Buffer.from(salt, 'base64');
  const length = expected.length;
  const actual = await argon2id(password, salted, Number(memory), Number(passes), length);
  return timingSafeEqual(actual, expected);
}

/**
 * Why this text may not be stored as a password hash, or null when it may: one that `verifyPassword`
 * cannot check would lock the operator out.
 */
export function passwordHashFault(text: string): string | null {
  const [, memory, passes] = PHC.exec(text) ?? [];
  if (memory === undefined) return 'password hash is not argon2id PHC text with one lane';
  if (isWithin(Number(memory), MEMORY_KIB) && isWithin(Number(passes), PASSES)) return null;
  const kib = `${MEMORY_KIB.min} to ${MEMORY_KIB.max} KiB`;
  const allowed = `${kib} and ${PASSES.min} to ${PASSES.max} passes`;
  return `password hash of ${memory} KiB and ${passes} passes, allowed are ${allowed}`;
}

function isWithin(value: number, range: { readonly min: number; readonly max: number }): boolean {
  return value >= range.min && value <= range.max;
}

function argon2id(
  password: string,
  nonce: Buffer,
  memory: number,
  passes: number,
  tagLength: number,
): Promise<Buffer> {
  // NFKC, so that every keyboard types the same password.
  const message = Buffer.from(password.normalize('NFKC'));
  return derive('argon2id', { message, nonce, memory, passes, parallelism: 1, tagLength });
}

const bare = (bytes: Buffer): string => bytes.toString('base64').replace(/=+$/, '');
