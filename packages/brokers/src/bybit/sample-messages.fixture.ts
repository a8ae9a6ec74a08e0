import {
  clientOrderId,
  instrumentId,
  type OrderRequest,
  parsePrice,
  parseQuantity,
  parseUuid,
  type TradeId,
} from '@ballast/domain';

const TRADE = parseUuid<TradeId>('01936c1e-0000-7000-8000-000000000001');
export const BTC = instrumentId('bybit', 'linear', 'BTCUSDT');
export const ENTRY = clientOrderId(TRADE, 'entry', 0, 0);
export const REFERENCE = { clientOrderId: ENTRY, venueOrderId: null, instrument: BTC };

export function orderRow(change: object = {}): object {
  return {
    category: 'linear',
    symbol: 'BTCUSDT',
    orderId: 'venue-1',
    orderLinkId: ENTRY,
    side: 'Buy',
    orderType: 'Market',
    qty: '0.1',
    orderStatus: 'New',
    cumExecQty: '',
    rejectReason: 'EC_NoError',
    updatedTime: '1790000000123',
    ...change,
  };
}

export function executionRow(change: object = {}): object {
  return {
    category: 'linear',
    symbol: 'BTCUSDT',
    execId: 'x-1',
    orderId: 'venue-1',
    orderLinkId: ENTRY,
    side: 'Buy',
    execType: 'Trade',
    execPrice: '50000.1',
    execQty: '0.1',
    execFee: '2.750005',
    feeCurrency: 'USDT',
    isMaker: false,
    execTime: '1790000000456',
    ...change,
  };
}

/** An order as it would be asked for; only the order core can make an approved one. */
export function requestOf(change: Partial<OrderRequest> = {}): OrderRequest {
  return {
    clientOrderId: ENTRY,
    tradeId: TRADE,
    role: 'entry',
    slot: 0,
    instrument: BTC,
    side: 'buy',
    quantity: parseQuantity('0.1'),
    reduceOnly: false,
    kind: { type: 'market' },
    ...change,
  };
}

export const limitAt = (price: string): OrderRequest['kind'] => {
  return { type: 'limit', price: parsePrice(price), timeInForce: 'gtc', postOnly: false };
};
export const stopAt = (price: string): OrderRequest['kind'] => {
  return { type: 'stop', triggerPrice: parsePrice(price) };
};
