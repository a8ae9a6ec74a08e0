import { randomBytes } from 'node:crypto';
import { LOGIN_TICKET_MS, loginLink as linkTo } from '@ballast/bus';
import { findAccess } from '../access.ts';
import { EXIT, Failure } from '../failure.ts';
import { type Report, timeText } from '../report.ts';

/**
 * A link that logs in to the dashboard once.
 * @throws Failure NOT_RUNNING while there is no dashboard, SECRET_MISSING without the key
 */
export function loginLink(dataDir: string): Report {
  const { dashboardUrl, loginKey } = findAccess(dataDir);
  if (dashboardUrl === null) {
    throw new Failure('NOT_RUNNING', 'the dashboard is not up yet', EXIT.unavailable);
  }
  if (loginKey === null) throw new Failure('SECRET_MISSING', 'BALLAST_LOGIN_KEY is not set');
  const now = Date.now();
  const expiresAt = now + LOGIN_TICKET_MS;
  const link = linkTo(dashboardUrl, loginKey, randomBytes(16).toString('hex'), now);
  return {
    ok: true,
    data: { link, expiresAt },
    lines: [link, `works once, until ${timeText(expiresAt)}`],
  };
}
