import { argon2, randomBytes, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';

const derive = promisify(argon2);

export const PASSWORD_LENGTH_MIN = 10;
export const PASSWORD_LENGTH_MAX = 200;

const MEMORY_KIB = 19 * 1024;
const PASSES = 2;
const TAG_BYTES = 32;
const SALT_BYTES = 16;
/** Above these a stored hash is refused: it would tie up the process, and we never write one. */
const MEMORY_KIB_MAX = 64 * 1024;
const PASSES_MAX = 8;

const PHC =
  /^\$argon2id\$v=19\$m=(\d{1,7}),t=(\d{1,2}),p=1\$([A-Za-z0-9+/]{11,88})\$([A-Za-z0-9+/]{22,88})$/;

/** PHC text of a new salted argon2id hash. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(SALT_BYTES);
  const tag = await argon2id(password, salt, MEMORY_KIB, PASSES, TAG_BYTES);
  return `$argon2id$v=19$m=${MEMORY_KIB},t=${PASSES},p=1$${bare(salt)}$${bare(tag)}`;
}

/**
 * False for a wrong password, and for no stored hash after the same work, so that the time taken
 * does not tell whether there is one. @throws Error when the stored hash is not one of ours.
 */
export async function verifyPassword(password: string, stored: string | null): Promise<boolean> {
  if (stored === null) {
    await argon2id(password, Buffer.alloc(SALT_BYTES), MEMORY_KIB, PASSES, TAG_BYTES);
    return false;
  }
  const [, memory = '', passes = '', salt = '', tag = ''] = PHC.exec(stored) ?? [];
  const memoryKib = Number(memory);
  const passCount = Number(passes);
  if (tag === '' || memoryKib > MEMORY_KIB_MAX || passCount > PASSES_MAX) {
    throw new Error('the stored password hash is not a PHC argon2id text within our limits');
  }
  const expected = Buffer.from(tag, 'base64');
  const salted = Buffer.from(salt, 'base64');
  const actual = await argon2id(password, salted, memoryKib, passCount, expected.length);
  return timingSafeEqual(actual, expected);
}

function argon2id(
  password: string,
  nonce: Buffer,
  memory: number,
  passes: number,
  tagLength: number,
): Promise<Buffer> {
  const message = Buffer.from(password.normalize('NFKC'));
  return derive('argon2id', { message, nonce, memory, passes, parallelism: 1, tagLength });
}

const bare = (bytes: Buffer): string => bytes.toString('base64').replace(/=+$/, '');
