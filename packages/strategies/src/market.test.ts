import { parseInstrumentId } from '@ballast/domain';
import { expect, test } from 'vitest';
import { isOfMarket } from './market.ts';
import type { Market } from './model.ts';

const MARKETS: readonly Market[] = ['any', 'btc', 'crypto-linear', 'crypto-spot', 'stock'];

test.each([
  ['bybit.linear:BTCUSDT', 'continuous', ['any', 'btc', 'crypto-linear']],
  ['bybit.linear:ETHUSDT', 'continuous', ['any', 'crypto-linear']],
  ['bybit.spot:BTCUSDT', 'continuous', ['any', 'crypto-spot']],
  ['alpaca.equity:SPY', 'us-equity', ['any', 'stock']],
] as const)('%s is looked at by strategies of its markets', (id, session, markets) => {
  const instrument = { id: parseInstrumentId(id), session };
  expect(MARKETS.filter((market) => isOfMarket(market, instrument))).toEqual(markets);
});
