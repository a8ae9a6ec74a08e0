import { type Fill, InvalidInput, ZERO_QUANTITY } from '@ballast/domain';
import type { BrokerStreamHandlers } from '../broker.ts';
import { rawText } from '../raw-text.ts';
import { shown } from './errors.ts';
import { field, named, optionalText, text, WireError } from './fields.ts';
import type { KnownOrders } from './known-orders.ts';
import type { Revisions } from './revisions.ts';
import { readOrder, readStreamFill } from './wire.ts';

const EXECUTIONS = new Set(['fill', 'partial_fill']);
/** `trade_bust` takes an execution back, `trade_correct` gives it other figures. */
const CORRECTIONS = new Set(['trade_bust', 'trade_correct']);
/** https://docs.alpaca.markets/docs/websocket-streaming#order-updates */
const OTHERS = new Set([
  'accepted',
  'calculated',
  'canceled',
  'done_for_day',
  'expired',
  'held',
  'new',
  'order_cancel_rejected',
  'order_replace_rejected',
  'pending_cancel',
  'pending_new',
  'pending_replace',
  'rejected',
  'replaced',
  'restated',
  'stopped',
  'suspended',
]);

export type UpdateReader = {
  readonly account: string;
  readonly known: KnownOrders;
  readonly revisions: Revisions;
};

type Told = Pick<BrokerStreamHandlers, 'onReport' | 'onFill' | 'onBadMessage'>;

/**
 * Passes one `trade_updates` message on: its execution, then its order. Each is read by itself:
 * one that cannot be read must not take the other along.
 */
export function passUpdate(reader: UpdateReader, data: unknown, handlers: Told): void {
  const order = field(data, 'order');
  const attempt = (what: string, reading: () => void): void => {
    try {
      reading();
    } catch (error) {
      const known = error instanceof WireError || error instanceof InvalidInput;
      const why = known ? shown(error.message) : 'it could not be passed on';
      handlers.onBadMessage('VENUE_MESSAGE_MALFORMED', `${what}: ${why}`, rawText(data));
    }
  };
  let event = '';
  attempt('event', () => {
    event = named(data, 'event');
    const seen = EXECUTIONS.has(event) || CORRECTIONS.has(event) || OTHERS.has(event);
    if (!seen) handlers.onBadMessage('VENUE_EVENT_UNRECOGNISED', shown(event), rawText(data));
  });
  attempt('order', () => void reader.known.remember(order));
  if (CORRECTIONS.has(event)) {
    // The order in it is as it was when it traded, which by now may be long ago.
    attempt(event, () => handlers.onFill(readCorrection(reader, event, data, order)));
    return;
  }
  if (EXECUTIONS.has(event)) {
    attempt(event, () => {
      handlers.onFill(reader.revisions.of(readStreamFill(data, order, reader.account)));
    });
  }
  attempt('order', () => handlers.onReport(readOrder(order)));
}

function readCorrection(reader: UpdateReader, event: string, data: unknown, order: unknown): Fill {
  const told = readStreamFill(data, order, reader.account);
  const corrects = optionalText(data, 'previous_execution_id') || text(data, 'execution_id');
  const fill = event === 'trade_bust' ? { ...told, quantity: ZERO_QUANTITY } : told;
  return reader.revisions.of(fill, corrects);
}
