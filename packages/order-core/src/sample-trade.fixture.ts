import {
  clientOrderId,
  type ClientOrderId,
  type Instrument,
  instrumentId,
  type OrderRole,
  parsePrice,
  parseQuantity,
  parseUuid,
  type Quantity,
  type TradeId,
  type TradePlan,
} from '@ballast/domain';
import { openTrade, type StepResult } from './open-trade.ts';

export const TRADE_ID = parseUuid<TradeId>('01936c1e-0000-7000-8000-000000000001');
export const START = 1_700_000_000_000;
export const INSTRUMENT: Instrument = {
  id: instrumentId('model', 'linear', 'BTCUSDT'),
  baseCurrency: 'BTC',
  quoteCurrency: 'USDT',
  tickSize: 10n ** 17n,
  lotSize: 10n ** 18n,
  minQuantity: parseQuantity('1'),
  maxQuantity: parseQuantity('1000'),
  minNotional: 0n,
  multiplier: 10n ** 18n,
};

export function planOf(options: {
  direction?: 'long' | 'short';
  entry?: 'market' | 'limit';
  quantity?: number;
}): TradePlan {
  const { direction = 'long', entry = 'limit', quantity = 10 } = options;
  const long = direction === 'long';
  return {
    instrument: INSTRUMENT.id,
    direction,
    entry: entry === 'market' ? { type: 'market' } : { type: 'limit', price: parsePrice('100') },
    stop: parsePrice(long ? '90' : '110'),
    target: parsePrice(long ? '110' : '90'),
    quantity: parseQuantity(String(quantity)),
    origin: { kind: 'ticket' },
  };
}

export function opened(plan: TradePlan = planOf({}), instrument = INSTRUMENT): StepResult {
  return openTrade({ id: TRADE_ID, account: 'one', plan, instrument, verdicts: [], at: START });
}

export const idOf = (role: OrderRole, leg = 0): ClientOrderId =>
  clientOrderId(TRADE_ID, role, leg, 0);

export const units = (count: number): Quantity => (BigInt(count) * 10n ** 18n) as Quantity;
