import { type Instrument, instrumentId, parseQuantity, parseScaled } from '@ballast/domain';
import type { TradingSession } from '@ballast/domain';
import { startScriptedSocket } from '../connection/scripted-socket.fixture.ts';
import type { ContractServer, ContractTrade } from '../feed-contract.fixture.ts';
import type { Route } from '../feed.ts';

/** Finnhub's side: it takes subscriptions and acknowledges nothing. */
export function startScriptedFinnhub(): Promise<ContractServer> {
  return startScriptedSocket({
    onMessage(data, { symbols }) {
      const { type, symbol }: { type: string; symbol: string } = JSON.parse(data.toString());
      if (type === 'subscribe') symbols.add(symbol);
      else symbols.delete(symbol);
    },
  });
}

/** Numbers with their digits as given. */
export function finnhubTrades(symbol: string, ...trades: ContractTrade[]): string {
  const items = trades.map(
    ({ price, quantity, eventTime }) =>
      `{"c":null,"p":${price},"s":"${symbol}","t":${eventTime},"v":${quantity}}`,
  );
  return `{"data":[${items.join(',')}],"type":"trade"}`;
}

export function stockRoute(symbol: string, session: TradingSession = 'continuous'): Route {
  const instrument: Instrument = {
    id: instrumentId('alpaca', 'stock', symbol),
    baseCurrency: symbol,
    quoteCurrency: 'USD',
    tickSize: parseScaled('0.01'),
    lotSize: parseScaled('1'),
    minQuantity: parseQuantity('1'),
    maxQuantity: parseQuantity('1000'),
    minNotional: parseScaled('1'),
    multiplier: parseScaled('1'),
    sector: null,
    session,
  };
  return { instrument, symbol };
}
