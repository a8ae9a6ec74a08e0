import { type Bus, FEED_STATE, putState } from '@ballast/bus';
import { listingStateName, MISSING_BARS_STATE, type MissingBars } from '@ballast/domain';
import { INSTRUMENTS } from './rows.ts';

type Told = { now: number; startedAt: number; beats: number; overdue: number };

/** What market-data says each second of its feed, of missing bars and of what its venue lists. */
export async function tellMarket(market: Bus, told: Told): Promise<void> {
  const { now, startedAt, beats, overdue } = told;
  await putState(market, FEED_STATE, {
    at: now,
    state: 'live',
    since: startedAt,
    lastDataAt: now,
    counts: {
      ...{ trades: beats * 70, reconnects: 1, malformed: 0 },
      ...{ missingBars: 28, barsBackfilled: 1_214, gapsFilled: 9, failedFills: 0 },
      ...{ lateTrades: 3, repeatedTrades: beats, tradesFromTheFuture: 0, tradesOutOfOrder: 2 },
    },
  });
  const missing: MissingBars = {
    at: now,
    timeframes: [{ timeframe: '1m', missing: 28 + overdue, overdue }],
    instruments: 2,
    since: overdue === 0 ? null : startedAt,
  };
  await putState(market, MISSING_BARS_STATE, missing);
  await putState(market, listingStateName('bybit'), listingAt(now));
}

/** The venue lists more than is streamed. */
function listingAt(at: number) {
  const others = ['ADA', 'AVAX', 'BNB', 'SUI', 'TON'].map((baseCurrency) => ({
    ...{ id: `bybit.linear:${baseCurrency}USDT`, baseCurrency },
    ...{ quoteCurrency: 'USDT', sector: 'crypto' },
  }));
  const own = INSTRUMENTS.map(({ id, baseCurrency, quoteCurrency, sector }) => {
    return { id, baseCurrency, quoteCurrency, sector };
  });
  return { venue: 'bybit', at, instruments: [...own, ...others] };
}
