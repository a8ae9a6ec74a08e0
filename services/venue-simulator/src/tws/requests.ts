import { CLEAN_REQUEST, type RequestFate, type RequestKind } from '@ballast/sim-core';
import { keyOf } from './desk.ts';
import type { Frame } from './frame.ts';
import { cancelHistory, history } from './history.ts';
import * as listings from './listing-requests.ts';
import { cancelMarketData, marketData } from './market-data.ts';
import { REQUEST_NAMES, type RequestName } from './message-ids.ts';
import { FRONT_END } from './options.ts';
import { cancelAll, cancelOrder, type OrderRequest, placeOrder } from './order-requests.ts';
import { errorFrame, SYSTEM_ID, TwsRefusal, unreadable } from './refusal.ts';
import type { Session } from './session.ts';
import { cancelTickByTick, tickByTick } from './tick-by-tick.ts';
import type { Tws } from './tws.ts';

const REQUEST_ID = /^\d{1,10}$/;
const KINDS: Partial<Record<RequestName, RequestKind>> = {
  PLACE_ORDER: 'submit',
  CANCEL_ORDER: 'cancel',
  REQ_GLOBAL_CANCEL: 'cancel',
  REQ_OPEN_ORDERS: 'listing',
  REQ_AUTO_OPEN_ORDERS: 'listing',
  REQ_ALL_OPEN_ORDERS: 'listing',
  REQ_COMPLETED_ORDERS: 'listing',
  REQ_EXECUTIONS: 'listing',
  REQ_POSITIONS: 'listing',
  REQ_ACCOUNT_SUMMARY: 'listing',
  REQ_ACCOUNT_DATA: 'listing',
  REQ_CONTRACT_DATA: 'query',
  REQ_IDS: 'query',
  REQ_HISTORICAL_DATA: 'query',
};

/** One message of a client that has started. */
export function serveRequest(
  tws: Tws,
  session: Session,
  clientId: number,
  fields: readonly string[],
): void {
  const { options, desk } = tws;
  const name = REQUEST_NAMES.get(Number(fields[0]));
  const id = idOf(name, fields);
  if (name === undefined) {
    options.count(FRONT_END, 'unknownRequest');
    const refusal = unreadable(`Message ${fields[0]} is not offered`);
    session.send([errorFrame(SYSTEM_ID, refusal.code, refusal.message)]);
    return;
  }
  const now = options.now();
  const orderRef = name === 'PLACE_ORDER' ? (fields[26] ?? '') : refOf(tws, clientId, fields[1]);
  const orderLinkId = name === 'PLACE_ORDER' || name === 'CANCEL_ORDER' ? orderRef : '';
  options.remember({ method: 'TWS', path: name, orderLinkId, cursor: '', at: now });
  const isChange = name === 'PLACE_ORDER' && desk.byKey.has(keyOf(clientId, Number(fields[1])));
  const kind = isChange ? 'replace' : KINDS[name];
  const fate = kind === undefined ? CLEAN_REQUEST : options.faults.request(kind);
  if (fate.refusal === 'tokenExpired') {
    session.destroy();
    return;
  }
  const answer: Frame[] = [];
  if (fate.refusal !== null) answer.push(refusedByFault(id, fate.refusal));
  if (fate.carriedOut) {
    const asOf = kind === 'listing' ? now - options.faults.listingAgeMs() : now;
    const told = carryOut(name, { tws, session, clientId, fields, fate, asOf, now }, id);
    if (fate.refusal === null) answer.push(...told);
  }
  give(session, answer, fate, name === 'REQ_CURRENT_TIME' ? 'ping' : 'data');
}

function give(
  session: Session,
  answer: readonly Frame[],
  fate: RequestFate,
  kind: 'data' | 'ping',
): void {
  if (fate.answer === 'broken') session.destroy();
  if (fate.answer !== 'sent') return;
  const send = (): void => session.send(answer, kind);
  if (fate.answerAfterMs > 0) session.later(fate.answerAfterMs, send);
  // What the request caused is told by the venue in this turn of the loop, and so before it.
  else if (fate.pushFirst) setImmediate(send);
  else send();
}

