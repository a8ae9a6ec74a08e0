import { createHmac, timingSafeEqual } from 'node:crypto';

/** Hex HMAC-SHA256 over the exact text: what is checked is what was signed, byte for byte. */
export function signPayload(payload: string, key: string): string {
  return createHmac('sha256', key).update(payload, 'utf8').digest('hex');
}

/** Constant time in the content; a signature of another length is wrong without a comparison. */
export function verifySignature(payload: string, signature: string, key: string): boolean {
  const expected = Buffer.from(signPayload(payload, key), 'utf8');
  const given = Buffer.from(signature, 'utf8');
  return given.length === expected.length && timingSafeEqual(given, expected);
}
