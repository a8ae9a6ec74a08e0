import { orderWords, type TradeRecord } from '@ballast/db';
import { formatScaled } from '@ballast/domain';
import { jsonSafe } from '../api/json-safe.ts';
import { auditRows, brokerCallRows } from './broker-calls.ts';
import { type AskedBy, eventRows, type RoleOf } from './event-rows.ts';
import type { TimelineKind, TimelineRow } from './timeline-row.ts';

/** Rows of the same millisecond in the order in which one causes the next. */
const CAUSAL_ORDER: readonly TimelineKind[] = [
  'signal',
  'command',
  'refusal',
  'decision',
  'order',
  'broker-call',
  'fill',
  'status',
  'incident',
  'audit',
];

/**
 * A trade's whole story in one line down: signal or ticket → command → orders → broker calls →
 * fills → audit.
 */
export function buildTimeline(record: TradeRecord): TimelineRow[] {
  const orders = new Map(record.orders.map((order) => [order.clientOrderId, order]));
  const roleOf: RoleOf = (id) => {
    const role = id === undefined ? undefined : orders.get(id)?.role;
    return role === undefined ? 'Unknown' : role.charAt(0).toUpperCase() + role.slice(1);
  };
  const askedBy: AskedBy = (id) => {
    const order = id === undefined ? undefined : orders.get(id);
    return order === undefined ? null : orderWords(order);
  };
  const rows = [
    ...record.signals.map(signalRow),
    ...record.commands.map(commandRow),
    ...record.refusals.map(refusalRow),
    ...eventRows(record.events, roleOf, askedBy),
    ...brokerCallRows(record.audit, roleOf, askedBy),
    ...fillRows(record.fills, roleOf),
    ...incidentRows(record.incidents),
    ...auditRows(record.audit),
  ];
  // Stable: rows of the same time and kind keep the order in which they were stored.
  return rows.toSorted((a, b) => a.at - b.at || rank(a) - rank(b));
}

const rank = (row: TimelineRow): number => CAUSAL_ORDER.indexOf(row.kind);

function signalRow(signal: TradeRecord['signals'][number]): TimelineRow {
  return {
    id: `signal:${signal.id}`,
    at: signal.decidedAt,
    kind: 'signal',
    tone: 'neutral',
    text: `${signal.strategy} signal ${signal.word === 'leave' ? 'leave ' : ''}${signal.direction}`,
    data: jsonSafe(signal),
  };
}

function commandRow(command: TradeRecord['commands'][number]): TimelineRow {
  const delay = command.receivedAt - command.issuedAt;
  const asked = `${command.type} by ${command.actor} through ${command.producer}`;
  return {
    id: `command:${command.id}`,
    at: command.receivedAt,
    kind: 'command',
    tone: 'neutral',
    text: `${asked}, taken ${delay} ms after signing`,
    data: jsonSafe(command),
  };
}

function refusalRow(refusal: TradeRecord['refusals'][number]): TimelineRow {
  return {
    id: `refusal:${refusal.id}`,
    at: refusal.refusedAt,
    kind: 'refusal',
    tone: 'warn',
    text: `Command refused: ${refusal.code} (${refusal.detail})`,
    data: jsonSafe(refusal),
  };
}

type FillRow = TradeRecord['fills'][number];

/** An execution and what the venue said of it later: a row each, and only the first is a fill. */
function fillRows(fills: readonly FillRow[], roleOf: RoleOf): TimelineRow[] {
  const told = new Map<string, FillRow>();
  return fills
    .toSorted((a, b) => a.revision - b.revision)
    .map((fill) => {
      const execution = `${fill.venue}:${fill.executionId}`;
      const before = told.get(execution);
      told.set(execution, fill);
      return {
        id: `fill:${execution}:${fill.revision}`,
        at: fill.bookedAt,
        kind: 'fill',
        ...fillWords(fill, before, roleOf(fill.clientOrderId)),
        data: jsonSafe(fill),
      };
    });
}

function fillWords(
  fill: FillRow,
  before: FillRow | undefined,
  role: string,
): Pick<TimelineRow, 'tone' | 'text'> {
  const { side, price, quantity, liquidity, channel } = fill;
  const fee = `fee ${formatScaled(fill.fee)} ${fill.feeCurrency}`;
  if (quantity === 0n) {
    const what = `execution ${fill.executionId}, by ${channel}`;
    return { tone: 'warn', text: `${role} fill taken back by the venue: ${what}` };
  }
  if (before?.price === price && before.quantity === quantity) {
    return { tone: 'neutral', text: `${role} fill: ${fee}, by ${channel}` };
  }
  const traded = `${side} ${formatScaled(quantity)} at ${formatScaled(price)}`;
  const rest = `${traded}, ${fee}, ${liquidity}, by ${channel}`;
  if (before === undefined) return { tone: 'good', text: `${role} filled: ${rest}` };
  return { tone: 'warn', text: `${role} fill corrected by the venue to ${rest}` };
}

function incidentRows(incidents: TradeRecord['incidents']): TimelineRow[] {
  return incidents.flatMap((incident) => {
    const opened: TimelineRow = {
      id: `incident:${incident.id}`,
      at: incident.openedAt,
      kind: 'incident',
      tone: 'bad',
      text: `Incident opened, ${incident.kind}: ${incident.detail}`,
      data: jsonSafe(incident),
    };
    if (incident.resolvedAt === null) return [opened];
    const text = `Incident ${incident.kind} resolved: ${incident.resolution ?? 'no text'}`;
    const resolved: TimelineRow = {
      ...opened,
      id: `${opened.id}:resolved`,
      at: incident.resolvedAt,
      tone: 'good',
      text,
    };
    return [opened, resolved];
  });
}
