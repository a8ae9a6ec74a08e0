import { LOGIN_TICKET_MS, type LoginTicket, readLoginTicket } from '@ballast/bus';
import { InvalidInput } from '@ballast/domain';

/** Nonces remembered at once; above it tickets are refused until old ones expire. */
const NONCES_MAX = 10_000;

/**
 * Accepts each good ticket once. Nonces are kept until their ticket has expired; what was used
 * before this process began is not remembered, so no ticket from before is taken.
 */
export function createTicketGate(key: string, now: () => number) {
  const startedAt = now();
  const used = new Map<string, number>();

  function forgetExpired(at: number): void {
    for (const [nonce, expiresAt] of used) if (expiresAt <= at) used.delete(nonce);
  }

  return {
    /** @throws InvalidInput TICKET_WRONG, TICKET_EXPIRED, TICKET_LIFETIME_TOO_LONG, TICKET_USED */
    redeem(ticket: string): void {
      const at = now();
      const { nonce, expiresAt } = read(key, ticket);
      if (expiresAt <= at || expiresAt < startedAt + LOGIN_TICKET_MS) {
        throw new InvalidInput('TICKET_EXPIRED', 'this login link has expired');
      }
      if (expiresAt > at + LOGIN_TICKET_MS) {
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

function read(key: string, ticket: string): LoginTicket {
  const found = readLoginTicket(key, ticket);
  if (found === null) throw new InvalidInput('TICKET_WRONG', 'this login link is not one of ours');
  return found;
}
