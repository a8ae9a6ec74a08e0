import { verifyAuditChain } from '@ballast/db';
import type { Platform } from '../platform.ts';
import type { Report } from '../report.ts';

/** Walks the whole hash chain of the account's audit log. */
export async function auditVerify({ access, db }: Platform): Promise<Report> {
  const { rows, brokenAt } = await verifyAuditChain(db, access.account);
  const line =
    brokenAt === null
      ? `audit log of ${access.account}: ${rows} rows, chain whole`
      : `audit log of ${access.account}: chain broken at row ${brokenAt} of ${rows}`;
  return {
    ok: brokenAt === null,
    data: { account: access.account, rows, brokenAt },
    lines: [line],
  };
}
