import type { TradeRecord } from '@ballast/db';
import { formatScaled } from '@ballast/domain';
import { jsonSafe } from '../api/json-safe.ts';
import { auditRows, brokerCallRows } from './broker-calls.ts';
import { eventRows, type RoleOf } from './event-rows.ts';
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
  const roles = new Map(record.orders.map((order) => [order.clientOrderId, order.role]));
  const roleOf: RoleOf = (id) => {
    const role = id === undefined ? undefined : roles.get(id);
    return role === undefined ? 'Unknown' : role.charAt(0).toUpperCase() + role.slice(1);
  };
  const rows = [
    ...record.signals.map(signalRow),
    ...record.commands.map(commandRow),
    ...record.refusals.map(refusalRow),
    ...eventRows(record.events, roleOf),
    ...brokerCallRows(record.audit, roleOf),
    ...record.fills.map((fill) => fillRow(fill, roleOf)),
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
    text: `${signal.strategy} signal ${signal.direction}`,
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

function fillRow(fill: TradeRecord['fills'][number], roleOf: RoleOf): TimelineRow {
  const amount = `${formatScaled(fill.quantity)} at ${formatScaled(fill.price)}`;
  const what = `${roleOf(fill.clientOrderId)} filled`;
  const fee = `fee ${formatScaled(fill.fee)} ${fill.feeCurrency}`;
  return {
    id: `fill:${fill.venue}:${fill.executionId}`,
    at: fill.bookedAt,
    kind: 'fill',
    tone: 'good',
    text: `${what}: ${fill.side} ${amount}, ${fee}, ${fill.liquidity}, by ${fill.channel}`,
    data: jsonSafe(fill),
  };
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
