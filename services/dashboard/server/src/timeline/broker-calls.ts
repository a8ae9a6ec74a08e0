import type { TradeRecord } from '@ballast/db';
import { z } from 'zod';
import { jsonSafe } from '../api/json-safe.ts';
import type { AskedBy, RoleOf } from './event-rows.ts';
import type { TimelineRow } from './timeline-row.ts';

type AuditRow = TradeRecord['audit'][number];

const requestRow = z.object({
  call: z.string(),
  request: z.object({ clientOrderId: z.string().optional() }).nullish(),
});
const answerRow = z.object({
  error: z.object({ kind: z.string(), code: z.string(), message: z.string() }).optional(),
});

/**
 * The audit rows before and after one broker call as one line; a call without its second row is
 * still open.
 */
export function brokerCallRows(
  rows: readonly AuditRow[],
  roleOf: RoleOf,
  askedBy: AskedBy,
): TimelineRow[] {
  const calls = new Map<string, AuditRow[]>();
  for (const row of rows) {
    if (row.callId !== null) calls.set(row.callId, [...(calls.get(row.callId) ?? []), row]);
  }
  return [...calls].flatMap(([callId, pair]) => {
    const [before, after] = pair;
    if (before === undefined) return [];
    return [brokerCallRow(callId, before, after, callText(before, roleOf, askedBy))];
  });
}

function brokerCallRow(
  callId: string,
  before: AuditRow,
  after: AuditRow | undefined,
  what: string,
): TimelineRow {
  const base = { id: `call:${callId}`, at: before.at, kind: 'broker-call' } as const;
  if (after === undefined) {
    const data = jsonSafe({ before });
    return { ...base, tone: 'warn', text: `${what}: no answer is stored`, data };
  }
  const read = answerRow.safeParse(after.data);
  const error = read.success ? read.data.error : undefined;
  const took = `${after.at - before.at} ms`;
  const data = jsonSafe({ before, after });
  if (error === undefined) {
    return { ...base, tone: 'neutral', text: `${what}: answered in ${took}`, data };
  }
  // A cancel that finds its order gone is how most trades end: worth a look, and no failure.
  const harmless = error.kind === 'unknownOutcome' || callOf(before) === 'cancel';
  const tone = harmless ? 'warn' : 'bad';
  const text = `${what}: ${error.kind} ${error.code} in ${took} (${error.message})`;
  return { ...base, tone, text, data };
}

function callOf(row: AuditRow): string | null {
  const read = requestRow.safeParse(row.data);
  return read.success ? read.data.call : null;
}

function callText(row: AuditRow, roleOf: RoleOf, askedBy: AskedBy): string {
  const read = requestRow.safeParse(row.data);
  if (!read.success) return row.kind;
  const { call, request } = read.data;
  const id = request?.clientOrderId;
  if (id === undefined) return call;
  const asked = call === 'submit' ? askedBy(id) : null;
  return `${call} ${roleOf(id).toLowerCase()} order${asked === null ? '' : ` (${asked})`}`;
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
      text: `${row.kind}, number ${row.seq} of the chain`,
      data: jsonSafe(row),
    }));
}
