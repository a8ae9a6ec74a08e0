import {
  formatPrice,
  formatQuantity,
  isTradedIn,
  type OrderKind,
  type OrderRequest,
  symbolOf,
  type TradedMarket,
} from '@ballast/domain';
import {
  type Contract,
  type Order,
  OrderAction,
  OrderType,
  SecType,
  TimeInForce,
} from '@stoqey/ib';
import { BrokerError } from '../broker-error.ts';

export const TRADED_MARKETS: readonly TradedMarket[] = [{ market: 'ibkr.stock', endings: null }];

/**
 * A stock order in dollars, routed by the venue.
 * @throws BrokerError rejected for what this venue cannot take
 */
export function orderParams(
  order: OrderRequest,
  account: string,
): { readonly contract: Contract; readonly order: Order } {
  if (!isTradedIn(TRADED_MARKETS, order.instrument)) {
    throw refused('INSTRUMENT_UNSUPPORTED', `${order.instrument} is not traded here`);
  }
  const contract: Contract = {
    symbol: symbolOf(order.instrument).replaceAll('.', ' '),
    secType: SecType.STK,
    exchange: 'SMART',
    currency: 'USD',
  };
  return {
    contract,
    order: {
      action: order.side === 'buy' ? OrderAction.BUY : OrderAction.SELL,
      totalQuantity: exact(formatQuantity(order.quantity)),
      ...kindParams(order.kind),
      account,
      orderRef: order.clientOrderId,
      transmit: true,
      outsideRth: false,
    },
  };
}

function kindParams(kind: OrderKind): Pick<Order, 'orderType' | 'tif' | 'lmtPrice' | 'auxPrice'> {
  switch (kind.type) {
    case 'market':
      return { orderType: OrderType.MKT, tif: TimeInForce.DAY };
    case 'limit': {
      if (kind.postOnly) throw refused('POST_ONLY_UNSUPPORTED', 'no post-only orders here');
      const lmtPrice = exact(formatPrice(kind.price));
      return { orderType: OrderType.LMT, tif: LIVES[kind.timeInForce], lmtPrice };
    }
    case 'stop': {
      const auxPrice = exact(formatPrice(kind.triggerPrice));
      return { orderType: OrderType.STP, tif: TimeInForce.GTC, auxPrice };
    }
    case 'stopLimit': {
      const lmtPrice = exact(formatPrice(kind.price));
      const auxPrice = exact(formatPrice(kind.triggerPrice));
      return { orderType: OrderType.STP_LMT, tif: TimeInForce.GTC, lmtPrice, auxPrice };
    }
    default:
      return kind satisfies never;
  }
}

const LIVES = {
  gtc: TimeInForce.GTC,
  day: TimeInForce.DAY,
  ioc: TimeInForce.IOC,
  fok: TimeInForce.FOK,
} as const;

/** The SDK takes floats and writes them as text: only what comes out as it went in may leave. */
function exact(decimal: string): number {
  const value = Number(decimal);
  if (String(value) !== decimal) {
    throw refused('AMOUNT_NOT_EXACT', `${decimal} has more digits than the venue's interface`);
  }
  return value;
}

function refused(code: string, message: string): BrokerError {
  return new BrokerError('rejected', code, message);
}
