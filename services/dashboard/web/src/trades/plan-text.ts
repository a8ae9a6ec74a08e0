import { type TradePlanWire, tradePlanToWire, tradePlanWire } from '@ballast/domain';

/** A stored plan as decimal text; null when it cannot be read. */
export function planOf(plan: unknown): TradePlanWire | null {
  const read = tradePlanWire.safeParse(plan);
  return read.success ? tradePlanToWire(read.data) : null;
}
