import { createHmac, randomBytes } from 'node:crypto';
import { findAccess } from '../access.ts';
import { EXIT, Failure } from '../failure.ts';
import { type Report, timeText } from '../report.ts';

const VALID_MS = 15 * 60_000;

/**
 * A link that logs in once, within 15 minutes. Ticket: `<payload>.<signature>`, payload = base64url
 * of JSON `{ nonce, expiresAt }` (epoch ms), signature = hex HMAC-SHA256 over that text, as the
 * dashboard reads it.
 * @throws Failure NOT_RUNNING while there is no dashboard, SECRET_MISSING without the key
 */
export function loginLink(dataDir: string): Report {
  const { dashboardUrl, loginKey } = findAccess(dataDir);
  if (dashboardUrl === null) {
    throw new Failure('NOT_RUNNING', 'the dashboard is not up yet', EXIT.unavailable);
  }
  if (loginKey === null) throw new Failure('SECRET_MISSING', 'BALLAST_LOGIN_KEY is not set');
  const expiresAt = Date.now() + VALID_MS;
  const ticket = { nonce: randomBytes(16).toString('hex'), expiresAt };
  const payload = Buffer.from(JSON.stringify(ticket)).toString('base64url');
  const signature = createHmac('sha256', loginKey).update(payload).digest('hex');
  const link = `${dashboardUrl}/login?ticket=${payload}.${signature}`;
  return {
    ok: true,
    data: { link, expiresAt },
    lines: [link, `works once, until ${timeText(expiresAt)}`],
  };
}
