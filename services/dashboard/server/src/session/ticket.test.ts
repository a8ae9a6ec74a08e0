import { LOGIN_TICKET_MS, mintLoginTicket } from '@ballast/bus';
import { expect, test } from 'vitest';
import { createTicketGate } from './ticket.ts';

const KEY = 'k'.repeat(32);
const NONCE = 'nonce-of-sixteen-or-more';
const START = 1_000_000;
/** Of a ticket made when the gate began. */
const EXPIRY = START + LOGIN_TICKET_MS;

const mint = (expiresAt: number, key = KEY, nonce = NONCE): string =>
  mintLoginTicket(key, { nonce, expiresAt });

function gateAt(clock: { now: number }) {
  return createTicketGate(KEY, () => clock.now);
}

test('a good ticket is taken once', () => {
  const gate = gateAt({ now: START });
  gate.redeem(mint(EXPIRY));
  expect(() => gate.redeem(mint(EXPIRY))).toThrow(expect.objectContaining({ code: 'TICKET_USED' }));
});

test.each([
  ['of a life too long', mint(EXPIRY + 1), 'TICKET_LIFETIME_TOO_LONG'],
  ['from before this process began', mint(EXPIRY - 1), 'TICKET_EXPIRED'],
  ['signed with another key', mint(EXPIRY, 'x'.repeat(32)), 'TICKET_WRONG'],
  ['with a changed payload', `A${mint(EXPIRY).slice(1)}`, 'TICKET_WRONG'],
  ['with a cut signature', mint(EXPIRY).slice(0, -1), 'TICKET_WRONG'],
  ['with more parts', `${mint(EXPIRY)}.x`, 'TICKET_WRONG'],
  ['without a signature', 'abc', 'TICKET_WRONG'],
  ['empty', '', 'TICKET_WRONG'],
  ['with a short nonce', mint(EXPIRY, KEY, 'short'), 'TICKET_WRONG'],
])('a ticket %s is refused', (_what, ticket, code) => {
  expect(() => gateAt({ now: START }).redeem(ticket)).toThrow(expect.objectContaining({ code }));
});

test('a nonce is remembered until its ticket has expired', () => {
  const clock = { now: START };
  const gate = gateAt(clock);
  gate.redeem(mint(EXPIRY));
  clock.now = EXPIRY - 1;
  expect(() => gate.redeem(mint(EXPIRY))).toThrow(expect.objectContaining({ code: 'TICKET_USED' }));
  clock.now = EXPIRY;
  expect(() => gate.redeem(mint(EXPIRY))).toThrow(
    expect.objectContaining({ code: 'TICKET_EXPIRED' }),
  );
});
