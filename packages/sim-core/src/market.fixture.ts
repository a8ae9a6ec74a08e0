import {
  type Instrument,
  instrumentId,
  parsePrice,
  parseQuantity,
  parseScaled,
  type Price,
  type Quantity,
} from '@ballast/domain';
import { type Account, createAccount, listInstrument, setMarket } from './account.ts';
import type { OrderSpec } from './orders.ts';
import type { MarketPrint } from './tick-path.ts';

export const BTC = instrumentId('bybit', 'linear', 'BTCUSDT');

export const INSTRUMENT: Instrument = {
  id: BTC,
  baseCurrency: 'BTC',
  quoteCurrency: 'USDT',
  tickSize: parseScaled('0.1'),
  lotSize: parseScaled('0.001'),
  minQuantity: parseQuantity('0.001'),
  maxQuantity: parseQuantity('1000'),
  minNotional: parseScaled('5'),
  multiplier: parseScaled('1'),
  sector: 'crypto',
  session: 'continuous',
};

export const START_CASH = parseScaled('100000');

export const at = (text: string): Price => parsePrice(text);
export const lots = (text: string): Quantity => parseQuantity(text);

/** Last price `price` in `size`, ask at it and bid one tick below, one coin on the best level. */
export function print(price: string, size = '1', depth = '1'): MarketPrint {
  return {
    price: at(price),
    size: lots(size),
    taker: 'buy',
    bid: (at(price) - INSTRUMENT.tickSize) as Price,
    ask: at(price),
    depth: lots(depth),
  };
}

export function openAccount(price = '50000', depth = '1'): Account {
  const account = createAccount('test', new Map([['USDT', START_CASH]]));
  listInstrument(account, INSTRUMENT);
  setMarket(account, BTC, print(price, '1', depth));
  return account;
}

let linkIds = 0;

export function spec(given: Partial<OrderSpec>): OrderSpec {
  linkIds += 1;
  return {
    linkId: `link-${linkIds}`,
    instrument: BTC,
    side: 'buy',
    quantity: lots('0.1'),
    type: 'market',
    price: null,
    timeInForce: given.type === 'limit' ? 'gtc' : 'ioc',
    reduceOnly: false,
    trigger: null,
    ...given,
  };
}
