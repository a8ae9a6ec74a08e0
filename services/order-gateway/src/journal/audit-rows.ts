import { auditHash, type audit } from '@ballast/db';
import { formatScaled, invariant } from '@ballast/domain';
import { toJson, type Unattributed, venueOrderIdOf } from '@ballast/order-core';
import { fillAudit } from '../store/rows.ts';
import type { Stage } from './stage.ts';
import type { AuditRow } from './work.ts';

type Head = { readonly seq: number; readonly hash: string };
/** A row of the chain, linked. */
export type AuditEntry = (typeof audit)['$inferInsert'];

/**
 * Every event of the batch as an audit row, with what is needed to rebuild orders, fills and
 * positions from the chain alone.
 */
export function auditOfStage(stage: Stage): AuditRow[] {
  const fills = new Map(stage.fills.map((staged) => [executionKey(staged.fill), staged]));
  const events = stage.events.map(({ tradeId, at, event }): AuditRow => {
    const row = { at, kind: event.type, callId: null, tradeId };
    const trade = stage.trades.get(tradeId);
    const id = 'clientOrderId' in event ? event.clientOrderId : '';
    const order = trade?.orders[id];
    const named = order === undefined ? {} : { order: { venueOrderId: venueOrderIdOf(order) } };
    if (event.type === 'orderCreated') return { ...row, data: toJson(order?.request) };
    const isMoved = event.type === 'fillAttributed';
    if (event.type !== 'fillBooked' && event.type !== 'fillRevised' && !isMoved) {
      return { ...row, data: toJson({ ...event, ...named }) };
    }
    const fill = fills.get(executionKey(event));
    invariant(fill !== undefined, `execution ${event.executionId} is booked without its fill`);
    const terms = trade?.instrument ?? stage.unattributed.get(tradeId)?.terms;
    invariant(terms !== undefined, `trade ${tradeId} has a fill and no terms`);
    const moved = isMoved ? { from: event.from } : named;
    return { ...row, data: { ...fillAudit(fill), terms: termsAudit(terms), ...moved } };
  });
  return [...stage.audit, ...events];
}

/** What the ledger has to know of the instrument, as it was when this was booked. */
function termsAudit(terms: Unattributed['terms']): object {
  const { multiplier, baseCurrency, quoteCurrency } = terms;
  return { multiplier: formatScaled(multiplier), baseCurrency, quoteCurrency };
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
    const entry = { account, seq: head.seq + 1, ...row, data: row.data ?? null, epoch };
    const hash = auditHash(head.hash, entry);
    const previousHash = head.hash;
    head = { seq: entry.seq, hash };
    return { ...entry, previousHash, hash };
  });
  return { rows: linked, head };
}
