import type { TradingHistory, Trade } from '@ballast/order-core';

const DAY_MS = 86_400_000;
const RESULTS = 50;

/** As Postgres answers it, from the trades that are stored. */
export function tradingHistoryOf(
  trades: readonly Trade[],
  now: number,
  recentWithinMs: number,
): TradingHistory {
  const day = now - (now % DAY_MS);
  const results = trades
    .filter(({ status }) => status === 'closed')
    .map(({ endedAt, position }) => {
      const { currency, realisedCum, feesCum } = position;
      const amount = realisedCum - (feesCum[currency] ?? 0n);
      return { endedAt: endedAt ?? 0, realised: { amount, currency } };
    })
    .toSorted((a, b) => b.endedAt - a.endedAt);
  return {
    realisedToday: results.filter(({ endedAt }) => endedAt >= day).map(({ realised }) => realised),
    results: results.slice(0, RESULTS),
    recentPlans: trades
      .filter(({ status, createdAt }) => status !== 'denied' && createdAt >= now - recentWithinMs)
      .map(({ id, plan, createdAt }) => ({ tradeId: id, plan, createdAt })),
  };
}
