import type { Market } from '../market.ts';
import { tickerJson } from './market-wire.ts';
import type { Server } from './server.ts';

/** A quiet ticker is told again, as the venue's 24-hour numbers move on without a trade. */
const HEARTBEAT_MS = 500;

export type TickerStream = {
  /** All fields, as the next change starts from them. */
  first(market: Market): object;
  /** Only the fields that changed since the last frame; null when nothing is to be told. */
  next(market: Market): object | null;
  /** Nobody listens any more. */
  forget(market: Market): void;
};

/** `tickers.<symbol>`: a snapshot, then what has changed. */
export function createTickerStream({ venue, now }: Server): TickerStream {
  const shown = new Map<string, { ticker: Record<string, string>; at: number }>();
  const { seed } = venue.account;
  return {
    first(market) {
      const at = now();
      const its = shown.get(market.symbol) ?? { ticker: tickerJson(market, seed, at), at: 0 };
      shown.set(market.symbol, its);
      const topic = `tickers.${market.symbol}`;
      return { topic, type: 'snapshot', data: its.ticker, cs: market.sequence, ts: at };
    },
    next(market) {
      const before = shown.get(market.symbol);
      if (before === undefined) return null;
      const at = now();
      const ticker = tickerJson(market, seed, at);
      const changed = Object.entries(ticker).filter(([name, text]) => before.ticker[name] !== text);
      if (changed.length === 0 && at - before.at < HEARTBEAT_MS) return null;
      shown.set(market.symbol, { ticker, at });
      const data = { symbol: market.symbol, ...Object.fromEntries(changed) };
      const topic = `tickers.${market.symbol}`;
      return { topic, type: 'delta', data, cs: market.sequence, ts: at };
    },
    forget: (market) => void shown.delete(market.symbol),
  };
}
