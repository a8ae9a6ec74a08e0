import { auditHash, type audit } from '@ballast/db';
import { toJson } from '@ballast/order-core';
import { fillAudit } from '../store/rows.ts';
import type { Stage } from './stage.ts';
import type { AuditRow } from './work.ts';

type Head = { readonly seq: number; readonly hash: string };
/** A row of the chain, linked. */
export type AuditEntry = (typeof audit)['$inferInsert'];

/**
 * Every event of the batch as an audit row, with what is needed to rebuild orders and fills from
 * the chain alone.
 */
export function auditOfStage(stage: Stage): AuditRow[] {
  const fills = new Map(stage.fills.map((staged) => [executionKey(staged.fill), staged]));
  const events = stage.events.map(({ tradeId, at, event }): AuditRow => {
    const row = { at, kind: event.type, callId: null, tradeId };
    if (event.type === 'orderCreated') {
      const order = stage.trades.get(tradeId)?.orders[event.clientOrderId];
      return { ...row, data: toJson(order?.request) };
    }
    if (event.type === 'fillBooked' || event.type === 'fillRevised') {
      const fill = fills.get(executionKey(event));
      return { ...row, data: fill === undefined ? toJson(event) : fillAudit(fill) };
    }
    return { ...row, data: toJson(event) };
  });
  return [...stage.audit, ...events];
}

function executionKey(fill: { executionId: string; revision: number }): string {
  return `${fill.executionId} ${fill.revision}`;
}

/** Links rows onto the chain. */
export function chain(
  rows: readonly AuditRow[],
  input: { account: string; epoch: number; head: Head },
): { rows: AuditEntry[]; head: Head } {
  const { account, epoch } = input;
  let { head } = input;
  const linked = rows.map((row): AuditEntry => {
    const entry = { account, seq: head.seq + 1, ...row, data: row.data ?? null };
    const hash = auditHash(head.hash, entry);
    const previousHash = head.hash;
    head = { seq: entry.seq, hash };
    return { ...entry, previousHash, hash, epoch };
  });
  return { rows: linked, head };
}
