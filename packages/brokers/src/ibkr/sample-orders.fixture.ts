import {
  type RiskApproved,
  clientOrderId,
  instrumentId,
  type OrderRequest,
  parseQuantity,
  parseUuid,
  type TradeId,
} from '@ballast/domain';

const TRADE = parseUuid<TradeId>('01936c1e-0000-7000-8000-000000000001');
export const AAPL = instrumentId('ibkr', 'stock', 'AAPL');
export const ENTRY = clientOrderId(TRADE, 'entry', 0, 0);
export const REFERENCE = { clientOrderId: ENTRY, venueOrderId: null, instrument: AAPL };

/** An order as it would be asked for. */
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
    kind: { type: 'market' },
    ...change,
  };
}

export const anotherId = (leg: number) => clientOrderId(TRADE, 'target', leg, 0);

/** Only the order core can make an approved one; what is asked here is how it leaves. */
export function approved(change: Partial<OrderRequest> = {}): RiskApproved {
  return Object.assign(JSON.parse('{}'), requestOf(change));
}
