import { symbolOf } from '@ballast/domain';
import type { Outcome, VenueOrder } from '@ballast/sim-core';
import { z } from 'zod';
import { amend, cancel, findOrder, place, type Venue } from '../venue.ts';
import { CODE, REFUSAL, VenueRefusal } from './codes.ts';
import { parseBody, readAmend, readCreate, readReference } from './order-wire.ts';

type Ack = { readonly orderId: string; readonly orderLinkId: string };
export type OrderAction = (venue: Venue, body: unknown, now: number) => Record<string, unknown>;

/** What the trade socket and the order routes can do; each throws VenueRefusal. */
export const ORDER_ACTIONS = {
  create: (venue: Venue, body: unknown, now: number): Ack =>
    acknowledge(place(venue, readCreate(body), now)),
  amend: (venue: Venue, body: unknown, now: number): Ack => {
    const order = openOrder(venue, body);
    return acknowledge(amend(venue, order.id, readAmend(body), now));
  },
  cancel: (venue: Venue, body: unknown, now: number): Ack =>
    acknowledge(cancel(venue, openOrder(venue, body).id, now)),
} satisfies Record<string, OrderAction>;

const cancelAllBody = z.looseObject({
  category: z.literal('linear'),
  symbol: z.string().optional(),
  settleCoin: z.string().optional(),
  baseCoin: z.string().optional(),
});

/** Cancels each open order in the scope: a symbol, a base coin or a settle coin. */
export function cancelAll(venue: Venue, body: unknown, now: number): Record<string, unknown> {
  const { symbol, settleCoin, baseCoin } = parseBody(cancelAllBody, body);
  if (symbol === undefined && settleCoin === undefined && baseCoin === undefined) {
    throw new VenueRefusal(CODE.parameter, 'symbol, baseCoin or settleCoin is required');
  }
  const meant = [...venue.account.open.values()].filter((order) => {
    const instrument = venue.account.instruments.get(order.instrument);
    if (symbol !== undefined) return symbolOf(order.instrument) === symbol;
    return (
      (settleCoin === undefined || instrument?.quoteCurrency === settleCoin) &&
      (baseCoin === undefined || instrument?.baseCurrency === baseCoin)
    );
  });
  const list = meant.map(({ id }) => acknowledge(cancel(venue, id, now)));
  return { list, success: '1' };
}

function openOrder(venue: Venue, body: unknown): VenueOrder {
  const { symbol, ...by } = readReference(body);
  const order = findOrder(venue, by);
  if (order !== undefined && symbolOf(order.instrument) === symbol) return order;
  throw new VenueRefusal(CODE.orderNotFound, 'order not exists or too late to cancel');
}

function acknowledge(outcome: Outcome): Ack {
  if (outcome.ok) return { orderId: outcome.order.id, orderLinkId: outcome.order.linkId };
  const { code, message } = outcome.refusal;
  const [number, words] = REFUSAL[code];
  const falling = code === 'TRIGGER_WRONG_SIDE' && message.startsWith('expect fall');
  throw new VenueRefusal(falling ? number + 1 : number, `${words} (${code}: ${message})`);
}
