import { symbolOf } from '@ballast/domain';
import type { Outcome, RequestFate, RequestKind, VenueOrder } from '@ballast/sim-core';
import { z } from 'zod';
import { fillFirst } from '../fill-first.ts';
import { amend, cancel, findOrder, place, placeRejected, type Venue } from '../venue.ts';
import { CODE, REFUSAL, VenueRefusal } from './codes.ts';
import { parseBody, readAmend, readCreate, readReference } from './order-wire.ts';

type Ack = { readonly orderId: string; readonly orderLinkId: string };
export type OrderAction = {
  readonly kind: RequestKind;
  /** @throws VenueRefusal */
  act(venue: Venue, body: unknown, now: number, fate: RequestFate): Record<string, unknown>;
};

/** What the trade socket and the order routes can do. */
export const ORDER_ACTIONS = {
  create: {
    kind: 'submit',
    act(venue, body, now, fate): Ack {
      const carryOut = fate.rejectedLater ? placeRejected : place;
      return acknowledge(carryOut(venue, readCreate(body), now));
    },
  },
  amend: {
    kind: 'replace',
    act(venue, body, now): Ack {
      const order = openOrder(venue, body);
      return acknowledge(amend(venue, order.id, readAmend(body), now));
    },
  },
  cancel: {
    kind: 'cancel',
    act(venue, body, now, fate): Ack {
      const order = openOrder(venue, body);
      if (fate.fillsFirst) fillFirst(venue, order, now);
      return acknowledge(cancel(venue, order.id, now));
    },
  },
  cancelAll: { kind: 'cancel', act: cancelAll },
} as const satisfies Record<string, OrderAction>;

const cancelAllBody = z.looseObject({
  category: z.literal('linear'),
  symbol: z.string().optional(),
  settleCoin: z.string().optional(),
  baseCoin: z.string().optional(),
});

/** Cancels each open order in the scope: a symbol, a base coin or a settle coin. */
function cancelAll(venue: Venue, body: unknown, now: number): Record<string, unknown> {
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
