import { loadTradeRecord, orderWords, type TradeRecord } from '@ballast/db';
import { formatScaled } from '@ballast/domain';
import { eventText } from '../event-text.ts';
import { Failure } from '../failure.ts';
import type { Platform } from '../platform.ts';
import { type Report, timeText } from '../report.ts';
import { readTradeId } from '../trade-id.ts';

/** `line`: for people, where the whole text is too much for them. */
type Row = {
  readonly at: number;
  readonly kind: string;
  readonly text: string;
  readonly line?: string;
};

/**
 * One trade from signal or ticket to its last audit row.
 * @throws Failure ID_MALFORMED, TRADE_UNKNOWN
 */
export async function trade({ access, db }: Platform, given: string): Promise<Report> {
  const tradeId = readTradeId(given);
  const record = await loadTradeRecord(db, access.account, tradeId);
  if (record === null)
    throw new Failure('TRADE_UNKNOWN', `no trade ${tradeId} in ${access.account}`);
  const timeline = timelineOf(record);
  const { id, instrument, direction, quantity, status } = record.trade;
  return {
    ok: true,
    data: {
      trade: record.trade,
      timeline: timeline.map(({ at, kind, text }) => ({ at, kind, text })),
    },
    lines: [
      `${id} ${instrument} ${direction} ${quantity} ${status}`,
      ...timeline.map((row) => `${timeText(row.at)} ${row.kind.padEnd(9)} ${row.line ?? row.text}`),
    ],
  };
}

/**
 * Every stored row of the trade by time; rows of the same time keep the order of cause and effect.
 */
function timelineOf(record: TradeRecord): Row[] {
  const orders = new Map(record.orders.map((order) => [order.clientOrderId, order]));
  const askedIn = (data: unknown): string => {
    const order = orders.get(textIn(data, 'clientOrderId'));
    return order === undefined ? '' : words(order.role, orderWords(order));
  };
  const auditIn = ({ kind, data }: TradeRecord['audit'][number]): string => {
    if (kind === 'orderCreated') return askedIn(data);
    const call = textIn(data, 'call');
    return words(call, call === 'submit' ? askedIn(fieldIn(data, 'request')) : '');
  };
  const rows: Row[] = [
    ...record.signals.map((row) => {
      const { level, inputs } = row;
      const text = words(row.strategy, row.direction, JSON.stringify({ level, inputs }));
      return { at: row.decidedAt, kind: 'signal', text };
    }),
    ...record.commands.map((row) => {
      const text = words(row.type, `by ${row.actor} through ${row.producer}`, row.id);
      return { at: row.receivedAt, kind: 'command', text };
    }),
    ...record.refusals.map((row) => {
      return { at: row.refusedAt, kind: 'refusal', text: `${row.code}: ${row.detail}` };
    }),
    ...record.orders.map((row) => {
      const what = words(row.role, orderWords(row));
      return { at: row.createdAt, kind: 'order', text: words(what, row.status, row.clientOrderId) };
    }),
    ...record.events.map((row) => {
      const what = row.type === 'orderCreated' ? askedIn(row.data) : '';
      const [whole, short] = [JSON.stringify(row.data), eventText(row.data)];
      const line = words(row.type, what, short);
      return { at: row.at, kind: 'event', text: words(row.type, what, whole), line };
    }),
    ...record.fills.map((row) => {
      const what = `${row.side} ${formatScaled(row.quantity)} at ${formatScaled(row.price)}`;
      const fee = `fee ${formatScaled(row.fee)} ${row.feeCurrency}`;
      const text = words(what, fee, row.executionId, revisionText(row));
      return { at: row.eventTime, kind: 'fill', text };
    }),
    ...record.incidents.map((row) => {
      const end = row.resolvedAt === null ? 'open' : `resolved: ${row.resolution ?? ''}`;
      return { at: row.openedAt, kind: 'incident', text: `${row.kind}: ${row.detail} (${end})` };
    }),
    ...record.audit.map((row) => {
      return { at: row.at, kind: 'audit', text: words(`#${row.seq} ${row.kind}`, auditIn(row)) };
    }),
  ];
  return rows.toSorted((a, b) => a.at - b.at);
}

/** A later revision takes the place of the one before it: it is no fill more. */
function revisionText({ revision, quantity }: TradeRecord['fills'][number]): string {
  if (revision === 0) return '';
  return quantity === 0n ? `revision ${revision}, taken back` : `revision ${revision}`;
}

function fieldIn(data: unknown, name: string): unknown {
  return typeof data === 'object' && data !== null ? Reflect.get(data, name) : undefined;
}

function textIn(data: unknown, name: string): string {
  const value = fieldIn(data, name);
  return typeof value === 'string' ? value : '';
}

const words = (...parts: readonly string[]): string =>
  parts.filter((part) => part !== '').join(' ');