type Request = OrderRequest & listings.ListingRequest;

function carryOut(name: RequestName, request: Request, id: number): Frame[] {
  try {
    return ACTIONS[name](request);
  } catch (error) {
    if (!(error instanceof TwsRefusal)) throw error;
    request.tws.options.count(FRONT_END, String(error.code));
    return [errorFrame(id, error.code, error.message)];
  }
}

const nothing = (): Frame[] => [];

const ACTIONS: Record<RequestName, (request: Request) => Frame[]> = {
  PLACE_ORDER: placeOrder,
  CANCEL_ORDER: cancelOrder,
  REQ_GLOBAL_CANCEL: cancelAll,
  REQ_OPEN_ORDERS: (request) => listings.openOrders(request, true),
  REQ_AUTO_OPEN_ORDERS: (request) => listings.openOrders(request, true),
  REQ_ALL_OPEN_ORDERS: (request) => listings.openOrders(request, false),
  REQ_COMPLETED_ORDERS: listings.completedOrders,
  REQ_EXECUTIONS: listings.executions,
  REQ_POSITIONS: listings.positions,
  CANCEL_POSITIONS({ session }) {
    session.wantsPositions = false;
    return [];
  },
  REQ_ACCOUNT_SUMMARY: listings.accountSummary,
  CANCEL_ACCOUNT_SUMMARY({ session, fields }) {
    session.summaries.delete(fields[2] ?? '');
    return [];
  },
  REQ_ACCOUNT_DATA: listings.accountData,
  REQ_CONTRACT_DATA: listings.contractData,
  REQ_IDS: ({ tws, clientId }) => [listings.nextId(tws, clientId)],
  REQ_MANAGED_ACCTS: ({ tws }) => [listings.managedAccounts(tws)],
  REQ_CURRENT_TIME: listings.currentTime,
  REQ_MKT_DATA: marketData,
  CANCEL_MKT_DATA: cancelMarketData,
  REQ_TICK_BY_TICK_DATA: tickByTick,
  CANCEL_TICK_BY_TICK_DATA: cancelTickByTick,
  REQ_HISTORICAL_DATA: history,
  CANCEL_HISTORICAL_DATA: cancelHistory,
  REQ_MARKET_DATA_TYPE: nothing,
  SET_SERVER_LOGLEVEL: nothing,
  START_API: nothing,
};

/** Requests without a version: their id is the first field. */
const ID_FIRST: ReadonlySet<RequestName> = new Set([
  'PLACE_ORDER',
  'CANCEL_ORDER',
  'REQ_HISTORICAL_DATA',
  'REQ_TICK_BY_TICK_DATA',
  'CANCEL_TICK_BY_TICK_DATA',
]);

/** Under which id an error about this request is told. */
function idOf(name: RequestName | undefined, fields: readonly string[]): number {
  const at = name !== undefined && ID_FIRST.has(name) ? 1 : 2;
  const text = fields[at] ?? '';
  return name !== undefined && REQUEST_ID.test(text) ? Number(text) : SYSTEM_ID;
}

function refOf(tws: Tws, clientId: number, orderId: string | undefined): string {
  return tws.desk.byKey.get(keyOf(clientId, Number(orderId)))?.view.asked.orderRef ?? '';
}

/** The protocol has no words for a wrong clock, and few for its own trouble. */
function refusedByFault(id: number, refusal: 'rateLimit' | 'serverError' | 'clockSkew'): Frame {
  if (refusal === 'rateLimit') {
    return errorFrame(id, 100, 'Max rate of messages per second has been exceeded.');
  }
  const cause = refusal === 'serverError' ? 'Server error' : 'Time of the request is not accepted';
  return errorFrame(id, 322, `Error processing request.-'bS' : cause - ${cause}`);
}
