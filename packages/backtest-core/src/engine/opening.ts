import type { TradeId, TradePlan } from '@ballast/domain';
import type { Terms } from './terms.ts';

/** A trade that was decided on and let through: what the order core opens it with. */
export type Opening = {
  readonly id: TradeId;
  readonly plan: TradePlan;
  /** Epoch ms. */
  readonly at: number;
};

/** An opening in whole ticks and lots. */
export type Planned = { readonly lots: number; readonly stop: number; readonly target: number };

/** Null where the plan has another shape: it enters at market, has one target, stays below 2^53. */
export function plannedIn({ plan }: Opening, { tickSize, lotSize }: Terms): Planned | null {
  const { entry, entryExpiresAt, takeProfit, quantity, stop } = plan;
  if (entry.type !== 'market' || entryExpiresAt !== null) return null;
  if (takeProfit.style !== 'single' || quantity % lotSize !== 0n) return null;
  if (stop % tickSize !== 0n || takeProfit.target % tickSize !== 0n) return null;
  const lots = Number(quantity / lotSize);
  return {
    lots,
    stop: Number(stop / tickSize),
    target: Number(takeProfit.target / tickSize),
  };
}
