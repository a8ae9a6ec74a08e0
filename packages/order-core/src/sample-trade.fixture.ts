import {
  clientOrderId,
  type ClientOrderId,
  type EntryPlan,
  type Instrument,
  instrumentId,
  type OrderRole,
  parsePrice,
  parseQuantity,
  parseUuid,
  type Quantity,
  type TradeId,
  type TakeProfit,
  type TradePlan,
  type VenueCapabilities,
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
  sector: 'crypto',
  session: 'continuous',
};

export function capabilitiesOf(exits: VenueCapabilities['exits']): VenueCapabilities {
  return {
    markets: [{ market: 'model.linear', endings: null }],
    exits,
    shorting: true,
    postOnly: true,
    timesInForce: ['gtc', 'ioc', 'fok'],
    requestSettlesMs: 5_000,
    executionsKeptMs: 86_400_000,
  };
}

const limitEntry: EntryPlan = {
  type: 'limit',
  price: parsePrice('100'),
  timeInForce: 'gtc',
  postOnly: false,
};

export function planOf(options: {
  direction?: 'long' | 'short';
  entry?: 'market' | 'limit';
  quantity?: number;
  takeProfit?: TakeProfit;
}): TradePlan {
  const { direction = 'long', entry = 'limit', quantity = 10, takeProfit } = options;
  const long = direction === 'long';
  return {
    instrument: INSTRUMENT.id,
    direction,
    entry: entry === 'market' ? { type: 'market' } : limitEntry,
    entryExpiresAt: null,
    stop: parsePrice(long ? '90' : '110'),
    takeProfit: takeProfit ?? { style: 'single', target: parsePrice(long ? '110' : '90') },
    quantity: parseQuantity(String(quantity)),
    origin: { kind: 'ticket' },
  };
}

export function opened(
  plan: TradePlan = planOf({}),
  instrument = INSTRUMENT,
  exits: VenueCapabilities['exits'] = 'reduceOnly',
): StepResult {
  const capabilities = capabilitiesOf(exits);
  const at = START;
  return openTrade({
    id: TRADE_ID,
    account: 'one',
    plan,
    instrument,
    capabilities,
    verdicts: [],
    at,
  });
}

/** The id of the nth order of its kind. */
export const idOf = (role: OrderRole, attempt = 0, slot = 0): ClientOrderId =>
  role === 'close'
    ? clientOrderId(TRADE_ID, role, attempt, 0)
    : clientOrderId(TRADE_ID, role, slot, attempt);

export const units = (count: number): Quantity => (BigInt(count) * 10n ** 18n) as Quantity;
