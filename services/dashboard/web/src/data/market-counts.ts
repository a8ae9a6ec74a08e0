/** What market-data counts of its bars and trades since its start, by the names it gives them. */
export const MARKET_COUNTS = [
  { name: 'missingBars', label: 'Missing bars found', unit: 'bars' },
  { name: 'barsBackfilled', label: 'Bars backfilled', unit: 'bars' },
  { name: 'gapsFilled', label: 'Gaps closed', unit: 'gaps' },
  { name: 'failedFills', label: 'Backfills failed', unit: 'times' },
  { name: 'failedLooks', label: 'Looks failed', unit: 'times' },
  { name: 'lateTrades', label: 'Late trades', unit: 'trades' },
  { name: 'repeatedTrades', label: 'Repeated trades', unit: 'trades' },
  { name: 'tradesFromTheFuture', label: 'Trades from the future', unit: 'trades' },
  { name: 'tradesOutOfOrder', label: 'Trades out of order', unit: 'trades' },
] as const;
