import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { AUDIT_START, auditHash, canonicalJson, createAuditCheck } from './audit-chain.ts';

const row = (seq: number) => {
  const named = { account: 'paper', seq, at: seq, kind: 'x', callId: null, tradeId: null };
  return { ...named, data: { b: 1, a: [seq] }, epoch: 7 };
};
type Row = ReturnType<typeof row>;

/** As rows were hashed before the epoch was part of it. */
function olderHash(previous: string, { account, seq, at, kind, callId, tradeId, data }: Row) {
  const text = canonicalJson([account, seq, at, kind, callId, tradeId, data]);
  return createHash('sha256').update(previous).update(text).digest('hex');
}

test('a row under another epoch than it was written under is not intact', () => {
  const hash = auditHash(AUDIT_START, row(1));
  expect(createAuditCheck()(AUDIT_START, { ...row(1), hash })).toBe(true);
  expect(createAuditCheck()(AUDIT_START, { ...row(1), epoch: 8, hash })).toBe(false);
});

test('rows from before the epoch was hashed are intact until one that has it', () => {
  const isIntact = createAuditCheck();
  const first = olderHash(AUDIT_START, row(1));
  expect(isIntact(AUDIT_START, { ...row(1), hash: first })).toBe(true);
  const second = auditHash(first, row(2));
  expect(isIntact(first, { ...row(2), hash: second })).toBe(true);
  expect(isIntact(second, { ...row(3), hash: olderHash(second, row(3)) })).toBe(false);
});
