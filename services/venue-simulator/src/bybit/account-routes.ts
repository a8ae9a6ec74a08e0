import { type InstrumentId, symbolOf } from '@ballast/domain';
import { isOpen, positionOf, type VenueOrder } from '@ballast/sim-core';
import { CLOSED_LISTED_MAX, findOrder, type Venue } from '../venue.ts';
import { executionJson, positionJson, walletJson } from './account-wire.ts';
import { CODE, VenueRefusal } from './codes.ts';
import { limitOf, type Query, requireLinear, type Route, timeOf } from './market-query.ts';
import { orderJson } from './order-wire.ts';

const WINDOW_MAX_MS = 7 * 86_400_000;

/** Signed listings. Each throws VenueRefusal 10001 for parameters it cannot use. */
export const ACCOUNT_ROUTES: Readonly<Record<string, Route>> = {
  '/v5/order/realtime': realtime,
  '/v5/order/history': history,
  '/v5/execution/list': executions,
  '/v5/position/list': positions,
  '/v5/account/wallet-balance': (venue, query) => {
    if (query['accountType'] !== 'UNIFIED') {
      throw new VenueRefusal(CODE.parameter, 'accountType invalid: only UNIFIED');
    }
    return { list: [walletJson(venue.account)] };
  },
};

/** Open orders; by id or with openOnly=1 the last 500 that ended as well. */
function realtime(venue: Venue, query: Query): Record<string, unknown> {
  requireLinear(query);
  const byId = orderById(venue, query);
  const open = [...venue.account.open.values()].toReversed();
  const closed = [...venue.history.values()].slice(-CLOSED_LISTED_MAX).toReversed();
  if (byId !== null) {
    const listed = byId.filter((order) => isOpen(order.status) || closed.includes(order));
    return page(listed.map(orderJson), query, 20, 50, (order) => String(order['orderId']));
  }
  requireScope(query);
  const wanted = query['openOnly'] === '1' ? closed : open;
  const shown = wanted.filter((order) => isMeant(venue, query, order.instrument));
  return page(shown.map(orderJson), query, 20, 50, (order) => String(order['orderId']));
}

/** Orders that ended, newest first. */
function history(venue: Venue, query: Query): Record<string, unknown> {
  requireLinear(query);
  const [start, end] = windowOf(query);
  const byId = orderById(venue, query)?.filter((order) => !isOpen(order.status));
  const orders: VenueOrder[] = byId ?? [...venue.history.values()].toReversed();
  const shown = orders.filter(
    (order) =>
      isMeant(venue, query, order.instrument) && order.createdAt >= start && order.createdAt <= end,
  );
  return page(shown.map(orderJson), query, 20, 50, (order) => String(order['orderId']));
}

/** Executions, newest first, at most seven days in one request. */
function executions(venue: Venue, query: Query): Record<string, unknown> {
  requireLinear(query);
  const [start, end] = windowOf(query);
  const { orderId, orderLinkId } = query;
  const shown = venue.executions.filter(
    (execution) =>
      isMeant(venue, query, execution.instrument) &&
      (orderId === undefined || execution.orderId === orderId) &&
      (orderLinkId === undefined || execution.linkId === orderLinkId) &&
      execution.at >= start &&
      execution.at <= end,
  );
  const rows = shown.toReversed().map((execution) => {
    const instrument = venue.account.instruments.get(execution.instrument);
    return executionJson(execution, instrument?.quoteCurrency ?? '');
  });
  return page(rows, query, 50, 100, (row) => String(row['execId']));
}

/** With a symbol its position even when flat; by settle coin only those that are held. */
function positions(venue: Venue, query: Query): Record<string, unknown> {
  requireLinear(query);
  requireScope(query);
  const held = [...venue.markets.values()].map(({ instrument }) =>
    positionOf(venue.account, instrument.id),
  );
  const bySymbol = isGiven(query['symbol']);
  const shown = held.filter(
    ({ instrument, quantity }) =>
      isMeant(venue, query, instrument) && (bySymbol || quantity !== 0n),
  );
  const rows = shown.map((position) => positionJson(venue.account, position));
  return page(rows, query, 20, 200, (row) => String(row['symbol']));
}

function orderById(venue: Venue, query: Query): VenueOrder[] | null {
  const id = query['orderId'];
  const linkId = query['orderLinkId'];
  if (!isGiven(id) && !isGiven(linkId)) return null;
  const found = findOrder(venue, isGiven(id) ? { id } : { linkId });
  return found === undefined ? [] : [found];
}

function requireScope(query: Query): void {
  if (['symbol', 'settleCoin', 'baseCoin'].some((name) => isGiven(query[name]))) return;
  throw new VenueRefusal(
    CODE.parameter,
    'Missing some parameters that must be filled in, symbol or settleCoin',
  );
}

function isMeant(venue: Venue, query: Query, id: InstrumentId): boolean {
  const instrument = venue.account.instruments.get(id);
  const { symbol, settleCoin, baseCoin } = query;
  if (isGiven(symbol) && symbol !== symbolOf(id)) return false;
  if (isGiven(settleCoin) && settleCoin !== instrument?.quoteCurrency) return false;
  return !isGiven(baseCoin) || baseCoin === instrument?.baseCurrency;
}

/** The last seven days when no time is given; seven days from one of them otherwise. */
function windowOf(query: Query): [start: number, end: number] {
  const start = timeOf(query, 'startTime');
  const end = timeOf(query, 'endTime');
  if (start === undefined && end === undefined) return [0, Number.MAX_SAFE_INTEGER];
  const from = start ?? (end ?? 0) - WINDOW_MAX_MS;
  const to = end ?? from + WINDOW_MAX_MS;
  if (from <= to && to - from <= WINDOW_MAX_MS) return [from, to];
  throw new VenueRefusal(CODE.parameter, 'startTime and endTime: at most 7 days, in order');
}

function page(
  rows: readonly Record<string, unknown>[],
  query: Query,
  usual: number,
  most: number,
  idOf: (row: Record<string, unknown>) => string,
): Record<string, unknown> {
  const cursor = query['cursor'];
  let from = 0;
  if (isGiven(cursor)) {
    from = rows.findIndex((row) => idOf(row) === cursor) + 1;
    if (from === 0) throw new VenueRefusal(CODE.parameter, 'cursor invalid');
  }
  const list = rows.slice(from, from + limitOf(query, usual, most));
  const last = list.at(-1);
  const more = last !== undefined && from + list.length < rows.length;
  return { category: 'linear', list, nextPageCursor: more ? idOf(last) : '' };
}

function isGiven(value: string | undefined): value is string {
  return value !== undefined && value !== '';
}
