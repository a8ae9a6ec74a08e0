import { lotsText, priceText } from '../bybit/market-wire.ts';
import { malformText } from '../malformed.ts';
import type { FeedMessage } from '../trade-feed.ts';

/** Regular trade. */
const CONDITIONS = ['1'];

export const PING = JSON.stringify({ type: 'ping' });

export const errorText = (msg: string): string => JSON.stringify({ msg, type: 'error' });

/** s symbol, p price, t epoch ms, v size, c conditions; no id and no sequence. */
export function tradesText(message: FeedMessage): string | null {
  if (message.kind !== 'trades') return null;
  const { market, trades, malformed } = message;
  const data = trades.map((trade) => ({
    c: CONDITIONS,
    p: Number(priceText(market, trade.priceTicks)),
    s: market.symbol,
    t: trade.at,
    v: Number(lotsText(market, trade.sizeLots)),
  }));
  const text = JSON.stringify({ data, type: 'trade' });
  return malformed === null ? text : malformText(text, malformed);
}
