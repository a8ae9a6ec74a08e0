import { audit, type Database, verifyAuditChain } from '@ballast/db';
import { confirm, confirmSame, ProofError } from './confirm.ts';

/**
 * The gateway's sweep goes on while we look: a call that is under way gets its answer within this.
 */
const ANSWERED_WITHIN_MS = 6_000;

/**
 * The account's chain is whole, and each broker call in it has one row before and one after.
 * @returns the chain's length, the number of calls and their answers
 * @throws ProofError AUDIT_BROKEN, CALL_WITHOUT_ANSWER
 */
export async function proveAudit(db: Database, account: string) {
  const chain = await verifyAuditChain(db, account);
  confirm('AUDIT_BROKEN', chain.brokenAt === null, `the chain breaks at ${chain.brokenAt}`);
  const end = Date.now() + ANSWERED_WITHIN_MS;
  for (;;) {
    const { requests, responses } = await brokerRows(db);
    try {
      confirmSame('CALL_WITHOUT_ANSWER', requests.map(callId), responses.map(callId));
      return { rows: chain.rows, calls: requests.length, responses };
    } catch (error) {
      if (!(error instanceof ProofError) || Date.now() > end) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

async function brokerRows(db: Database) {
  const rows = await db.select().from(audit);
  const requests = rows.filter(({ kind }) => kind === 'brokerRequest');
  return { requests, responses: rows.filter(({ kind }) => kind === 'brokerResponse') };
}

function callId(row: { callId: string | null }): string {
  return row.callId ?? 'none';
}
