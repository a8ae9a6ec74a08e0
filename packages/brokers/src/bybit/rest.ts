import { setTimeout as delay } from 'node:timers/promises';
import {
  formatPrice,
  formatQuantity,
  InvalidInput,
  isTradedIn,
  type OrderKind,
  type OrderRequest,
  symbolOf,
} from '@ballast/domain';
import {
  type APIResponseV3WithTime,
  type OrderParamsV5,
  type OrderTimeInForceV5,
  RestClientV5,
} from 'bybit-api';
import { BrokerError } from '../broker-error.ts';
import { CAPABILITIES, type Category } from './category.ts';
import { errorOfCode, errorOfThrown } from './errors.ts';
import { list, text, WireError } from './wire.ts';

/** The SDK's own default is five minutes. Below the order core's SUBMIT_ANSWER_MS. */
const ANSWER_MS = 5_000;
/** The client's time-out counts silence; an answer that drips in is not waited for longer. */
const WHOLE_ANSWER_MS = 7_000;
/**
 * Pages of one listing; more means that the venue's cursor does not end. Far above what an account
 * trades in the seven days of one listing of executions: a gateway that cannot read them never
 * starts.
 */
const PAGES_MAX = 1_000;

export function openRest(options: { key: string; secret: string; baseUrl: string }): RestClientV5 {
  return new RestClientV5(
    { ...options, recv_window: 5_000, keepAlive: true, throwExceptions: false },
    // A followed redirect would send a placement twice, and its signature to another host.
    { timeout: ANSWER_MS, maxRedirects: 0 },
  );
}

type Answer = Pick<APIResponseV3WithTime<unknown>, 'retCode' | 'retMsg' | 'result'>;

/** Awaits one call and turns whatever the SDK does with a failure into a BrokerError. */
export async function answered(call: Promise<Answer>): Promise<unknown> {
  let answer: Answer;
  const late = new AbortController();
  try {
    answer = await Promise.race([call, tooLate(late.signal)]);
  } catch (error) {
    throw errorOfThrown(error);
  } finally {
    late.abort();
  }
  // A page of a proxy, for example, is no word of the venue.
  const { retCode, retMsg }: { retCode?: unknown; retMsg?: unknown } = answer;
  if (typeof retCode !== 'number') throw malformed('no return code');
  if (retCode !== 0) throw errorOfCode(retCode, typeof retMsg === 'string' ? retMsg : '');
  return answer.result;
}

async function tooLate(done: AbortSignal): Promise<never> {
  await delay(WHOLE_ANSWER_MS, undefined, { signal: done, ref: false });
  throw new BrokerError('unknownOutcome', 'NO_ANSWER', `no answer within ${WHOLE_ANSWER_MS} ms`);
}

/** An answer that cannot be read proves nothing, so its outcome stays unknown. */
export function malformed(message: string): BrokerError {
  return new BrokerError('unknownOutcome', 'ANSWER_MALFORMED', message);
}

/** @throws BrokerError ANSWER_MALFORMED when `reading` meets what the venue does not document */
export function readAnswer<T>(reading: () => T): T {
  try {
    return reading();
  } catch (error) {
    if (!(error instanceof WireError) && !(error instanceof InvalidInput)) throw error;
    throw malformed(error.message);
  }
}

/**
 * Reads a listing to its last page; `page` gets the cursor as a parameter, and none at first.
 * @throws BrokerError CURSOR_ENDLESS
 */
export async function allPages(
  page: (cursor: { cursor?: string }) => Promise<Answer>,
): Promise<unknown[]> {
  const rows: unknown[] = [];
  let next: { cursor?: string } = {};
  for (let count = 0; count < PAGES_MAX; count += 1) {
    const result = await answered(page(next));
    const found = readAnswer(() => list(result, 'list'));
    const cursor = readAnswer(() => text(result, 'nextPageCursor'));
    rows.push(...found);
    // Some listings give a cursor to the very end: nothing comes after an empty page.
    if (cursor === '' || found.length === 0) return rows;
    if (cursor === next.cursor) break;
    next = { cursor };
  }
  throw new BrokerError('unknownOutcome', 'CURSOR_ENDLESS', 'a listing does not end');
}

/**
 * https://bybit-exchange.github.io/docs/v5/order/create-order; one-way mode (positionIdx 0). A
 * market buy in the spot market would count its quantity in the quote coin without `marketUnit`.
 * @throws BrokerError rejected for an instrument of another market: a symbol alone does not tell
 * the contract from the coin
 */
export function orderParams(order: OrderRequest, category: Category): OrderParamsV5 {
  if (!isTradedIn(CAPABILITIES[category].markets, order.instrument)) {
    const message = `${order.instrument} is not traded in the ${category} market`;
    throw new BrokerError('rejected', 'INSTRUMENT_NOT_TRADED', message);
  }
  const isSpot = category === 'spot';
  const params: OrderParamsV5 = {
    category,
    symbol: symbolOf(order.instrument),
    side: order.side === 'buy' ? 'Buy' : 'Sell',
    orderType: 'price' in order.kind ? 'Limit' : 'Market',
    qty: formatQuantity(order.quantity),
    orderLinkId: order.clientOrderId,
    ...(isSpot ? {} : { reduceOnly: order.reduceOnly, positionIdx: 0 }),
    ...(isSpot && !('price' in order.kind) ? { marketUnit: 'baseCoin' } : {}),
  };
  switch (order.kind.type) {
    case 'market':
      return { ...params, timeInForce: 'IOC' };
    case 'limit':
      return { ...params, price: formatPrice(order.kind.price), timeInForce: lives(order.kind) };
    case 'stop':
      return { ...params, ...trigger(order, category), timeInForce: 'IOC' };
    case 'stopLimit': {
      const price = formatPrice(order.kind.price);
      return { ...params, ...trigger(order, category), price, timeInForce: 'GTC' };
    }
    default:
      return order.kind satisfies never;
  }
}

/** The venue has no day orders: one of ours is ended by the order core when its time is up. */
function lives(kind: Extract<OrderKind, { type: 'limit' }>): OrderTimeInForceV5 {
  if (kind.postOnly) return 'PostOnly';
  return kind.timeInForce === 'ioc' ? 'IOC' : kind.timeInForce === 'fok' ? 'FOK' : 'GTC';
}

/**
 * In derivatives 1: triggered when the price rises to it, 2: when it falls to it. The spot market
 * takes the direction from where the price is.
 */
function trigger(order: OrderRequest, category: Category): Partial<OrderParamsV5> {
  const triggerPrice = 'triggerPrice' in order.kind ? formatPrice(order.kind.triggerPrice) : '';
  if (category === 'spot') return { triggerPrice, orderFilter: 'StopOrder' };
  return { triggerPrice, triggerDirection: order.side === 'buy' ? 1 : 2, triggerBy: 'LastPrice' };
}
