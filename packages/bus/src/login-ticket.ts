import { signPayload, verifySignature } from './signature.ts';

/** A login link lives this long, and none longer is believed. */
export const LOGIN_TICKET_MS = 15 * 60_000;

export type LoginTicket = { readonly nonce: string; readonly expiresAt: number };

/**
 * What a login link carries: base64url(JSON) + '.' + hex HMAC-SHA256 of that text. Signed like a
 * command, by whoever can read the platform's secrets; the dashboard takes it once.
 */
export function mintLoginTicket(key: string, ticket: LoginTicket): string {
  const text = Buffer.from(JSON.stringify(ticket)).toString('base64url');
  return `${text}.${signPayload(text, key)}`;
}

/** The address that logs in once; `nonce` random, `now` epoch ms. */
export function loginLink(dashboardUrl: string, key: string, nonce: string, now: number): string {
  const ticket = mintLoginTicket(key, { nonce, expiresAt: now + LOGIN_TICKET_MS });
  return `${dashboardUrl}/login?ticket=${ticket}`;
}

/** Null for anything that was not minted with this key. Expiry and reuse are the caller's. */
export function readLoginTicket(key: string, ticket: string): LoginTicket | null {
  const [text, signature, ...rest] = ticket.split('.');
  if (text === undefined || signature === undefined || rest.length > 0) return null;
  if (!verifySignature(text, signature, key)) return null;
  const value: unknown = JSON.parse(Buffer.from(text, 'base64url').toString());
  if (typeof value !== 'object' || value === null) return null;
  const nonce: unknown = Reflect.get(value, 'nonce');
  const expiresAt: unknown = Reflect.get(value, 'expiresAt');
  if (typeof nonce !== 'string' || nonce.length < 16 || typeof expiresAt !== 'number') return null;
  return { nonce, expiresAt };
}
