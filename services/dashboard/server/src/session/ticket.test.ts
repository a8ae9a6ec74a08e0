import { expect, test } from 'vitest';
import { LOGIN_TICKET_MS as TICKET_LIFETIME_MAX_MS, mintLoginTicket } from '@ballast/bus';
import { createTicketGate } from './ticket.ts';

const mintTicket = (key: string, nonce: string, expiresAt: number): string =>
  mintLoginTicket(key, { nonce, expiresAt });

const KEY = 'k'.repeat(32);
const NONCE = 'nonce-of-sixteen-or-more';
const NOW = 1_000_000;

function gateAt(clock: { now: number }) {
  return createTicketGate(KEY, () => clock.now);
}

test('a good ticket is taken once', () => {
  const gate = gateAt({ now: NOW });
  const ticket = mintTicket(KEY, NONCE, NOW + 1);
  gate.redeem(ticket);
  expect(() => gate.redeem(ticket)).toThrow(expect.objectContaining({ code: 'TICKET_USED' }));
});

test.each([
  ['expired', mintTicket(KEY, NONCE, NOW), 'TICKET_EXPIRED'],
  [
    'of a life too long',
    mintTicket(KEY, NONCE, NOW + TICKET_LIFETIME_MAX_MS + 1),
    'TICKET_LIFETIME_TOO_LONG',
  ],
  ['signed with another key', mintTicket('x'.repeat(32), NONCE, NOW + 1), 'TICKET_WRONG'],
  ['with a changed payload', `A${mintTicket(KEY, NONCE, NOW + 1).slice(1)}`, 'TICKET_WRONG'],
  ['with a cut signature', mintTicket(KEY, NONCE, NOW + 1).slice(0, -1), 'TICKET_WRONG'],
  ['with more parts', `${mintTicket(KEY, NONCE, NOW + 1)}.x`, 'TICKET_WRONG'],
  ['without a signature', 'abc', 'TICKET_WRONG'],
  ['empty', '', 'TICKET_WRONG'],
  ['with a short nonce', mintTicket(KEY, 'short', NOW + 1), 'TICKET_WRONG'],
])('a ticket %s is refused', (_what, ticket, code) => {
  expect(() => gateAt({ now: NOW }).redeem(ticket)).toThrow(expect.objectContaining({ code }));
});

test('a nonce is remembered until its ticket has expired', () => {
  const clock = { now: NOW };
  const gate = gateAt(clock);
  const ticket = mintTicket(KEY, NONCE, NOW + 1_000);
  gate.redeem(ticket);
  clock.now = NOW + 999;
  expect(() => gate.redeem(ticket)).toThrow(expect.objectContaining({ code: 'TICKET_USED' }));
  clock.now = NOW + 1_000;
  expect(() => gate.redeem(ticket)).toThrow(expect.objectContaining({ code: 'TICKET_EXPIRED' }));
});
