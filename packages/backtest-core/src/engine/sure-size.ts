import type { TradeDirection } from '@ballast/domain';
import type { SizedTicks } from './sized-ticks.ts';
import { floatOf, isExact, type Terms } from './terms.ts';

/** Parts of the equity that may be lost at the stop, and be bound by a position. */
export type SizingShares = { readonly risk: number; readonly notional: number };

/** How near to the next whole number, in ticks or lots, a float64 may be wrong about it. */
const UNSURE = 1e-6;
const UNSURE_SHARE = 1e-11;
/** More than all rounding of floats together. */
const SURELY_MORE = 1 + 1e-9;

/**
 * What `sizeTrade` makes of this, where a float64 is sure of it: no level and no quantity is so
 * near to a whole number of ticks or lots that rounding could decide. Null where it is not, and
 * where the trade may be refused: both are for `sizeTrade`.
 */
export function sureSize(
  {
    direction,
    level,
    price,
    equity,
  }: {
    readonly direction: TradeDirection;
    readonly level: { readonly stop: number; readonly target: number };
    /** Expected of the entry, in ticks. */
    readonly price: number;
    /** To some digits of a float64, in the account's currency. */
    readonly equity: number;
  },
  terms: Terms,
  { risk, notional }: SizingShares,
): SizedTicks | null {
  if (!(equity > 0)) return null;
  const isLong = direction === 'long';
  const stop = wholeOf(level.stop / terms.tick, isLong);
  const target = wholeOf(level.target / terms.tick, isLong);
  const [low, high] = isLong ? [stop, target] : [target, stop];
  if (!(low > 0 && low < price && price < high)) return null;
  const byRisk = (equity * risk) / (Math.abs(price - stop) * terms.tick);
  const byNotional = (equity * notional) / (price * terms.tick);
  const wanted = Math.min(byRisk, byNotional) / terms.lot;
  const lots = wanted > terms.maxLots + 1 ? terms.maxLots : wholeOf(wanted, true);
  if (!(lots >= terms.minLots && lots > 0 && lots <= terms.maxLots)) return null;
  if (terms.unit === 0n || !isExact(lots * high, terms.ofUnit)) return null;
  const worth = floatOf(lots * low, terms.ofUnit);
  return worth > terms.minNotional * SURELY_MORE ? { lots, stop, target } : null;
}

/** The whole number below, or above; NaN where rounding could decide which that is. */
function wholeOf(value: number, isFloor: boolean): number {
  const nearest = Math.round(value);
  if (Math.abs(value - nearest) < UNSURE + value * UNSURE_SHARE) return NaN;
  return isFloor ? Math.floor(value) : Math.ceil(value);
}
