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
};

/** sha256(previous hash ‖ canonical row), hex. */
export function auditHash(previousHash: string, entry: AuditEntry): string {
  const { account, seq, at, kind, callId, tradeId, data } = entry;
  const row = canonicalJson([account, seq, at, kind, callId, tradeId, data]);
  return createHash('sha256').update(previousHash).update(row).digest('hex');
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
      const expected = auditHash(previousHash, row);
      const intact =
        row.seq === rows + 1 && row.previousHash === previousHash && row.hash === expected;
      if (!intact) return { rows, brokenAt: rows + 1 };
      previousHash = row.hash;
      rows += 1;
    }
    if (page.length < PAGE) return { rows, brokenAt: null };
  }
}
