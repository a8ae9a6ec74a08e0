import { createHash } from 'node:crypto';
import { and, asc, eq, gt } from 'drizzle-orm';
import type { Database } from './database.ts';
import { audit } from './tables/order-gateway.ts';

/** What the first row of an account's chain points back to. */
export const AUDIT_START = '0'.repeat(64);
const PAGE = 5_000;

export type AuditEntry = {
  readonly account: string;
  readonly seq: number;
  readonly at: number;
  readonly kind: string;
  readonly callId: string | null;
  readonly tradeId: string | null;
  readonly data: unknown;
  /** The fence under which it was written: which process it was. */
  readonly epoch: number;
};

/** sha256(previous hash ‖ canonical row), hex. */
export function auditHash(previousHash: string, entry: AuditEntry): string {
  const { account, seq, at, kind, callId, tradeId, data, epoch } = entry;
  return hashOf(previousHash, [account, seq, at, kind, callId, tradeId, data, epoch]);
}

/** Whether a row's hash is its own, judged row by row along the chain from its begin. */
export function createAuditCheck(): (
  previousHash: string,
  row: AuditEntry & { readonly hash: string },
) => boolean {
  let holdsEpochs = false;
  return (previousHash, row) => {
    if (row.hash === auditHash(previousHash, row)) {
      holdsEpochs = true;
      return true;
    }
    return !holdsEpochs && row.hash === hashWithoutEpoch(previousHash, row);
  };
}

/** As it was before the fence's epoch was part of it. No such row follows one that has it. */
function hashWithoutEpoch(previousHash: string, entry: AuditEntry): string {
  const { account, seq, at, kind, callId, tradeId, data } = entry;
  return hashOf(previousHash, [account, seq, at, kind, callId, tradeId, data]);
}

function hashOf(previousHash: string, row: readonly unknown[]): string {
  return createHash('sha256').update(previousHash).update(canonicalJson(row)).digest('hex');
}

/** JSON with sorted keys: the same text before and after Postgres has kept it as jsonb. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value ?? null);
  const entries = Object.entries(value)
    .filter(([, inner]) => inner !== undefined)
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, inner]) => `${JSON.stringify(key)}:${canonicalJson(inner)}`).join(',')}}`;
}

/**
 * Walks an account's whole chain; `brokenAt` is the seq of the first row that is missing,
 * moved or changed.
 */
export async function verifyAuditChain(
  db: Database,
  account: string,
): Promise<{ rows: number; brokenAt: number | null }> {
  const isIntact = createAuditCheck();
  let previousHash = AUDIT_START;
  let rows = 0;
  for (;;) {
    const page = await db
      .select()
      .from(audit)
      // The first page has no lower bound: a row before the first one is in no chain.
      .where(and(eq(audit.account, account), rows === 0 ? undefined : gt(audit.seq, rows)))
      .orderBy(asc(audit.seq))
      .limit(PAGE);
    for (const row of page) {
      const linked = row.seq === rows + 1 && row.previousHash === previousHash;
      const intact = linked && isIntact(previousHash, row);
      if (!intact) return { rows, brokenAt: rows + 1 };
      previousHash = row.hash;
      rows += 1;
    }
    if (page.length < PAGE) return { rows, brokenAt: null };
  }
}
