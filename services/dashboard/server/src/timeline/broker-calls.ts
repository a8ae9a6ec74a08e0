import type { TradeRecord } from '@ballast/db';
import { jsonSafe } from '../api/json-safe.ts';
import type { TimelineRow } from './timeline-row.ts';

type AuditRow = TradeRecord['audit'][number];

/** The audit rows before and after one broker call as one line; a call without its second row is still open. */
export function brokerCallRows(rows: readonly AuditRow[]): TimelineRow[] {
  const calls = new Map<string, AuditRow[]>();
  for (const row of rows) {
    if (row.callId !== null) calls.set(row.callId, [...(calls.get(row.callId) ?? []), row]);
  }
  return [...calls].flatMap(([callId, pair]) => {
    const [before, after] = pair;
    return before === undefined ? [] : [brokerCallRow(callId, before, after)];
  });
}

function brokerCallRow(callId: string, before: AuditRow, after: AuditRow | undefined): TimelineRow {
  const what = textAt(before.data, 'operation', 'method', 'call', 'kind') ?? before.kind;
  const id = textAt(before.data, 'clientOrderId', 'orderLinkId');
  const subject = id === null ? '' : ` ${id.slice(-4)}`;
  if (after === undefined) {
    return {
      id: `call:${callId}`,
      at: before.at,
      kind: 'broker-call',
      tone: 'warn',
      text: `${what}${subject}: no answer recorded`,
      data: jsonSafe({ before }),
    };
  }
  const failure = textAt(after.data, 'error', 'code', 'reason');
  const outcome = textAt(after.data, 'outcome', 'status', 'result');
  const answer = failure ?? outcome ?? 'answered';
  return {
    id: `call:${callId}`,
    at: before.at,
    kind: 'broker-call',
    tone: failure === null ? 'neutral' : 'bad',
    text: `${what}${subject}: ${answer} after ${after.at - before.at} ms`,
    data: jsonSafe({ before, after }),
  };
}

/** Audit rows that are not part of a broker call. */
export function auditRows(rows: readonly AuditRow[]): TimelineRow[] {
  return rows
    .filter((row) => row.callId === null)
    .map((row) => ({
      id: `audit:${row.seq}`,
      at: row.at,
      kind: 'audit',
      tone: 'neutral',
      text: `${row.kind} · audit #${row.seq}`,
      data: jsonSafe(row),
    }));
}

function textAt(data: unknown, ...names: string[]): string | null {
  if (typeof data !== 'object' || data === null) return null;
  for (const name of names) {
    const value: unknown = Reflect.get(data, name);
    if (typeof value === 'string' && value !== '') return value;
  }
  return null;
}
