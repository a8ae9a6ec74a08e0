import type { TradeRecord } from '@ballast/db';
import { z } from 'zod';
import { jsonSafe } from '../api/json-safe.ts';
import { verdictsOf } from '../commands/command-status.ts';
import type { TimelineKind, TimelineRow, Tone } from './timeline-row.ts';

type EventRow = TradeRecord['events'][number];
type Told = { kind: TimelineKind; tone: Tone; text: string };

const fields = z.object({
  from: z.string().optional(),
  to: z.string().optional(),
  reason: z.string().optional(),
  detail: z.string().optional(),
  kind: z.string().optional(),
  clientOrderId: z.string().optional(),
  quantity: z.string().optional(),
  executionId: z.string().optional(),
});
type Fields = z.infer<typeof fields>;

/** Roles by client order id, so that a line names the order by what it is for. */
export type RoleOf = (clientOrderId: string | undefined) => string;
/** What an order asked for; null for one that is not stored. */
export type AskedBy = (clientOrderId: string | undefined) => string | null;

/** One line for each stored event; fills are told by their own rows. */
export function eventRows(
  events: readonly EventRow[],
  roleOf: RoleOf,
  askedBy: AskedBy,
): TimelineRow[] {
  return events.flatMap((event) => {
    const told = tell(event, roleOf, askedBy);
    if (told === null) return [];
    return [{ id: `event:${event.seq}`, at: event.at, ...told, data: jsonSafe(event) }];
  });
}

function tell(event: EventRow, roleOf: RoleOf, askedBy: AskedBy): Told | null {
  const read = fields.safeParse(event.data);
  const data: Fields = read.success ? read.data : {};
  const because = data.reason === undefined || data.reason === '' ? '' : `: ${data.reason}`;
  switch (event.type) {
    case 'tradeOpened': {
      const rules = verdictsOf(event.data).length;
      return { kind: 'decision', tone: 'good', text: `Accepted: ${rules} pre-trade rules passed` };
    }
    case 'tradeDenied':
      return { kind: 'decision', tone: 'bad', text: `Denied: ${denials(event.data)}` };
    case 'orderCreated': {
      const asked = askedBy(data.clientOrderId);
      const text = `${roleOf(data.clientOrderId)} order created`;
      return { kind: 'order', tone: 'neutral', text: asked === null ? text : `${text}: ${asked}` };
    }
    case 'orderChanged': {
      const text = `${roleOf(data.clientOrderId)} order ${data.from} → ${data.to}${because}`;
      return { kind: 'order', tone: orderTone(data.to), text };
    }
    case 'fillBooked':
    case 'fillRevised':
      return null;
    case 'fillAttributed':
      return {
        kind: 'status',
        tone: 'neutral',
        text: `Made by hand, says the operator: execution ${data.executionId}`,
      };
    case 'closeStarted':
      return { kind: 'status', tone: 'neutral', text: `Close started${because}` };
    case 'entryStopped':
      return { kind: 'status', tone: 'neutral', text: `Entry stopped${because}` };
    case 'stopMoved': {
      const text = `Stop moved from ${amount(data.from)} to ${amount(data.to)}${because}`;
      return { kind: 'status', tone: 'neutral', text };
    }
    case 'scaleOutAsked':
      return {
        kind: 'status',
        tone: 'neutral',
        text: `Scale out of ${amount(data.quantity)} asked for${because}`,
      };
    case 'maxQuantityFollowed': {
      const text = `Largest order at the venue ${amount(data.from)} → ${amount(data.to)}`;
      return { kind: 'status', tone: 'neutral', text: `${text}: exits go in parts of that` };
    }
    case 'statusChanged':
      return { kind: 'status', tone: 'neutral', text: `Trade ${data.from} → ${data.to}${because}` };
    case 'protectionLost':
      return { kind: 'incident', tone: 'bad', text: 'Position without a working stop' };
    case 'protectionRestored':
      return { kind: 'status', tone: 'good', text: 'Stop covers the position again' };
    case 'incident':
      return { kind: 'incident', tone: 'bad', text: `Incident ${data.kind}: ${data.detail}` };
    default:
      return { kind: 'status', tone: 'neutral', text: `${event.type}${because}` };
  }
}

/** Amounts are marked in stored events, so that they are not taken for words. */
function amount(text: string | undefined): string {
  return text?.replace(/^#/, '') ?? '?';
}

function denials(data: unknown): string {
  const denied = verdictsOf(data).filter((verdict) => verdict.outcome === 'deny');
  if (denied.length === 0) return 'no rule was named';
  return denied
    .map((verdict) => `${verdict.rule} (${verdict.input}; limit ${verdict.limit})`)
    .join(', ');
}

function orderTone(to: string | undefined): Tone {
  if (to === 'filled') return 'good';
  if (to === 'rejected') return 'bad';
  return to === 'unknown' ? 'warn' : 'neutral';
}
