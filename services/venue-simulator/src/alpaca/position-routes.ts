import { absoluteQuantity, formatScaled, symbolOf } from '@ballast/domain';
import type { Position } from '@ballast/sim-core';
import { deskAt } from './account-routes.ts';
import { positionJson } from './account-wire.ts';
import { type Desk, submit } from './desk.ts';
import { assetId, type OrderJson } from './order-record.ts';
import { acknowledged, cancelAll } from './order-routes.ts';
import { AlpacaRefusal, invalid, notFound } from './refusal.ts';
import type { Answer, Asked, Route } from './rest.ts';

const ok = (json: unknown): Answer => ({ status: 200, json });

export const POSITION_ROUTES: readonly Route[] = [
  {
    method: 'GET',
    url: '/v2/positions',
    kind: 'listing',
    act(asked) {
      const desk = deskAt(asked);
      return ok(heldBy(desk).map((held) => positionJson(desk, symbolOf(held.instrument), held)));
    },
  },
  {
    method: 'GET',
    url: '/v2/positions/:id',
    kind: 'listing',
    act(asked) {
      const desk = deskAt(asked);
      const held = heldIn(desk, asked.id);
      return ok(positionJson(desk, symbolOf(held.instrument), held));
    },
  },
  {
    method: 'DELETE',
    url: '/v2/positions/:id',
    kind: 'submit',
    act: ({ server: { desk }, id, query, now }) => ok(close(desk, id, query, now)),
  },
  {
    method: 'DELETE',
    url: '/v2/positions',
    kind: 'submit',
    act({ server: { desk }, query, now }) {
      if (query['cancel_orders'] === 'true') cancelAll(desk, now);
      return { status: 207, json: heldBy(desk).map((held) => closeOne(desk, held, now)) };
    },
  },
];

function heldBy(desk: Desk): Position[] {
  return [...desk.venue.account.positions.values()].filter(({ quantity }) => quantity !== 0n);
}

/** By symbol or the asset's id. @throws AlpacaRefusal 404 */
function heldIn(desk: Desk, id: string): Position {
  const held = heldBy(desk).find(({ instrument }) => {
    const symbol = symbolOf(instrument);
    return symbol === id || assetId(symbol) === id;
  });
  if (held === undefined) throw notFound('position does not exist');
  return held;
}

/** A market order against the position: all of it, or the part that is named. */
function close(desk: Desk, id: string, query: Asked['query'], now: number): OrderJson {
  const { instrument, quantity } = heldIn(desk, id);
  if (query['percentage'] !== undefined) throw invalid('percentage is not available');
  const order = {
    symbol: symbolOf(instrument),
    qty: query['qty'] ?? formatScaled(absoluteQuantity(quantity)),
    side: quantity > 0n ? 'sell' : 'buy',
    type: 'market',
    time_in_force: 'day',
  };
  return acknowledged(submit(desk, order, now));
}

function closeOne(
  desk: Desk,
  { instrument }: Position,
  now: number,
): { symbol: string; status: number; body: unknown } {
  const symbol = symbolOf(instrument);
  try {
    return { symbol, status: 200, body: close(desk, symbol, {}, now) };
  } catch (error) {
    if (!(error instanceof AlpacaRefusal)) throw error;
    const { status, code, message } = error;
    return { symbol, status, body: { code, message } };
  }
}
