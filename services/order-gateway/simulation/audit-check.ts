import { AUDIT_START, auditHash } from '@ballast/db';
import type { AuditEntry } from '../src/journal/audit-rows.ts';

/** The seq of the first row that is not linked to the one before; null when the chain is whole. */
export function verifyRows(rows: readonly AuditEntry[]): number | null {
  let previous = AUDIT_START;
  for (const [index, row] of rows.entries()) {
    const { account, seq, at, kind, callId = null, tradeId = null, data, epoch, hash } = row;
    const linked = row.previousHash === previous && seq === index + 1;
    const entry = { account, seq, at, kind, callId, tradeId, data, epoch };
    if (!linked || auditHash(previous, entry) !== hash) return seq;
    previous = hash;
  }
  return null;
}
