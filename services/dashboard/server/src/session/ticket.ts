import { createHmac, timingSafeEqual } from 'node:crypto';
import { InvalidInput } from '@ballast/domain';
import { z } from 'zod';

/** A login link lives this long at most, whatever it claims itself. */
export const TICKET_LIFETIME_MAX_MS = 15 * 60_000;
/** Nonces remembered at once; above it tickets are refused until old ones expire. */
const NONCES_MAX = 10_000;

const payload = z.strictObject({
  nonce: z.string().min(16).max(128),
  expiresAt: z.int().positive(),
});

/** A single-use login ticket: base64url(JSON) + '.' + hex HMAC-SHA256 of that text. */
export function mintTicket(key: string, nonce: string, expiresAt: number): string {
  const text = Buffer.from(JSON.stringify({ nonce, expiresAt })).toString('base64url');
  return `${text}.${signature(key, text)}`;
}

/** Accepts each good ticket once. Nonces are kept until their ticket has expired. */
export function createTicketGate(key: string, now: () => number) {
  const used = new Map<string, number>();

  function forgetExpired(at: number): void {
    for (const [nonce, expiresAt] of used) if (expiresAt <= at) used.delete(nonce);
  }

  return {
    /** @throws InvalidInput TICKET_WRONG, TICKET_EXPIRED, TICKET_LIFETIME_TOO_LONG, TICKET_USED */
    redeem(ticket: string): void {
      const at = now();
      const { nonce, expiresAt } = readTicket(key, ticket);
      if (expiresAt <= at) throw new InvalidInput('TICKET_EXPIRED', 'this login link has expired');
      if (expiresAt > at + TICKET_LIFETIME_MAX_MS) {
        throw new InvalidInput(
          'TICKET_LIFETIME_TOO_LONG',
          'this login link claims too long a life',
        );
      }
      forgetExpired(at);
      if (used.has(nonce) || used.size >= NONCES_MAX) {
        throw new InvalidInput('TICKET_USED', 'this login link was used before');
      }
      used.set(nonce, expiresAt);
    },
  };
}

function readTicket(key: string, ticket: string): z.infer<typeof payload> {
  const wrong = () => new InvalidInput('TICKET_WRONG', 'this login link is not one of ours');
  const [text, given, ...rest] = ticket.split('.');
  if (text === undefined || given === undefined || rest.length > 0) throw wrong();
  const expected = Buffer.from(signature(key, text));
  const actual = Buffer.from(given);
  if (actual.length !== expected.length || !timingSafeEqual(actual, expected)) throw wrong();
  const result = payload.safeParse(JSON.parse(Buffer.from(text, 'base64url').toString()));
  if (!result.success) throw wrong();
  return result.data;
}

function signature(key: string, text: string): string {
  return createHmac('sha256', key).update(text).digest('hex');
}
