import {
  instrumentId,
  parseMoney,
  parseScaled,
  parseSignedQuantity,
  type VenueBalance,
  type VenuePosition,
} from '@ballast/domain';
import { amount, list, text, WireError } from './wire.ts';

/** The venue values what a wallet holds in US dollars; these coins count as one each. */
const DOLLAR_COINS = new Set(['USDT', 'USDC', 'USD']);

/**
 * The settlement coin's equity in a unified account, and what of it no position or order holds as
 * margin. What other coins could be borrowed against is left out: Ballast does not borrow.
 */
export function readBalance(value: unknown, coin: string): VenueBalance {
  const account = list(value, 'list')[0];
  const held = list(account, 'coin').find((entry) => text(entry, 'coin') === coin);
  if (held === undefined) throw new WireError(`wallet has no ${coin}`);
  const equity = parseMoney(amount(held, 'equity'), coin);
  const margin = ['totalPositionIM', 'totalOrderIM']
    .map((name) => parseScaled(amount(held, name)))
    .reduce((sum, one) => sum + one, 0n);
  return { currency: coin, equity, available: { ...equity, amount: equity.amount - margin } };
}

/**
 * What all coins of the wallet are worth, and what of the trading coin no order holds.
 * @throws WireError for a trading coin that is not worth a dollar
 */
export function readSpotBalance(value: unknown, coin: string): VenueBalance {
  if (!DOLLAR_COINS.has(coin)) throw new WireError(`the wallet is not valued in ${coin}`);
  const coins = coinsOf(value);
  const equity = coins
    .map((entry) => parseScaled(amount(entry, 'usdValue')))
    .reduce((sum, one) => sum + one, 0n);
  const held = coins.find((entry) => text(entry, 'coin') === coin);
  const free =
    held === undefined
      ? 0n
      : parseScaled(amount(held, 'walletBalance')) - parseScaled(amount(held, 'locked'));
  return {
    currency: coin,
    equity: { currency: coin, amount: equity },
    available: { currency: coin, amount: free },
  };
}

/** Each coin but the trading coin is a position in the pair of the two. */
export function readHoldings(value: unknown, coin: string): VenuePosition[] {
  return coinsOf(value).flatMap((entry) => {
    const name = text(entry, 'coin');
    const quantity = parseSignedQuantity(amount(entry, 'walletBalance'));
    if (name === coin || quantity === 0n) return [];
    return [{ instrument: instrumentId('bybit', 'spot', `${name}${coin}`), quantity }];
  });
}

function coinsOf(value: unknown): unknown[] {
  return list(list(value, 'list')[0], 'coin');
}
