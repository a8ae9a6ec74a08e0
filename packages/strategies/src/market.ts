import { type Instrument, parseInstrumentId } from '@ballast/domain';
import type { Market } from './model.ts';

/** The instrument that the regime is of, whatever is traded, and that markets of bitcoin are. */
export const BITCOIN = parseInstrumentId('bybit.linear:BTCUSDT');
const KIND = /^[a-z]+\.([a-z-]+):/;

/** Whether a strategy that is made for a market looks at the instrument. */
export function isOfMarket(
  market: Market,
  { id, session }: Pick<Instrument, 'id' | 'session'>,
): boolean {
  const kind = KIND.exec(id)?.[1];
  switch (market) {
    case 'any':
      return true;
    case 'btc':
      return id === BITCOIN;
    case 'crypto-linear':
      return kind === 'linear';
    case 'crypto-spot':
      return kind === 'spot';
    case 'stock':
      return session !== 'continuous';
    default:
      return market satisfies never;
  }
}
