import {
  formatPrice,
  formatQuantity,
  type OrderRequest,
  parseScaled,
  type TimeInForce,
} from '@ballast/domain';
import { BrokerError } from '../broker-error.ts';
import { field, text } from './fields.ts';
import { venueSymbol } from './symbols.ts';

/** The body of a placement, in the SDK's spelling; amounts are text. */
export type OrderParams = {
  readonly clientOrderId: string;
  readonly symbol: string;
  readonly qty: string;
  readonly side: 'buy' | 'sell';
  readonly type: 'market' | 'limit' | 'stop' | 'stop_limit';
  readonly timeInForce: TimeInForce;
  readonly limitPrice?: string;
  readonly stopPrice?: string;
};

/**
 * https://docs.alpaca.markets/reference/postorder
 * @throws BrokerError for what the venue has no word for; nothing of it may be left out in silence
 */
export function orderParams(order: OrderRequest): OrderParams {
  const { kind, instrument } = order;
  if (order.reduceOnly) throw unsupported('REDUCE_ONLY_UNSUPPORTED', 'no reduce-only orders');
  const common = {
    clientOrderId: order.clientOrderId,
    symbol: venueSymbol(instrument),
    qty: formatQuantity(order.quantity),
    side: order.side,
  };
  switch (kind.type) {
    case 'market':
      return { ...common, type: 'market', timeInForce: 'day' };
    case 'limit': {
      if (kind.postOnly) throw unsupported('POST_ONLY_UNSUPPORTED', 'no post-only orders');
      const { timeInForce } = kind;
      return { ...common, type: 'limit', timeInForce, limitPrice: formatPrice(kind.price) };
    }
    case 'stop': {
      const stopPrice = formatPrice(kind.triggerPrice);
      return { ...common, type: 'stop', timeInForce: 'gtc', stopPrice };
    }
    case 'stopLimit': {
      const stopPrice = formatPrice(kind.triggerPrice);
      const limitPrice = formatPrice(kind.price);
      return { ...common, type: 'stop_limit', timeInForce: 'gtc', stopPrice, limitPrice };
    }
    default:
      return kind satisfies never;
  }
}

/** Is the order that the venue has the one that `params` asked for? */
export function isSameOrder(row: unknown, params: OrderParams): boolean {
  const texts =
    text(row, 'client_order_id') === params.clientOrderId &&
    text(row, 'symbol').replace('/', '') === params.symbol.replace('/', '') &&
    text(row, 'side') === params.side &&
    text(row, 'type') === params.type &&
    text(row, 'time_in_force') === params.timeInForce;
  return (
    texts &&
    sameAmount(field(row, 'qty'), params.qty) &&
    sameAmount(field(row, 'limit_price'), params.limitPrice) &&
    sameAmount(field(row, 'stop_price'), params.stopPrice)
  );
}

/** The venue writes the same amount with other zeros than we do. */
function sameAmount(told: unknown, asked: string | undefined): boolean {
  if (told === null || told === undefined) return asked === undefined;
  return (
    asked !== undefined && typeof told === 'string' && parseScaled(told) === parseScaled(asked)
  );
}

function unsupported(code: string, what: string): BrokerError {
  return new BrokerError('rejected', code, `the venue has ${what}`);
}
