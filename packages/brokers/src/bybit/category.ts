import type { TradedMarket, VenueCapabilities } from '@ballast/domain';

/** The market of the venue that an account trades here; also the market in its instrument ids. */
export const CATEGORIES = ['linear', 'spot'] as const;
export type Category = (typeof CATEGORIES)[number];

/**
 * Requests older than the receive window are refused
 * (https://bybit-exchange.github.io/docs/v5/guide); executions are kept for two years.
 */
const SHARED = {
  postOnly: true,
  timesInForce: ['gtc', 'ioc', 'fok'],
  requestSettlesMs: 5_000,
  executionsKeptMs: 730 * 24 * 3_600_000,
} as const;

/** The spot market knows no reduce-only order and, without borrowing, no short. */
export const CAPABILITIES: Readonly<Record<Category, VenueCapabilities>> = {
  linear: { ...SHARED, markets: marketsOf('linear'), exits: 'reduceOnly', shorting: true },
  spot: { ...SHARED, markets: marketsOf('spot'), exits: 'reserved', shorting: false },
};

function marketsOf(category: Category): readonly TradedMarket[] {
  return [{ market: `bybit.${category}`, endings: null }];
}
