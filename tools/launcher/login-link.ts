import { createHmac, randomBytes } from 'node:crypto';

const VALID_MS = 15 * 60_000;

/**
 * A link that logs in once, within 15 minutes: the ticket is `<payload>.<signature>`, payload =
 * base64url of JSON `{ nonce, expiresAt }` (epoch ms), signature = hex HMAC-SHA256 over that text.
 */
export function loginLink(dashboardUrl: string, loginKey: string, now: number): string {
  const ticket = { nonce: randomBytes(16).toString('hex'), expiresAt: now + VALID_MS };
  const payload = Buffer.from(JSON.stringify(ticket)).toString('base64url');
  const signature = createHmac('sha256', loginKey).update(payload).digest('hex');
  return `${dashboardUrl}/login?ticket=${payload}.${signature}`;
}
