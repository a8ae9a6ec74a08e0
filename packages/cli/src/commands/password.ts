import { hashPassword } from '@ballast/db';
import { ask } from '../ask.ts';
import type { Platform } from '../platform.ts';
import type { Report } from '../report.ts';

/** Sets the operator's password; only its hash leaves this process. @throws Failure */
export async function password(platform: Platform, chosen: string): Promise<Report> {
  const passwordHash = await hashPassword(chosen);
  const taken = await ask(platform, { type: 'setOperatorPassword', body: { passwordHash } });
  return {
    ok: true,
    data: { commandId: taken.commandId, inForceFrom: taken.takenAt },
    lines: ['the new password is in force'],
  };
}
