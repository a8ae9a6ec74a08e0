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
export const AAPL = instrumentId('alpaca', 'stock', 'AAPL');
export const ENTRY = clientOrderId(TRADE, 'entry', 0, 0);
export const REFERENCE = { clientOrderId: ENTRY, venueOrderId: null, instrument: AAPL };

export function orderRow(change: object = {}): object {
  return {
    id: 'venue-1',
    client_order_id: ENTRY,
    created_at: '2026-01-02T15:30:00.123456789Z',
    submitted_at: '2026-01-02T15:30:00.123456789Z',
    updated_at: '2026-01-02T15:30:00.987654321Z',
    symbol: 'AAPL',
    asset_class: 'us_equity',
    qty: '10',
    filled_qty: '0',
    filled_avg_price: null,
    type: 'limit',
    side: 'buy',
    time_in_force: 'gtc',
    limit_price: '187.50',
    stop_price: null,
    status: 'new',
    replaced_by: null,
    ...change,
  };
}

export function activityRow(change: object = {}): object {
  return {
    id: '20260102153001000::exec-1',
    activity_type: 'FILL',
    transaction_time: '2026-01-02T15:30:01.5Z',
    type: 'fill',
    price: '187.25',
    qty: '10',
    side: 'buy',
    symbol: 'AAPL',
    leaves_qty: '0',
    cum_qty: '10',
    order_id: 'venue-1',
    order_status: 'filled',
    ...change,
  };
}

export function update(event: string, change: object = {}, order: object = {}): object {
  const data = { event, timestamp: '2026-01-02T15:30:01.5Z', order: orderRow(order), ...change };
  return { stream: 'trade_updates', data };
}

export const EXECUTED = { execution_id: 'exec-1', price: '187.25', qty: '10', position_qty: '10' };

/** An order as it would be asked for; only the order core can make an approved one. */
export function requestOf(change: Partial<OrderRequest> = {}): OrderRequest {
  return {
    clientOrderId: ENTRY,
    tradeId: TRADE,
    role: 'entry',
    slot: 0,
    instrument: AAPL,
    side: 'buy',
    quantity: parseQuantity('10'),
    reduceOnly: false,
    kind: limitAt('187.5'),
    ...change,
  };
}

export function limitAt(price: string): OrderRequest['kind'] {
  return { type: 'limit', price: parsePrice(price), timeInForce: 'gtc', postOnly: false };
}
